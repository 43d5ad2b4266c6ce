import { sql } from "drizzle-orm";
import type { Incident } from "../../core/incidents/incident.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { applyVerb } from "./apply.ts";

/**
 * Says that somebody looks after the incident. The first time counts for the time to acknowledge.
 * @param actor `user:<id>`, `key:<id>`, `slack:<id>` or `system`
 * @throws Log0Error not_found; conflict, naming the present state
 */
export function acknowledgeIncident(
  scope: TenantScope,
  incidentId: string,
  actor: string,
  note?: string,
): Promise<Incident> {
  return applyVerb(scope, incidentId, "acknowledge", {
    where: undefined,
    set: { acknowledgedAt: sql`coalesce(${incidents.acknowledgedAt}, ${scope.now()})` },
    actor,
    what: "ACKNOWLEDGED",
    note,
    notification: "INCIDENT_ACKNOWLEDGED",
  });
}
