import { and, asc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { isTold, renderNotice } from "../../core/notifications/slack-notice.ts";
import { incidentHistory } from "../../schema/tables/incidents.ts";
import { slackNotices } from "../../schema/tables/slack.ts";
import { historyOf, WRITTEN } from "../incidents/list-timeline.ts";
import { emailsOf } from "../members/emails-of.ts";
import type { PostedMessage } from "../notifications/slack-api.ts";
import { SlackError } from "../notifications/slack-error.ts";
import type { TenantScope } from "../platform.ts";

/** What is told of an incident beside its message. */
export interface ToldChange {
  id: string;
  actor: string;
  change: string;
  note: string | null;
  subject: string | null;
}

/** Longer than a call to Slack may take; after that whoever was at a notice is taken for dead. */
const CLAIM_MS = 30_000;

/** More than that at once is the work of a script; the message shows the outcome. */
const MAX_TOLD = 20;

/** Rows of the history that a thread or a direct message may tell of, in the order in which they were written. */
export function toldChanges(scope: TenantScope, incidentId: string) {
  return scope.db
    .select({
      id: incidentHistory.id,
      actor: incidentHistory.actor,
      change: incidentHistory.change,
      note: incidentHistory.note,
      subject: incidentHistory.subject,
    })
    .from(incidentHistory)
    .where(historyOf(scope, incidentId))
    .orderBy(asc(incidentHistory.at), asc(WRITTEN));
}

/** Of these events, those that were told at a target, and whether it is known that they arrived. */
async function alreadyTold(scope: TenantScope, target: string, ids: readonly string[]): Promise<Map<string, boolean>> {
  const rows = await scope.db
    .select({ eventId: slackNotices.eventId, ts: slackNotices.ts })
    .from(slackNotices)
    .where(
      and(
        eq(slackNotices.tenantId, scope.tenantId),
        eq(slackNotices.target, target),
        // One parameter, whatever their number: a statement takes a hundred.
        inArray(slackNotices.eventId, sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`),
      ),
    );
  return new Map(rows.map(({ eventId, ts }) => [eventId, ts !== null]));
}

/** Changes that have not been told at a target, oldest first. `repeated`: an earlier try may have arrived. */
export async function untold(
  scope: TenantScope,
  target: string,
  changes: readonly ToldChange[],
): Promise<(ToldChange & { repeated: boolean })[]> {
  if (changes.length === 0) return [];
  const known = await alreadyTold(
    scope,
    target,
    changes.map(({ id }) => id),
  );
  return changes
    .filter(({ id }) => known.get(id) !== true)
    .map((change) => ({ ...change, repeated: known.has(change.id) }));
}

/** Notes changes as told without a word: the message that has just been posted shows them. */
export async function markTold(
  scope: TenantScope,
  incidentId: string,
  target: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  const column = (value: string | number): SQL => sql`${value}`;
  await scope.db
    .insert(slackNotices)
    .select(
      sql`SELECT ${column(scope.tenantId)}, value, ${target}, ${incidentId}, '', ${scope.now()}
        FROM json_each(${JSON.stringify(ids)}) WHERE true`,
    )
    .onConflictDoUpdate({
      target: [slackNotices.tenantId, slackNotices.eventId, slackNotices.target],
      set: { ts: sql`coalesce(${slackNotices.ts}, '')` },
    });
}

/**
 * Sends one notice, once: claimed before it goes and noted after it has arrived. Only when Slack never says whether it
 * arrived is it sent again, and then it says so.
 * @param send answers with undefined where there is nobody to tell
 * @throws Log0Error conflict, not permanent, while another sender is at it
 */
export async function tellOnce(
  scope: TenantScope,
  notice: { incidentId: string; eventId: string; target: string },
  send: () => Promise<PostedMessage | undefined>,
): Promise<void> {
  const { tenantId } = scope;
  const { incidentId, eventId, target } = notice;
  const now = scope.now();
  const row = { tenantId, eventId, target, incidentId, ts: null, createdAt: now };
  const mine = and(
    eq(slackNotices.tenantId, tenantId),
    eq(slackNotices.eventId, eventId),
    eq(slackNotices.target, target),
  );
  const claimed = await scope.db
    .insert(slackNotices)
    .values(row)
    .onConflictDoUpdate({
      target: [slackNotices.tenantId, slackNotices.eventId, slackNotices.target],
      set: { createdAt: now },
      setWhere: sql`${slackNotices.ts} IS NULL AND ${slackNotices.createdAt} < ${now - CLAIM_MS}`,
    })
    .returning();
  if (claimed.length === 0) {
    const known = await scope.db.select({ ts: slackNotices.ts }).from(slackNotices).where(mine).get();
    if (known !== undefined && known.ts !== null) return;
    throw new Log0Error("conflict", "another sender is at this notice", { permanent: false });
  }
  try {
    const sent = await send();
    await scope.db
      .update(slackNotices)
      .set({ ts: sent?.ts ?? "" })
      .where(mine);
  } catch (error) {
    // Refused by Slack, the next try is the first one; otherwise it may be a repeat, and need not wait.
    if (error instanceof SlackError && !error.unknown) await scope.db.delete(slackNotices).where(mine);
    else if (error instanceof SlackError) await scope.db.update(slackNotices).set({ createdAt: 0 }).where(mine);
    throw error;
  }
}

/** E-mails of the users that actors and subjects name. */
async function namesOf(scope: TenantScope, changes: readonly ToldChange[]): Promise<Map<string, string>> {
  const ids = changes.flatMap(({ actor, subject, change }) => [
    ...(actor.startsWith("user:") ? [actor.slice("user:".length)] : []),
    ...(change === "ASSIGNED" && subject !== null ? [subject] : []),
  ]);
  return await emailsOf(scope, ids);
}

/** Tells in a message's thread what has happened since: one reply an event. @throws SlackError */
export async function tellThread(
  scope: TenantScope,
  incidentId: string,
  channel: string,
  changes: readonly ToldChange[],
  reply: (text: string) => Promise<PostedMessage | undefined>,
): Promise<void> {
  const all = await untold(
    scope,
    channel,
    changes.filter(({ change }) => isTold(change)),
  );
  const fresh = all.slice(-MAX_TOLD);
  if (fresh.length === 0) return;
  // What is left out now must not come later, behind what followed it.
  const skipped = all.slice(0, -MAX_TOLD).map(({ id }) => id);
  await markTold(scope, incidentId, channel, skipped);
  const names = await namesOf(scope, fresh);
  for (const change of fresh) {
    const assignee = change.subject === null ? undefined : names.get(change.subject);
    const text = renderNotice(change, { names, assignee, repeated: change.repeated });
    await tellOnce(scope, { incidentId, eventId: change.id, target: channel }, () => reply(text));
  }
}
