import type { Incident } from "../../core/incidents/incident.ts";
import type { TenantScope } from "../platform.ts";
import { applyVerb } from "./apply.ts";

/**
 * Lets an ignored incident speak again.
 * @throws Log0Error not_found; conflict, naming the present state
 */
export function unignoreIncident(
  scope: TenantScope,
  incidentId: string,
  actor: string,
  note?: string,
): Promise<Incident> {
  return applyVerb(scope, incidentId, "unignore", {
    where: undefined,
    set: { ignoredAt: null },
    actor,
    what: "UNIGNORED",
    note,
    notification: "INCIDENT_CREATED",
  });
}
