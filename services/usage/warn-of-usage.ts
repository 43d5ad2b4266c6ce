import { and, eq, inArray, sql } from "drizzle-orm";
import { errorMessage } from "../../core/errors.ts";
import { monthEnd, monthOf } from "../../core/limits/ledger.ts";
import { renderPlainNotice } from "../../core/notifications/slack-plain.ts";
import {
  FULL_AT,
  FULL_FROM,
  type MonthUse,
  reached,
  usageNotice,
  WARN_AT,
  type WarningPercent,
} from "../../core/usage/warning.ts";
import { PLAN_LIMITS, PLANS, type Plan } from "../../schema/contracts/plans.ts";
import { usageWarnings, users } from "../../schema/tables/tenants.ts";
import type { ChannelAccess } from "../channels/access.ts";
import { sendEmail } from "../channels/send-email.ts";
import { postMessage } from "../notifications/slack-api.ts";
import { slackTarget } from "../notifications/slack-target.ts";
import { type Platform, scopeTo, type TenantScope } from "../platform.ts";

/** Tenants that one sweep tells; the others have their turn ten minutes later. */
const SWEEP_TENANTS = 50;

interface Candidate {
  id: string;
  name: string;
  plan: Plan;
  adminEmail: string;
  usedBytes: number;
}

/** Active tenants that have reached a part of their month and were not told of it: one query, however many there are. */
function tenantsToTell(platform: Platform, month: string): Promise<Candidate[]> {
  const limits = JSON.stringify(Object.fromEntries(PLANS.map((plan) => [plan, PLAN_LIMITS[plan].bytesPerMonth])));
  // Materialized, or SQLite would sum up once for every place that names the sum.
  return platform.everyTenant.all<Candidate>(sql`
    WITH used AS MATERIALIZED (
      SELECT id, name, plan, admin_email, ${limits} ->> plan AS "limit", (
        SELECT coalesce(sum(bytes), 0) FROM usage_days
        WHERE tenant_id = tenants.id AND day BETWEEN ${`${month}-01`} AND ${`${month}-31`}
      ) AS bytes
      FROM tenants WHERE status = 'active'
    )
    SELECT id, name, plan, admin_email AS "adminEmail", bytes AS "usedBytes" FROM used
    WHERE bytes >= "limit" * ${WARN_AT / 100} AND NOT EXISTS (
      SELECT 1 FROM usage_warnings AS told
      WHERE told.tenant_id = used.id AND told.month = ${month} AND told.plan = used.plan
        AND told.percent >= CASE WHEN bytes >= "limit" * ${FULL_FROM / 100} THEN ${FULL_AT} ELSE ${WARN_AT} END
    )
    ORDER BY id LIMIT ${SWEEP_TENANTS}`);
}

/** Of two sweeps at once, one tells. */
async function claim(scope: TenantScope, month: string, plan: Plan, percent: WarningPercent): Promise<boolean> {
  const claimed = await scope.db
    .insert(usageWarnings)
    .values({ tenantId: scope.tenantId, month, plan, percent, at: scope.now() })
    .onConflictDoNothing()
    .returning();
  return claimed.length > 0;
}

/** Owners and admins; who is named with the tenant where there are none. */
async function recipientsOf(scope: TenantScope, adminEmail: string): Promise<string[]> {
  const found = await scope.db
    .select({ email: users.email })
    .from(users)
    .where(and(eq(users.tenantId, scope.tenantId), inArray(users.role, ["owner", "admin"])))
    .orderBy(users.email);
  const emails = [...new Set(found.map(({ email }) => email.toLowerCase()))];
  return emails.length === 0 ? [adminEmail] : emails;
}

async function tell(scope: TenantScope, one: Candidate, percent: WarningPercent, access: ChannelAccess): Promise<void> {
  const now = scope.now();
  const month = monthOf(now);
  const use: MonthUse = { tenant: one.name, plan: one.plan, usedBytes: one.usedBytes, resetsAt: monthEnd(now) };
  const notice = usageNotice(use, percent, access.publicUrl, now);
  const byMail = async () => {
    if (access.mailer === undefined) return;
    const id = `usage.${scope.tenantId}.${month}.${one.plan}.${percent}`;
    const recipients = await recipientsOf(scope, one.adminEmail);
    await sendEmail(access.mailer, { notice, id, at: now }, recipients, [], async () => undefined);
  };
  const bySlack = async () => {
    const slack = await slackTarget(scope, access.slack);
    if (slack !== undefined) await postMessage(slack, slack.channel, renderPlainNotice(notice));
  };
  for (const sent of await Promise.allSettled([byMail(), bySlack()])) {
    if (sent.status === "fulfilled") continue;
    const error = errorMessage(sent.reason);
    console.error({ message: "a usage warning could not be sent", tenantId: scope.tenantId, percent, error });
  }
}

/**
 * Warns tenants at 80 and at 100 percent of their month, each once a month and plan, by e-mail and in Slack. The claim
 * comes first: a message that cannot be sent is logged and not tried again, for a sweep every ten minutes would else
 * write to the same people all month when one of them cannot be reached. The use itself can be read at any time.
 * @returns how many tenants were told
 */
export async function warnOfUsage(platform: Platform, access: ChannelAccess): Promise<number> {
  const month = monthOf(platform.now());
  let told = 0;
  for (const one of await tenantsToTell(platform, month)) {
    const scope = scopeTo(platform, one.id);
    const percent = reached(one);
    if (percent === undefined || !(await claim(scope, month, one.plan, percent))) continue;
    await tell(scope, one, percent, access);
    told++;
  }
  return told;
}
