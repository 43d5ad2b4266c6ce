import { and, asc, eq } from "drizzle-orm";
import * as z from "zod";
import { Log0Error } from "../../core/errors.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { Summary } from "../../schema/contracts/summary.ts";
import { incidentHistory, incidents, incidentWindows } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";

const Texts = z.array(z.string());

/** A row as the product shows it. */
export function incidentOf(row: typeof incidents.$inferSelect): Incident {
  const { tenantId: _tenant, changeId: _change, mergeId: _merge, ...shown } = row;
  return {
    ...shown,
    traceIds: Texts.parse(JSON.parse(row.traceIds)),
    topMessages: Texts.parse(JSON.parse(row.topMessages)),
    summary: row.summary === null ? null : Summary.parse(JSON.parse(row.summary)),
  };
}

/** @throws Log0Error not_found */
export async function getIncident(scope: TenantScope, incidentId: string): Promise<Incident> {
  const row = await scope.db
    .select()
    .from(incidents)
    .where(and(eq(incidents.tenantId, scope.tenantId), eq(incidents.id, incidentId)))
    .get();
  if (row === undefined) throw new Log0Error("not_found", "no such incident");
  return incidentOf(row);
}

/** An incident with what happened to it, and its occurrences per window. */
export async function getIncidentDetail(scope: TenantScope, incidentId: string) {
  const incident = await getIncident(scope, incidentId);
  const [history, windows] = await scope.db.batch([
    scope.db
      .select({
        at: incidentHistory.at,
        actor: incidentHistory.actor,
        change: incidentHistory.change,
        fromStatus: incidentHistory.fromStatus,
        toStatus: incidentHistory.toStatus,
        note: incidentHistory.note,
      })
      .from(incidentHistory)
      .where(and(eq(incidentHistory.tenantId, scope.tenantId), eq(incidentHistory.incidentId, incidentId)))
      .orderBy(asc(incidentHistory.at)),
    scope.db
      .select({ start: incidentWindows.windowStart, count: incidentWindows.count })
      .from(incidentWindows)
      .where(and(eq(incidentWindows.tenantId, scope.tenantId), eq(incidentWindows.incidentId, incidentId)))
      .orderBy(asc(incidentWindows.windowStart)),
  ]);
  return { ...incident, history, windows };
}
