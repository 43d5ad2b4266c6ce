import type { Context } from "hono";
import type { Quota } from "../../core/limits/fields.ts";
import { BYTES_LEASE_MS, monthEnd, monthSeconds } from "../../core/limits/ledger.ts";
import { blockOf, LANE_WINDOW_MS } from "../../core/limits/policies.ts";
import { quotaExceeded } from "../../core/limits/refusals.ts";
import { windowEnd } from "../../core/limits/windows.ts";
import { PLAN_LIMITS } from "../../schema/contracts/plans.ts";
import type { Lane } from "../../services/logs/publish-sections.ts";
import type { AppEnv } from "../context.ts";
import { Leases } from "./leases.ts";

const months = new Leases();
const lanes = new Leases();

/** While the object does not answer, logs are let through for as long at a time: what is stored is counted anyway. */
const STAND_IN_MS = 10_000;

/**
 * Takes a request's bytes from the month's quota, all or nothing.
 * @throws LimitError quota_exceeded
 */
export async function takeBytes(c: Context<AppEnv>, bytes: number): Promise<void> {
  const { platform, principal } = c.var;
  const { tenantId, plan } = principal;
  const limit = PLAN_LIMITS[plan].bytesPerMonth;
  const taken = await months.take(
    {
      key: tenantId,
      limit,
      endOf: monthEnd,
      free: 0,
      want: (held) => blockOf(limit, held.remaining),
      ask: (request) => platform.limits(tenantId).leaseBytes(tenantId, request),
      lifeMs: BYTES_LEASE_MS,
      standIn: (_held, now) => ({ left: limit, until: now + STAND_IN_MS }),
    },
    bytes,
    platform.now,
  );
  const now = platform.now();
  const quota: Quota = {
    policy: "month",
    limit,
    windowSeconds: monthSeconds(now),
    unit: "content-bytes",
    remaining: taken.remaining,
    resetAt: taken.resetAt,
  };
  c.var.quotas.push(quota);
  if (!taken.ok) throw quotaExceeded(plan, quota, bytes, now);
}

/** Part of a tenant's share that an isolate uses without asking: small senders cost no call. */
const FREE_PART = 1 / 50;

/** The largest part of the share that an isolate asks for at a time. */
const LARGEST_PART = 1 / 4;

/** The lane of a request: the bulk lane when the tenant's share of the fast one is used up. */
export async function chooseLane(c: Context<AppEnv>, bytes: number): Promise<Lane> {
  const { platform, principal } = c.var;
  const limit = (PLAN_LIMITS[principal.plan].fastLaneBytesPerSecond * LANE_WINDOW_MS) / 1000;
  const free = limit * FREE_PART;
  const { ok } = await lanes.take(
    {
      key: principal.tenantId,
      limit,
      endOf: (now) => windowEnd(now, LANE_WINDOW_MS),
      free,
      want: (held) => Math.min(limit * LARGEST_PART, Math.max(free, 2 * held.asked)),
      // A share of two seconds: a restart may forget it, and nothing needs to be written.
      ask: (request) =>
        platform
          .limits(principal.tenantId)
          .lease({ ...request, counter: "lane", windowMs: LANE_WINDOW_MS, lasting: false }),
      lifeMs: LANE_WINDOW_MS,
      // Logs that may be too many go where they are in nobody's way.
      standIn: (held, now) => ({ left: held.left, until: windowEnd(now, LANE_WINDOW_MS) }),
    },
    bytes,
    platform.now,
  );
  return ok ? "raw-logs" : "raw-logs-bulk";
}
