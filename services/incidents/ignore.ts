import type { Incident } from "../../core/incidents/incident.ts";
import type { TenantScope } from "../platform.ts";
import { applyVerb } from "./apply.ts";
import { NOT_SNOOZED } from "./snooze.ts";

/**
 * Keeps an open incident quiet for good: it goes on counting, is not resolved by itself, and tells nobody.
 * @throws Log0Error not_found; conflict, naming the present state
 */
export function ignoreIncident(
  scope: TenantScope,
  incidentId: string,
  actor: string,
  note?: string,
): Promise<Incident> {
  return applyVerb(scope, incidentId, "ignore", {
    where: undefined,
    set: { ...NOT_SNOOZED, ignoredAt: scope.now() },
    actor,
    what: "IGNORED",
    note,
    notification: "INCIDENT_CREATED",
  });
}
