import { PLAN_LIMITS, PLANS, type Plan } from "../../schema/contracts/plans.ts";
import { Log0Error } from "../errors.ts";
import { type Quota, secondsUntil } from "./fields.ts";

/** A refusal that tells a program, too, which limit it is about. */
export class LimitError extends Log0Error {
  /** Members of the problem's JSON. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: "rate_limited" | "quota_exceeded",
    message: string,
    retryAfter: number,
    details: Readonly<Record<string, unknown>>,
  ) {
    super(code, message, { permanent: false, retryAfter });
    this.name = "LimitError";
    this.details = details;
  }
}

/** @param now Unix ms */
export function tooManyRequests(quota: Quota, now: number): LimitError {
  const seconds = Math.max(1, secondsUntil(quota.resetAt, now));
  return new LimitError(
    "rate_limited",
    `too many requests: ${quota.limit} in ${quota.windowSeconds} s are allowed here; nothing was done, try again in ${seconds} s`,
    seconds,
    { "violated-policies": [quota.policy] },
  );
}

/** A plan can be changed at any moment: nobody should wait for the month's end before they ask again. */
const MAX_RETRY_AFTER_S = 60 * 60;

const UNITS = [
  { bytes: 1e9, name: "GB" },
  { bytes: 1e6, name: "MB" },
  { bytes: 1e3, name: "KB" },
] as const;

/** `50 MB`, `4.93 GB`: three digits, rounded down, so that less than all never reads as all. */
export function readableBytes(bytes: number): string {
  const unit = UNITS.find((one) => bytes >= one.bytes);
  if (unit === undefined) return `${bytes} bytes`;
  const value = bytes / unit.bytes;
  const places = value >= 100 ? 1 : value >= 10 ? 10 : 100;
  return `${Math.floor(value * places) / places} ${unit.name}`;
}

/** The plan above, or undefined for the largest. */
export function nextPlan(plan: Plan): Plan | undefined {
  return PLANS[PLANS.indexOf(plan) + 1];
}

/**
 * A request that the rest of the month's quota does not hold.
 * @param bytes of the request
 * @param now Unix ms
 */
export function quotaExceeded(plan: Plan, quota: Quota, bytes: number, now: number): LimitError {
  const used = Math.max(0, quota.limit - quota.remaining);
  const above = nextPlan(plan);
  const anew = new Date(quota.resetAt).toISOString().slice(0, 10);
  const wayUp =
    above === undefined
      ? "If you need more, ask the operator of this log0."
      : `If you need more: the plan ${above} has ${readableBytes(PLAN_LIMITS[above].bytesPerMonth)} a month.`;
  return new LimitError(
    "quota_exceeded",
    `the plan ${plan} has ${readableBytes(quota.limit)} of logs a month, ${readableBytes(used)} are used, and this ` +
      `request has ${readableBytes(bytes)}; nothing of it was kept. It starts anew on ${anew} (UTC). ${wayUp}`,
    Math.min(MAX_RETRY_AFTER_S, Math.max(1, secondsUntil(quota.resetAt, now))),
    {
      plan,
      usedBytes: used,
      limitBytes: quota.limit,
      requestBytes: bytes,
      resetsAt: new Date(quota.resetAt).toISOString(),
      nextPlan: above === undefined ? null : { name: above, bytesPerMonth: PLAN_LIMITS[above].bytesPerMonth },
      "violated-policies": [quota.policy],
    },
  );
}
