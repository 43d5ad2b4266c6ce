import { and, eq, lt, type SQL, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { FLOOD_MS, FLOOD_POSTS } from "../../core/notifications/slack-group.ts";
import { slackMessages } from "../../schema/tables/slack.ts";
import type { PostedMessage } from "../notifications/slack-api.ts";
import type { SlackTarget } from "../notifications/slack-target.ts";
import type { TenantScope } from "../platform.ts";

/** Longer than a call to Slack may take; after that the claim is taken for lost. */
const LEASE_MS = 30_000;

/** Bots other than a tenant's own. */
const PLATFORM = "platform";

/** A message that this sender alone may post or edit, for a while. */
export interface ClaimedMessage {
  /** The incident, or the group. */
  id: string;
  channel: string;
  leaseToken: string;
  /** Slack's ids, where this target's bot has posted it. */
  posted: PostedMessage | undefined;
  sender: string;
  shownVersion: number;
  /** The group that tells of it in a flood. */
  groupId: string | null;
  /** Posts whose outcome is unknown. */
  mayBeDoubled: number;
}

/** What Slack shows now; empty when nothing has changed there. */
export interface Shown {
  shownVersion?: number;
  posted?: PostedMessage;
  /** A post was tried, and nobody knows whether it arrived. */
  unknownPost?: boolean;
}

/**
 * The group that a first post joins: null while fewer than FLOOD_POSTS were wanted in the channel within FLOOD_MS, then
 * the group of the flood under way, or a new one. Decided within the statement that makes the row, so that of many
 * senders at once just as many post on their own.
 */
function groupOf(scope: TenantScope, channel: string, now: number, fresh: string): SQL<string | null> {
  const recent = sql`FROM slack_messages AS earlier WHERE earlier.tenant_id = ${scope.tenantId}
    AND earlier.channel = ${channel} AND earlier.wanted_at > ${now - FLOOD_MS}`;
  return sql`(CASE WHEN (SELECT count(*) FROM (SELECT 1 ${recent} LIMIT ${FLOOD_POSTS})) < ${FLOOD_POSTS} THEN NULL
    ELSE coalesce((SELECT earlier.group_id ${recent} AND earlier.group_id IS NOT NULL
      ORDER BY earlier.wanted_at DESC LIMIT 1), ${fresh}) END)`;
}

/**
 * Claims an incident's (or a group's) message in a channel. Slack has no idempotency key for posting: whoever holds the
 * claim posts, the others wait.
 * @throws Log0Error conflict, not permanent, while another holds it
 */
export async function claimMessage(
  scope: TenantScope,
  id: string,
  target: SlackTarget,
  kind: "incident" | "group",
): Promise<ClaimedMessage> {
  const now = scope.now();
  const leaseToken = uuidV7(now, scope.random(10));
  const leaseUntil = now + LEASE_MS;
  const { channel, sender = PLATFORM } = target;
  const place =
    kind === "group"
      ? { wantedAt: null, groupId: null }
      : { wantedAt: now, groupId: groupOf(scope, channel, now, uuidV7(now, scope.random(10))) };
  const row = await scope.db
    .insert(slackMessages)
    .values({ tenantId: scope.tenantId, incidentId: id, channel, shownVersion: 0, leaseToken, leaseUntil, ...place })
    .onConflictDoUpdate({
      target: [slackMessages.tenantId, slackMessages.incidentId, slackMessages.channel],
      set: {
        leaseToken,
        leaseUntil,
        // A sender that never gave the claim back may have posted before it died.
        mayBeDoubled: sql`${slackMessages.mayBeDoubled} + (${slackMessages.leaseToken} IS NOT NULL AND ${slackMessages.ts} IS NULL)`,
      },
      setWhere: lt(slackMessages.leaseUntil, now),
    })
    .returning()
    .get();
  if (row === undefined) {
    throw new Log0Error("conflict", "another sender holds the message", { permanent: false });
  }
  const { postedChannel, ts, shownVersion, groupId, mayBeDoubled } = row;
  const own = postedChannel !== null && ts !== null && row.sender === sender;
  const posted = own ? { channel: postedChannel, ts } : undefined;
  // What another bot has posted is out of reach: this one posts anew.
  return { id, channel, leaseToken, posted, sender, shownVersion: own ? shownVersion : 0, groupId, mayBeDoubled };
}

const mine = (scope: TenantScope, claimed: ClaimedMessage) =>
  and(
    eq(slackMessages.tenantId, scope.tenantId),
    eq(slackMessages.incidentId, claimed.id),
    eq(slackMessages.channel, claimed.channel),
    eq(slackMessages.leaseToken, claimed.leaseToken),
  );

const handleOf = (claimed: ClaimedMessage, posted: PostedMessage) => ({
  postedChannel: posted.channel,
  ts: posted.ts,
  sender: claimed.sender,
});

/**
 * Notes a post under its claim, which lasts anew. What follows it may take longer than a claim: whoever comes next then
 * edits the message, and posts no other.
 */
export async function notePost(scope: TenantScope, claimed: ClaimedMessage, posted: PostedMessage): Promise<void> {
  await scope.db
    .update(slackMessages)
    .set({ ...handleOf(claimed, posted), leaseUntil: scope.now() + LEASE_MS })
    .where(mine(scope, claimed));
}

/** Gives a claim back, with what has become of the message. */
export async function releaseMessage(scope: TenantScope, claimed: ClaimedMessage, shown: Shown): Promise<void> {
  const { shownVersion, posted, unknownPost = false } = shown;
  await scope.db
    .update(slackMessages)
    .set({
      ...(shownVersion === undefined ? {} : { shownVersion }),
      ...(posted === undefined ? {} : handleOf(claimed, posted)),
      ...(unknownPost ? { mayBeDoubled: sql`${slackMessages.mayBeDoubled} + 1` } : {}),
      leaseToken: null,
      leaseUntil: 0,
    })
    .where(mine(scope, claimed));
}

/**
 * Works on a message under its claim. Whatever fails, what Slack shows by then is noted, or the next try would post again.
 * @param work tells what has become of the message as soon as it knows
 */
export async function withMessage(
  scope: TenantScope,
  claimed: ClaimedMessage,
  work: (note: (shown: Shown) => void) => Promise<void>,
): Promise<void> {
  const shown: Shown = {};
  const note = (more: Shown): void => {
    Object.assign(shown, more);
  };
  try {
    await work(note);
    await releaseMessage(scope, claimed, shown);
  } catch (error) {
    await releaseMessage(scope, claimed, shown);
    throw error;
  }
}
