import { and, eq, lt, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { renderIncident } from "../../core/notifications/slack-message.ts";
import { slackMessages } from "../../schema/tables/messaging.ts";
import { getIncident } from "../incidents/get.ts";
import type { TenantScope } from "../platform.ts";
import { postMessage, type SlackAccess, updateMessage } from "./slack-api.ts";

/** Longer than a call to Slack may take; after that the claim is taken for lost. */
const LEASE_MS = 30_000;

export interface SlackTarget extends SlackAccess {
  channel: string;
  /** What links begin with. */
  publicUrl: string;
}

/**
 * Claims the incident's message in a channel. Slack has no idempotency key for posting: whoever holds the claim posts,
 * the others wait.
 */
async function claim(scope: TenantScope, incidentId: string, channel: string, leaseToken: string) {
  const now = scope.now();
  const leaseUntil = now + LEASE_MS;
  return await scope.db
    .insert(slackMessages)
    .values({ tenantId: scope.tenantId, incidentId, channel, shownVersion: 0, leaseToken, leaseUntil })
    .onConflictDoUpdate({
      target: [slackMessages.tenantId, slackMessages.incidentId, slackMessages.channel],
      set: { leaseToken, leaseUntil },
      setWhere: lt(slackMessages.leaseUntil, now),
    })
    .returning()
    .get();
}

/** What Slack shows now; empty when nothing has changed there. */
interface Shown {
  shownVersion?: number;
  postedChannel?: string;
  ts?: string;
}

async function release(
  scope: TenantScope,
  incidentId: string,
  channel: string,
  leaseToken: string,
  shown: Shown,
): Promise<void> {
  await scope.db
    .update(slackMessages)
    .set({ ...shown, leaseToken: null, leaseUntil: 0 })
    .where(
      and(
        eq(slackMessages.tenantId, scope.tenantId),
        eq(slackMessages.incidentId, incidentId),
        eq(slackMessages.channel, channel),
        sql`${slackMessages.leaseToken} = ${leaseToken}`,
      ),
    );
}

/**
 * Brings the incident's one Slack message to its present state: posts it, or edits it in place. Skips what is already
 * shown. Only a timeout whose outcome is unknown may post it twice.
 * @throws Log0Error delivery_failed
 */
export async function showInSlack(scope: TenantScope, incidentId: string, target: SlackTarget): Promise<void> {
  const { channel } = target;
  const leaseToken = uuidV7(scope.now(), scope.random(10));
  const claimed = await claim(scope, incidentId, channel, leaseToken);
  if (claimed === undefined) {
    throw new Log0Error("delivery_failed", "another sender holds the message", { permanent: false });
  }
  let shown: Shown = {};
  try {
    const incident = await getIncident(scope, incidentId);
    if (claimed.shownVersion < incident.version) {
      const message = renderIncident(incident, target.publicUrl);
      const { postedChannel, ts } = claimed;
      const shownVersion = incident.version;
      if (postedChannel !== null && ts !== null) {
        await updateMessage(target, { channel: postedChannel, ts }, message);
        shown = { shownVersion };
      } else {
        const posted = await postMessage(target, channel, message);
        shown = { shownVersion, postedChannel: posted.channel, ts: posted.ts };
      }
    }
    await release(scope, incidentId, channel, leaseToken, shown);
  } catch (error) {
    // When it was the release that failed, what Slack shows must still be noted, or the next try would post again.
    await release(scope, incidentId, channel, leaseToken, shown);
    throw error;
  }
}
