import { and, asc, eq, isNull, lte, min, sql } from "drizzle-orm";
import { uuidV7 } from "../../core/ids.ts";
import type { DigestEvent } from "../../schema/contracts/channels.ts";
import { deliveries } from "../../schema/tables/channels.ts";
import { outbox } from "../../schema/tables/messaging.ts";
import { sendOutbox } from "../outbox/send.ts";
import { type Platform, scopeTo, type TenantScope } from "../platform.ts";
import { ofActive } from "../tenants/of-tenants.ts";

/** Channels that one sweep serves; the rest follows a minute later. */
const SWEEP_CHANNELS = 50;

/** Marks what is due for a channel, and has it told: in one batch, so that no notice is lost or comes twice. */
async function gather(scope: TenantScope, channelId: string): Promise<void> {
  const now = scope.now();
  const { tenantId } = scope;
  const eventId = uuidV7(now, scope.random(10));
  const event: DigestEvent = { type: "DIGEST_EVENT", eventId, tenantId, channelId, schemaVersion: "v1" };
  const [, message] = await scope.db.batch([
    scope.db
      .update(deliveries)
      .set({ digestId: eventId, updatedAt: now })
      .where(
        and(
          eq(deliveries.tenantId, tenantId),
          eq(deliveries.channelId, channelId),
          lte(deliveries.heldUntil, now),
          isNull(deliveries.digestId),
        ),
      ),
    scope.db
      .insert(outbox)
      .select(
        sql`SELECT ${eventId}, ${tenantId}, 'notification-events', ${JSON.stringify(event)}, ${now}
        WHERE EXISTS (SELECT 1 FROM deliveries WHERE tenant_id = ${tenantId} AND digest_id = ${eventId})`,
      )
      .returning({ id: outbox.id }),
  ]);
  if (message.length > 0) await sendOutbox(scope, [eventId]);
}

/** Has told what was held back until now; a suspended tenant's waits until it is active again. @returns how many channels had something */
export async function sweepDigests(platform: Platform): Promise<number> {
  const { tenantId, channelId, heldUntil, digestId } = deliveries;
  const due = await platform.everyTenant
    .select({ tenantId, channelId })
    .from(deliveries)
    .where(and(lte(heldUntil, platform.now()), isNull(digestId), ofActive(tenantId)))
    .groupBy(tenantId, channelId)
    .orderBy(asc(min(heldUntil)))
    .limit(SWEEP_CHANNELS);
  for (const row of due) await gather(scopeTo(platform, row.tenantId), row.channelId);
  return due.length;
}
