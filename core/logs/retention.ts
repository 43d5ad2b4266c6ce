import { PLAN_LIMITS, PLANS, type Plan } from "../../schema/contracts/plans.ts";

const DAY_MS = 86_400_000;

/** Per plan, the time (Unix ms) before which its logs are no longer kept. */
export function retentionCuts(now: number): Record<Plan, number> {
  const cuts: Record<Plan, number> = { free: 0, starter: 0, team: 0 };
  for (const plan of PLANS) cuts[plan] = now - PLAN_LIMITS[plan].retentionDays * DAY_MS;
  return cuts;
}
