import { PLAN_LIMITS, PLANS, type Plan } from "../../schema/contracts/plans.ts";
import { Log0Error } from "../errors.ts";

/** What is said at the limit of a plan's sources: the plan, the number, and the way up. */
export function sourceLimitReached(plan: Plan): Log0Error {
  const { sources: limit } = PLAN_LIMITS[plan];
  const next = PLANS.find((other) => PLAN_LIMITS[other].sources > limit);
  const up =
    next === undefined ? "ask who runs log0 here for more" : `the plan ${next} has ${PLAN_LIMITS[next].sources}`;
  const has = limit === 1 ? "1 source" : `${limit} sources`;
  return new Log0Error("plan_limit", `the plan ${plan} has ${has}, and you use all: delete one, or ${up}`);
}
