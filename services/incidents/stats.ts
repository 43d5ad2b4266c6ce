import { and, count, eq, gte, isNotNull, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { IncidentStatus, Severity } from "../../schema/contracts/levels.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TimeRange } from "../logs/scan-logs.ts";
import type { TenantScope } from "../platform.ts";

/** How long something took, ms; null where it never happened. */
export interface Took {
  /** Incidents that it happened to. */
  count: number;
  mean: number | null;
  median: number | null;
}

/** From the opening to what the column tells. The median is the mean of the two in the middle where there are two. */
function took(scope: TenantScope, which: SQL | undefined, column: SQLiteColumn) {
  const ordered = scope.db
    .select({
      ms: sql<number>`${column} - ${incidents.createdAt}`.as("ms"),
      place: sql<number>`row_number() OVER (ORDER BY ${column} - ${incidents.createdAt})`.as("place"),
      total: sql<number>`count(*) OVER ()`.as("total"),
    })
    .from(incidents)
    .where(and(which, isNotNull(column)))
    .as("ordered");
  return scope.db
    .select({
      count: count(),
      mean: sql<number | null>`avg(ms)`,
      median: sql<number | null>`avg(CASE WHEN place IN ((total + 1) / 2, (total + 2) / 2) THEN ms END)`,
    })
    .from(ordered);
}

const NEVER: Took = { count: 0, mean: null, median: null };

/**
 * The tenant's incidents that were opened in a time range: how many of each state and severity, and how long it took to
 * acknowledge and to resolve them (MTTA and MTTR), ms. What was merged into another is left out: it is counted there.
 */
export async function incidentStats(scope: TenantScope, { from, to }: TimeRange) {
  const which = and(
    eq(incidents.tenantId, scope.tenantId),
    gte(incidents.createdAt, from),
    lt(incidents.createdAt, to),
    isNull(incidents.mergedInto),
  );
  const [counts, acknowledged, resolved] = await scope.db.batch([
    scope.db
      .select({ status: incidents.status, severity: incidents.severity, count: count() })
      .from(incidents)
      .where(which)
      .groupBy(incidents.status, incidents.severity),
    took(scope, which, incidents.acknowledgedAt),
    took(scope, which, incidents.resolvedAt),
  ]);
  const byStatus: Partial<Record<IncidentStatus, number>> = {};
  const bySeverity: Partial<Record<Severity, number>> = {};
  let total = 0;
  for (const row of counts) {
    total += row.count;
    byStatus[row.status] = (byStatus[row.status] ?? 0) + row.count;
    bySeverity[row.severity] = (bySeverity[row.severity] ?? 0) + row.count;
  }
  return {
    from,
    to,
    total,
    byStatus,
    bySeverity,
    counts,
    timeToAcknowledge: acknowledged[0] ?? NEVER,
    timeToResolve: resolved[0] ?? NEVER,
  };
}
