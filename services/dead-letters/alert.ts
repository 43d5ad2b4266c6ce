import { and, count, desc, eq, gt, isNull, lt, ne, sql } from "drizzle-orm";
import { renderDeadLetterAlert } from "../../core/notifications/slack-alerts.ts";
import { deadLetterAlerts, deadLetters } from "../../schema/tables/messaging.ts";
import { postMessage } from "../notifications/slack-api.ts";
import { type SlackDefaults, slackTarget } from "../notifications/slack-target.ts";
import { type Platform, scopeTo, type TenantScope } from "../platform.ts";
import { ofActive } from "../tenants/of-tenants.ts";

/** A tenant hears of its dead letters at most once in this time: they wait, and are not urgent twice. */
const REPEAT_MS = 60 * 60 * 1000;

/** Tenants that one sweep tells. */
const SWEEP_TENANTS = 20;

/** Active tenants with dead letters that came since they were last told. */
function tenantsToTell(platform: Platform): Promise<{ tenantId: string }[]> {
  return platform.everyTenant
    .selectDistinct({ tenantId: deadLetters.tenantId })
    .from(deadLetters)
    .leftJoin(deadLetterAlerts, eq(deadLetterAlerts.tenantId, deadLetters.tenantId))
    .where(
      and(
        ne(deadLetters.tenantId, ""),
        ofActive(deadLetters.tenantId),
        isNull(deadLetters.replayedAt),
        gt(deadLetters.failedAt, sql`coalesce(${deadLetterAlerts.toldAt}, 0)`),
        lt(sql`coalesce(${deadLetterAlerts.toldAt}, 0)`, platform.now() - REPEAT_MS),
      ),
    )
    .limit(SWEEP_TENANTS);
}

/** Of two sweeps at once, one tells. */
async function claim(scope: TenantScope): Promise<boolean> {
  const now = scope.now();
  const claimed = await scope.db
    .insert(deadLetterAlerts)
    .values({ tenantId: scope.tenantId, toldAt: now })
    .onConflictDoUpdate({
      target: deadLetterAlerts.tenantId,
      set: { toldAt: now },
      setWhere: lt(deadLetterAlerts.toldAt, now - REPEAT_MS),
    })
    .returning();
  return claimed.length > 0;
}

async function tell(scope: TenantScope, defaults: SlackDefaults): Promise<void> {
  const waiting = and(eq(deadLetters.tenantId, scope.tenantId), isNull(deadLetters.replayedAt));
  const [counts, latest] = await scope.db.batch([
    scope.db
      .select({ queue: deadLetters.queue, count: count() })
      .from(deadLetters)
      .where(waiting)
      .groupBy(deadLetters.queue),
    scope.db
      .select({ error: deadLetters.errorMessage })
      .from(deadLetters)
      .where(waiting)
      .orderBy(desc(deadLetters.failedAt))
      .limit(1),
  ]);
  const slack = await slackTarget(scope, defaults);
  const message = renderDeadLetterAlert(counts, latest[0]?.error ?? "", defaults.publicUrl);
  if (slack !== undefined) await postMessage(slack, slack.channel, message);
}

/** Tells tenants of new dead letters in Slack. A message that cannot be sent is tried again after an hour. */
export async function alertOfDeadLetters(platform: Platform, defaults: SlackDefaults): Promise<number> {
  let told = 0;
  for (const { tenantId } of await tenantsToTell(platform)) {
    const scope = scopeTo(platform, tenantId);
    if (!(await claim(scope))) continue;
    await tell(scope, defaults);
    told++;
  }
  return told;
}
