import { and, type SQL, sql } from "drizzle-orm";
import { MAX_TRACES } from "../../core/clusters/traces.ts";
import { incidents, incidentTraces } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";

/** Incidents that a trace is remembered for: an id that stands everywhere relates nothing, and must cost nothing. */
const MAX_INCIDENTS_OF_TRACE = 50;

/**
 * The statements, for a D1 batch, that keep the first MAX_TRACES trace ids that an incident hears of: on its row, and to
 * be found by. None of them is ever replaced: an incident is related to others by how it began, not by all that has
 * passed through it since.
 * @param which the incident, within the tenant
 */
export function noteTraces(
  scope: TenantScope,
  which: SQL | undefined,
  traceIds: readonly string[] | undefined,
  now: number,
) {
  if (traceIds === undefined) return [];
  const known = sql`(SELECT value FROM json_each(incidents.trace_ids))`;
  const add = scope.db
    .update(incidents)
    .set({
      traceIds: sql`(SELECT json_group_array(value) FROM (
        SELECT value, 0 AS late, key FROM json_each(incidents.trace_ids) UNION ALL
        SELECT value, 1, key FROM json_each(${JSON.stringify(traceIds)}) WHERE value NOT IN ${known}
        ORDER BY late, key LIMIT ${MAX_TRACES}))`,
    })
    .where(and(which, sql`json_array_length(${incidents.traceIds}) < ${MAX_TRACES}`));
  const index = scope.db
    .insert(incidentTraces)
    .select(
      sql`SELECT ${scope.tenantId}, j.value, incidents.id, ${now}
        FROM incidents CROSS JOIN json_each(incidents.trace_ids) AS j
        WHERE ${which} AND (SELECT count(*) FROM (SELECT 1 FROM incident_traces AS t
          WHERE t.tenant_id = ${scope.tenantId} AND t.trace_id = j.value LIMIT ${MAX_INCIDENTS_OF_TRACE}))
          < ${MAX_INCIDENTS_OF_TRACE}`,
    )
    .onConflictDoNothing();
  return [add, index];
}
