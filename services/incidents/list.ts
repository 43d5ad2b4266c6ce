import { and, desc, eq, lt, or } from "drizzle-orm";
import { type Cursor, pageOf } from "../../core/cursor.ts";
import type { IncidentStatus, Severity } from "../../schema/contracts/levels.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { incidentOf } from "./get.ts";

export interface IncidentQuery {
  limit: number;
  cursor?: Cursor | undefined;
  status?: IncidentStatus | undefined;
  severity?: Severity | undefined;
  service?: string | undefined;
  environment?: string | undefined;
}

/** The tenant's incidents, newest first. */
export async function listIncidents(scope: TenantScope, query: IncidentQuery) {
  const { cursor } = query;
  const rows = await scope.db
    .select()
    .from(incidents)
    .where(
      and(
        eq(incidents.tenantId, scope.tenantId),
        query.status === undefined ? undefined : eq(incidents.status, query.status),
        query.severity === undefined ? undefined : eq(incidents.severity, query.severity),
        query.service === undefined ? undefined : eq(incidents.serviceName, query.service),
        query.environment === undefined ? undefined : eq(incidents.environment, query.environment),
        cursor === undefined
          ? undefined
          : or(
              lt(incidents.createdAt, cursor.at),
              and(eq(incidents.createdAt, cursor.at), lt(incidents.id, cursor.id)),
            ),
      ),
    )
    .orderBy(desc(incidents.createdAt), desc(incidents.id))
    .limit(query.limit + 1);
  return pageOf(rows.map(incidentOf), query.limit, (incident) => ({ at: incident.createdAt, id: incident.id }));
}
