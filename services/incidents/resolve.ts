import type { Incident } from "../../core/incidents/incident.ts";
import type { TenantScope } from "../platform.ts";
import { applyVerb } from "./apply.ts";
import { NOT_SNOOZED } from "./snooze.ts";

/** What a resolution sets. What is over is neither snoozed nor ignored: should it come again, that is news. */
export function resolution(now: number) {
  return { resolvedAt: now, ignoredAt: null, ...NOT_SNOOZED };
}

/**
 * Resolves an open incident.
 * @param actor `user:<id>`, `key:<id>`, `slack:<id>` or `system`
 * @throws Log0Error not_found; conflict, naming the present state
 */
export function resolveIncident(
  scope: TenantScope,
  incidentId: string,
  actor: string,
  note?: string,
): Promise<Incident> {
  return applyVerb(scope, incidentId, "resolve", {
    where: undefined,
    set: resolution(scope.now()),
    actor,
    what: "RESOLVED",
    note,
    notification: "INCIDENT_RESOLVED",
  });
}
