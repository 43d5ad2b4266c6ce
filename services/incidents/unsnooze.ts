import type { Incident } from "../../core/incidents/incident.ts";
import type { TenantScope } from "../platform.ts";
import { applyVerb } from "./apply.ts";
import { NOT_SNOOZED } from "./snooze.ts";

/**
 * Ends a snooze by hand.
 * @throws Log0Error not_found; conflict, naming the present state
 */
export function unsnoozeIncident(
  scope: TenantScope,
  incidentId: string,
  actor: string,
  note?: string,
): Promise<Incident> {
  return applyVerb(scope, incidentId, "wake", {
    where: undefined,
    set: NOT_SNOOZED,
    actor,
    what: "UNSNOOZED",
    note,
    notification: "INCIDENT_CREATED",
  });
}
