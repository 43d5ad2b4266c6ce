import type { Command } from "commander";
import * as z from "zod";
import { monthOf } from "../../core/limits/ledger.ts";
import { readableBytes } from "../../core/limits/refusals.ts";
import { PLAN_LIMITS, PLANS, type Plan } from "../../schema/contracts/plans.ts";
import { parseChoice, parseTenantName } from "./input.ts";
import { keyTable } from "./keys.ts";
import { memberTable } from "./members.ts";
import { formatTime } from "./output.ts";
import { sourceTable } from "./sources.ts";
import * as statements from "./statements/tenants.ts";
import { command, mustExist, perform, type RemoteOption, type Task } from "./task.ts";

/** What a tenant has and uses, and what it may have. */
export function addPlanCommands(program: Command): void {
  command(program, "show <name>", "show a tenant: plan, use of this month, members, sources, keys").action(
    (name: string, options: RemoteOption) => perform(options, () => showTenant(name)),
  );

  command(program, "plan <tenant> <plan>", `change a tenant's plan: ${PLANS.join(", ")}`).action(
    (tenant: string, plan: string, options: RemoteOption) => perform(options, () => setPlan(tenant, plan)),
  );
}

const Shown = z.tuple([
  z.object({
    id: z.string(),
    name: z.string(),
    plan: z.enum(PLANS),
    status: z.string(),
    admin_email: z.string(),
    shards: z.number(),
    created_at: z.number(),
  }),
]);
const Usage = z.tuple([z.object({ bytes: z.number(), events: z.number() })]);

function showTenant(name: string): Task {
  const now = Date.now();
  const month = monthOf(now);
  return {
    statements: statements.showTenant(parseTenantName(name), month),
    report: ([found, rows, usage, members = [], sources = [], keys = []]) => {
      mustExist(found, name);
      const [tenant] = Shown.parse(rows);
      const [used] = Usage.parse(usage);
      const { bytesPerMonth } = PLAN_LIMITS[tenant.plan];
      const percent = Math.floor((100 * used.bytes) / bytesPerMonth);
      return [
        `Tenant ${tenant.name}: ${tenant.status}, id ${tenant.id}, made ${formatTime(tenant.created_at)}, LogStore objects: ${tenant.shards}`,
        describePlan(tenant.plan),
        `Use in ${month} (UTC): ${readableBytes(used.bytes)} of ${readableBytes(bytesPerMonth)}, ${percent} %, ${used.events.toLocaleString("en")} events`,
        ...section("Members", memberTable(members, now)),
        ...section(`Sources: ${sources.length} of ${PLAN_LIMITS[tenant.plan].sources}`, sourceTable(sources)),
        ...section("API keys", keyTable(keys, now)),
      ];
    },
  };
}

function section(title: string, lines: string[]): string[] {
  return ["", title, ...lines.map((line) => `  ${line}`)];
}

function describePlan(plan: Plan): string {
  const { bytesPerMonth, sources, retentionDays } = PLAN_LIMITS[plan];
  return `Plan ${plan}: ${readableBytes(bytesPerMonth)} of logs a month, sources: ${sources}, logs are kept for ${retentionDays} days`;
}

function setPlan(name: string, value: string): Task {
  const plan = parseChoice(value, "plan", PLANS);
  const limits = PLAN_LIMITS[plan];
  return {
    statements: statements.setTenantPlan(parseTenantName(name), plan, Date.now()),
    report: ([found, changed, , counted]) => {
      const before = PLAN_LIMITS[parseChoice(mustExist(found, name).plan, "plan", PLANS)];
      if (changed?.length !== 1) return [`Tenant ${name} had the plan ${plan} already.`];
      const [{ sources }] = z.tuple([z.object({ sources: z.number() })]).parse(counted);
      return [
        `Tenant ${name} has a new plan. ${describePlan(plan)}`,
        ...(limits.retentionDays < before.retentionDays
          ? [`Its logs that are older than ${limits.retentionDays} days will be removed with the next sweep.`]
          : []),
        ...(sources > limits.sources ? [`It keeps its ${sources} sources, and cannot make more.`] : []),
      ];
    },
  };
}
