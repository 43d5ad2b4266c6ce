import { and, asc, between, eq, isNull, sql, sum } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { monthEnd, monthOf } from "../../core/limits/ledger.ts";
import { type CostEstimate, type CostLine, estimateCost } from "../../core/usage/cost.ts";
import type { Counts, UsageDay } from "../../core/usage/counter.ts";
import { daysBetween } from "../../core/usage/days.ts";
import { percentOf } from "../../core/usage/warning.ts";
import { PLAN_LIMITS, type Plan } from "../../schema/contracts/plans.ts";
import { segments } from "../../schema/tables/logs.ts";
import { sources, tenants, usageDays } from "../../schema/tables/tenants.ts";
import { storedBytes } from "../limits/stored-bytes.ts";
import type { TenantScope } from "../platform.ts";

export interface UsageQuery {
  /** UTC days, `2026-01-31`; both are counted. */
  from: string;
  to: string;
  /** What the rows add up; per day and source without. */
  by?: "day" | "source" | undefined;
}

/** A source as its usage names it. Deleted ones keep theirs. */
interface NamedSource {
  sourceId: string;
  /** Null where it is not known who sent. */
  name: string | null;
  deleted: boolean;
}

export interface Usage {
  from: string;
  to: string;
  rows: (Counts & Partial<NamedSource> & { day?: string })[];
  total: Counts;
  /** The present month against the plan. */
  plan: {
    plan: Plan;
    month: string;
    limitBytes: number;
    usedBytes: number;
    percent: number;
    resetsAt: string;
    sources: { used: number; limit: number };
    retentionDays: number;
  };
  /** What lies in R2 now. */
  stored: { bytes: number; rawBytes: number; logs: number; segments: number };
  estimatedCost: CostEstimate & { note: string; sources: (NamedSource & { lines: CostLine[]; usd: number })[] };
}

const NOTE =
  "An estimate, not a bill: units follow from requests, chunks and bytes by rates that were measured on log0's bench; " +
  "list prices of Workers Paid, before what the plan includes. Reading and alerting are not in it. Storage is what lies " +
  "in R2 now, taken for all of the days asked for, shared out by the bytes that each source sent in them.";

const NOTHING: Counts = { events: 0, bytes: 0, chunks: 0, requests: 0 };

function addUp(rows: readonly Counts[]): Counts {
  const total = { ...NOTHING };
  for (const { events, bytes, chunks, requests } of rows) {
    total.events += events;
    total.bytes += bytes;
    total.chunks += chunks;
    total.requests += requests;
  }
  return total;
}

function groupedBy(days: readonly UsageDay[], key: "day" | "sourceId"): [string, Counts][] {
  const groups = new Map<string, Counts>();
  for (const one of days) groups.set(one[key], addUp([groups.get(one[key]) ?? NOTHING, one]));
  return [...groups];
}

function rowsOf(days: readonly UsageDay[], by: UsageQuery["by"], named: (id: string) => NamedSource): Usage["rows"] {
  if (by === "day") return groupedBy(days, "day").map(([day, counts]) => ({ day, ...counts }));
  if (by === "source") return groupedBy(days, "sourceId").map(([id, counts]) => ({ ...named(id), ...counts }));
  return days.map(({ day, sourceId, ...counts }) => ({ day, ...named(sourceId), ...counts }));
}

/** What the answer is made of, from one moment of the database. */
async function load({ db, tenantId }: TenantScope, { from, to }: UsageQuery) {
  const added = (column: "events" | "bytes" | "chunks" | "requests") => sum(usageDays[column]).mapWith(Number);
  const { day, sourceId } = usageDays;
  return await db.batch([
    db
      .select({
        day,
        sourceId,
        events: added("events"),
        bytes: added("bytes"),
        chunks: added("chunks"),
        requests: added("requests"),
      })
      .from(usageDays)
      .where(and(eq(usageDays.tenantId, tenantId), between(day, from, to)))
      .groupBy(day, sourceId)
      .orderBy(asc(day), asc(sourceId)),
    db.select({ plan: tenants.plan }).from(tenants).where(eq(tenants.id, tenantId)),
    db
      .select({ id: sources.id, name: sources.name, deletedAt: sources.deletedAt })
      .from(sources)
      .where(eq(sources.tenantId, tenantId)),
    db
      .select({
        bytes: sql<number>`coalesce(sum(${segments.bytes}), 0)`,
        rawBytes: sql<number>`coalesce(sum(${segments.rawBytes}), 0)`,
        logs: sql<number>`coalesce(sum(${segments.rows}), 0)`,
        segments: sql<number>`count(*)`,
      })
      .from(segments)
      .where(eq(segments.tenantId, tenantId)),
    db
      .select({ count: sql<number>`count(*)` })
      .from(sources)
      .where(and(eq(sources.tenantId, tenantId), isNull(sources.deletedAt))),
  ]);
}

/**
 * What a tenant has used: of the days asked for, of its month, and what that costs. Counts are at most some 70 s old.
 * @throws Log0Error not_found
 */
export async function readUsage(scope: TenantScope, query: UsageQuery): Promise<Usage> {
  const now = scope.now();
  const month = monthOf(now);
  const [[days, [tenant], known, [stored], [live]], usedBytes] = await Promise.all([
    load(scope, query),
    storedBytes(scope, month),
  ]);
  if (tenant === undefined) throw new Log0Error("not_found", "no such tenant");
  const byId = new Map(known.map((source) => [source.id, source]));
  const named = (sourceId: string): NamedSource => {
    const source = byId.get(sourceId);
    return { sourceId, name: source?.name ?? null, deleted: source !== undefined && source.deletedAt !== null };
  };
  const { plan } = tenant;
  const limits = PLAN_LIMITS[plan];
  const lying = stored ?? { bytes: 0, rawBytes: 0, logs: 0, segments: 0 };
  const cost = estimateCost(days, (lying.bytes / 1e9) * (daysBetween(query.from, query.to) / 30));
  return {
    from: query.from,
    to: query.to,
    rows: rowsOf(days, query.by, named),
    total: addUp(days),
    plan: {
      plan,
      month,
      limitBytes: limits.bytesPerMonth,
      usedBytes,
      percent: Math.round(percentOf(plan, usedBytes) * 10) / 10,
      resetsAt: new Date(monthEnd(now)).toISOString(),
      sources: { used: live?.count ?? 0, limit: limits.sources },
      retentionDays: limits.retentionDays,
    },
    stored: lying,
    estimatedCost: {
      note: NOTE,
      ...cost,
      sources: cost.sources.map(({ sourceId, ...rest }) => ({ ...named(sourceId), ...rest })),
    },
  };
}
