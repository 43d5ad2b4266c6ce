import { and, asc, eq } from "drizzle-orm";
import { uuidOfText } from "../../core/ids.ts";
import { digestNotice, type HeldNotice } from "../../core/notifications/notice.ts";
import { digestMessage } from "../../core/notifications/webhook.ts";
import type { DigestEvent } from "../../schema/contracts/channels.ts";
import { deliveries } from "../../schema/tables/channels.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import type { ChannelAccess } from "./access.ts";
import type { LoadedChannel } from "./channel.ts";
import { noteProgress, underClaim } from "./claim.ts";
import { reach } from "./reach.ts";
import { recipientsDone } from "./send-email.ts";
import { sendPlain } from "./send-plain.ts";

/** A digest counts at most so many notices; who has more has other worries. */
const MAX_HELD = 1_000;

function heldIn(scope: TenantScope, { eventId, channelId }: DigestEvent): Promise<HeldNotice[]> {
  const { id, title, serviceName, severity, status, occurrenceCount, escalatedAt } = incidents;
  return scope.db
    .select({
      incident: { id, title, serviceName, severity, status, occurrenceCount, escalatedAt },
      heldAt: deliveries.createdAt,
    })
    .from(deliveries)
    .innerJoin(incidents, and(eq(incidents.id, deliveries.incidentId), eq(incidents.tenantId, deliveries.tenantId)))
    .where(
      and(
        eq(deliveries.tenantId, scope.tenantId),
        eq(deliveries.channelId, channelId),
        eq(deliveries.digestId, eventId),
      ),
    )
    .orderBy(asc(deliveries.createdAt))
    .limit(MAX_HELD);
}

/** Delivers what was held back for a channel as one message, once. @throws Log0Error delivery_failed, invalid_url */
export async function deliverDigest(
  scope: TenantScope,
  channel: LoadedChannel,
  event: DigestEvent,
  access: ChannelAccess,
): Promise<void> {
  const noticeKey = `digest:${event.eventId}`;
  await underClaim(scope, { channelId: channel.id, noticeKey, incidentId: "" }, async (claim) => {
    if (claim.shownVersion > 0) return {};
    const held = await heldIn(scope, event);
    if (held.length > 0) {
      const now = scope.now();
      const digest = {
        id: uuidOfText(`${channel.id}:${noticeKey}`),
        notice: digestNotice(held, now, access.publicUrl),
        message: digestMessage(held, scope.tenantId, now, access.publicUrl),
      };
      await reach(scope, channel.id, () =>
        sendPlain(scope, channel, digest, access, {
          done: recipientsDone(claim.handle),
          note: (done) => noteProgress(scope, claim, { handle: JSON.stringify(done) }),
        }),
      );
    }
    return { shownVersion: 1 };
  });
}
