import { PLAN_LIMITS, type Plan } from "../../schema/contracts/plans.ts";

/** A limit of requests, as `RateLimit-Policy` tells it. */
export interface Policy {
  /** Its name for clients; a letter, then letters, digits or hyphens. */
  name: string;
  limit: number;
  windowMs: number;
}

const MINUTE_MS = 60_000;

/** Requests a minute, by class; those that are not here depend on the plan. */
const PER_MINUTE = {
  /** Of a caller: what reads logs, and may read megabytes for it. */
  search: 600,
  /** Of a caller: each reads up to a million logs. */
  export: 10,
  /** Of a caller: what reads a few rows. */
  read: 1_200,
  /** Of a caller: what changes something. */
  write: 300,
  /** Of an address: routes that ask for no credential. */
  open: 60,
} as const;

/** The classes of routes (workers/routes/limits.ts). `ingest` is by plan: PLAN_LIMITS. */
export type LimitClass = "ingest" | keyof typeof PER_MINUTE;

/** @param plan of the caller's tenant; it matters to ingest alone */
export function policyOf(limitClass: LimitClass, plan: Plan): Policy {
  const limit = limitClass === "ingest" ? PLAN_LIMITS[plan].ingestRequestsPerMinute : PER_MINUTE[limitClass];
  return { name: limitClass, limit, windowMs: MINUTE_MS };
}

/**
 * The most that an isolate asks for at a time: a hundredth of the limit, so that what idle isolates hold stays small. A
 * limit of less than 200 is exact to one.
 */
export function largestLease(limit: number): number {
  return Math.max(1, Math.floor(limit / 100));
}

/** Bytes of a month's quota that a request asks for beyond its own. */
const SMALLEST_BLOCK = 4_000;

/**
 * The block of bytes to ask for: a thousandth of the plan's month, and ever less towards its end, down to 4 KB.
 * @param remaining what was left when last heard, bytes
 */
export function blockOf(limit: number, remaining: number): number {
  return Math.max(SMALLEST_BLOCK, Math.floor(Math.min(limit / 1_000, remaining / 64)));
}

/**
 * The fast lane's share is counted over as long. A share of ten seconds, sent at once, would be a flood in itself: those
 * behind it would wait for all of it.
 */
export const LANE_WINDOW_MS = 2_000;
