import { PLAN_LIMITS, type Plan } from "../../schema/contracts/plans.ts";
import { nextPlan, readableBytes } from "../limits/refusals.ts";
import { type Notice, oneLine } from "../notifications/notice.ts";

/** Parts of a plan's month at which a tenant is warned, in percent. */
export const WARN_AT = 80;
export const FULL_AT = 100;
/** Told as 100: a request that does not fit any more is refused whole, so the last of a month may never be used. */
export const FULL_FROM = 99;
export type WarningPercent = typeof WARN_AT | typeof FULL_AT;

/** How far a tenant is in its month. */
export interface MonthUse {
  tenant: string;
  plan: Plan;
  usedBytes: number;
  /** When the count begins anew (Unix ms). */
  resetsAt: number;
}

/** The part that has been reached; undefined below the first. */
export function reached({ plan, usedBytes }: Pick<MonthUse, "plan" | "usedBytes">): WarningPercent | undefined {
  const percent = percentOf(plan, usedBytes);
  return percent >= FULL_FROM ? FULL_AT : percent >= WARN_AT ? WARN_AT : undefined;
}

/** Bytes as a part of what a plan's month has, in percent. */
export function percentOf(plan: Plan, usedBytes: number): number {
  return (100 * usedBytes) / PLAN_LIMITS[plan].bytesPerMonth;
}

function wayUp(tenant: string, plan: Plan): string {
  const next = nextPlan(plan);
  if (next === undefined) return "This is the largest plan. Whoever runs this log0 can tell what else is possible.";
  const { bytesPerMonth, sources, retentionDays } = PLAN_LIMITS[next];
  return (
    `The plan ${next} has ${readableBytes(bytesPerMonth)} a month, ${sources} sources and ${retentionDays} days. ` +
    `Whoever runs this log0 can change it (npm run tenant -- plan ${oneLine(tenant, 60)} ${next}); it works within seconds, ` +
    "and nothing has to be set up again."
  );
}

/** Tells a tenant that its month is nearly, or all, used up. @param now Unix ms */
export function usageNotice(use: MonthUse, percent: WarningPercent, publicUrl: string, now: number): Notice {
  const { tenant, plan, usedBytes, resetsAt } = use;
  const limit = readableBytes(PLAN_LIMITS[plan].bytesPerMonth);
  const anew = `${new Date(resetsAt).toISOString().slice(0, 10)} (00:00 UTC)`;
  const name = oneLine(tenant, 60);
  const full = percent === FULL_AT;
  return {
    headline: full
      ? `${name} has used up the logs of its month: what no longer fits is refused`
      : `${name} has used ${percent} % of the logs of its month`,
    severity: undefined,
    resolved: false,
    facts: [],
    sample: undefined,
    sections: [
      [
        "How it stands",
        `${readableBytes(usedBytes)} of ${limit} are used, on the plan ${plan}. It starts anew on ${anew}.`,
      ],
      [
        full ? "What that means" : "What happens at 100 %",
        `New logs are refused with 429 (quota_exceeded) until ${anew}, or until the plan is larger: nothing of them is ` +
          "kept, so let your agents hold them. What is stored stays; search, incidents and alerts of it go on.",
      ],
      ["The way up", wayUp(tenant, plan)],
    ],
    links: [["View usage", `${publicUrl}/api/v1/usage`]],
    at: now,
  };
}
