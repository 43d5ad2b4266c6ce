import type { Incident } from "../../core/incidents/incident.ts";
import type { TenantScope } from "../platform.ts";
import { applyVerb } from "./apply.ts";

/**
 * Escalates an incident that nobody has acknowledged: once, and not while it is snoozed or ignored.
 * @throws Log0Error not_found; conflict, naming the present state: whoever goes over many skips those
 */
export function escalateIncident(
  scope: TenantScope,
  incidentId: string,
  actor = "system",
  note?: string,
): Promise<Incident> {
  return applyVerb(scope, incidentId, "escalate", {
    where: undefined,
    set: { escalatedAt: scope.now() },
    actor,
    what: "ESCALATED",
    note,
    notification: "INCIDENT_ESCALATED",
  });
}
