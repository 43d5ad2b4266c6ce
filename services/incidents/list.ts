import { and, desc, eq, inArray, isNotNull, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { type Cursor, pageOf } from "../../core/cursor.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { severityRank } from "../../core/incidents/quiet.ts";
import type { IncidentStatus, Severity } from "../../schema/contracts/levels.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { incidentOf } from "./get.ts";
import { rank } from "./sql.ts";

/** What a list is sorted by, always the greatest first. */
export const INCIDENT_SORTS = ["created", "lastSeen", "severity", "count"] as const;
export type IncidentSort = (typeof INCIDENT_SORTS)[number];

/** The sort's value as SQL, and as the cursor has it. */
const SORTS: Readonly<Record<IncidentSort, { column: SQL; of: (incident: Incident) => number }>> = {
  created: { column: sql`${incidents.createdAt}`, of: (incident) => incident.createdAt },
  lastSeen: { column: sql`${incidents.lastSeenAt}`, of: (incident) => incident.lastSeenAt },
  severity: { column: rank(incidents.severity), of: (incident) => severityRank(incident.severity) },
  count: { column: sql`${incidents.occurrenceCount}`, of: (incident) => incident.occurrenceCount },
};

export interface IncidentQuery {
  limit: number;
  /** Where a page of the same sort ended. */
  cursor?: Cursor | undefined;
  sort?: IncidentSort | undefined;
  status?: readonly IncidentStatus[] | undefined;
  severity?: readonly Severity[] | undefined;
  service?: string | undefined;
  environment?: string | undefined;
  /** A user's id; null for those that nobody has. */
  assignee?: string | null | undefined;
  snoozed?: boolean | undefined;
  ignored?: boolean | undefined;
  /** Whether it is a regression. */
  regressed?: boolean | undefined;
  /** A part of the title, in any case of ASCII letters. */
  q?: string | undefined;
}

/** Whether something is there, where the query asks. */
function present(column: SQLiteColumn, wanted: boolean | undefined): SQL | undefined {
  return wanted === undefined ? undefined : wanted ? isNotNull(column) : isNull(column);
}

function filters(query: IncidentQuery): (SQL | undefined)[] {
  const { status, severity, service, environment, assignee, q } = query;
  return [
    status === undefined ? undefined : inArray(incidents.status, [...status]),
    severity === undefined ? undefined : inArray(incidents.severity, [...severity]),
    service === undefined ? undefined : eq(incidents.serviceName, service),
    environment === undefined ? undefined : eq(incidents.environment, environment),
    assignee === null ? isNull(incidents.assigneeId) : undefined,
    typeof assignee === "string" ? eq(incidents.assigneeId, assignee) : undefined,
    present(incidents.snoozedAt, query.snoozed),
    present(incidents.ignoredAt, query.ignored),
    present(incidents.regressionOf, query.regressed),
    q === undefined ? undefined : sql`instr(lower(${incidents.title}), lower(${q})) > 0`,
  ];
}

/** The tenant's incidents that match, the greatest of the sort first: the newest, where none is named. */
export async function listIncidents(scope: TenantScope, query: IncidentQuery) {
  const { cursor } = query;
  const { column, of } = SORTS[query.sort ?? "created"];
  const rows = await scope.db
    .select()
    .from(incidents)
    .where(
      and(
        eq(incidents.tenantId, scope.tenantId),
        ...filters(query),
        cursor === undefined
          ? undefined
          : or(sql`${column} < ${cursor.at}`, and(sql`${column} = ${cursor.at}`, lt(incidents.id, cursor.id))),
      ),
    )
    .orderBy(desc(column), desc(incidents.id))
    .limit(query.limit + 1);
  return pageOf(rows.map(incidentOf), query.limit, (incident) => ({ at: of(incident), id: incident.id }));
}
