import { and, asc, count, eq, gt, max, sql } from "drizzle-orm";
import { renderNewPatterns } from "../../core/notifications/slack-alerts.ts";
import type { Job } from "../../schema/contracts/job.ts";
import { newPatternAlerts, patterns } from "../../schema/tables/logs.ts";
import { postMessage } from "../notifications/slack-api.ts";
import { type SlackDefaults, slackTarget } from "../notifications/slack-target.ts";
import type { TenantScope } from "../platform.ts";

/** A tenant hears of new patterns at most once in this time; what comes meanwhile is told together. */
const REPEAT_MS = 5 * 60_000;

/** What is older is no news: a tenant that has just asked to be told does not hear of all it ever had. */
const NEWS_MS = 24 * 60 * 60_000;

/** Patterns that one message names; the others are counted. */
const NAMED_PATTERNS = 10;

type Told = Pick<typeof newPatternAlerts.$inferSelect, "toldUntil" | "toldAt">;

/** Moves the mark of what has been told. Of two who try at once, one does. */
async function mark(scope: TenantScope, from: Told, to: Told): Promise<boolean> {
  const moved = await scope.db
    .insert(newPatternAlerts)
    .values({ tenantId: scope.tenantId, ...to })
    .onConflictDoUpdate({
      target: newPatternAlerts.tenantId,
      set: to,
      setWhere: sql`told_until = ${from.toldUntil} AND told_at = ${from.toldAt}`,
    })
    .returning();
  return moved.length > 0;
}

/**
 * Tells a tenant of the patterns that were new since it was last told. Too soon after that, the job is put off.
 * @throws Log0Error delivery_failed; nothing counts as told then
 */
export async function announceNewPatterns(
  scope: TenantScope,
  defaults: SlackDefaults,
  job: Extract<Job, { type: "NEW_PATTERNS" }>,
): Promise<void> {
  const now = scope.now();
  const mine = eq(newPatternAlerts.tenantId, scope.tenantId);
  const told: Told = (await scope.db.select().from(newPatternAlerts).where(mine).get()) ?? { toldUntil: 0, toldAt: 0 };
  const fresh = and(eq(patterns.tenantId, scope.tenantId), gt(patterns.newAt, Math.max(told.toldUntil, now - NEWS_MS)));
  const [named, total] = await scope.db.batch([
    scope.db.select().from(patterns).where(fresh).orderBy(asc(patterns.newAt)).limit(NAMED_PATTERNS),
    scope.db
      .select({ count: count(), newest: max(patterns.newAt) })
      .from(patterns)
      .where(fresh),
  ]);
  const [{ count: all, newest } = { count: 0, newest: null }] = total;
  if (newest === null) return;
  const wait = told.toldAt + REPEAT_MS - now;
  if (wait > 0) {
    await scope.queues.jobs.send(job, { contentType: "json", delaySeconds: Math.ceil(wait / 1000) });
    return;
  }
  const next = { toldUntil: newest, toldAt: now };
  if (!(await mark(scope, told, next))) return;
  try {
    const slack = await slackTarget(scope, defaults);
    const message = renderNewPatterns(named, all, defaults.publicUrl);
    if (slack !== undefined) await postMessage(slack, slack.channel, message);
  } catch (error) {
    await mark(scope, next, told);
    throw error;
  }
}
