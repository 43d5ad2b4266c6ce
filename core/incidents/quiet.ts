import { SEVERITIES, type Severity } from "../../schema/contracts/levels.ts";
import type { NotificationType } from "../../schema/contracts/notification-event.ts";
import type { Incident } from "./incident.ts";

/** What people did, which those who follow the incident hear of all the same. */
const BY_PEOPLE: readonly NotificationType[] = ["INCIDENT_ASSIGNED", "INCIDENT_ACKNOWLEDGED", "INCIDENT_RESOLVED"];

/** 0 for the least severe. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

type Snooze = Pick<Incident, "snoozedAt" | "snoozedUntil" | "snoozedCount" | "snoozedSeverity">;

/**
 * Whether an incident is snoozed, and what it waits for has not come. Wherever a snooze is ended for good, the same holds
 * (services/incidents/wake.ts): no sender waits for that.
 * @param now Unix ms
 */
export function isSnoozed(incident: Snooze & Pick<Incident, "occurrenceCount" | "severity">, now: number): boolean {
  if (incident.snoozedAt === null) return false;
  const { snoozedUntil, snoozedCount, snoozedSeverity } = incident;
  if (snoozedUntil !== null && now >= snoozedUntil) return false;
  if (snoozedCount !== null && incident.occurrenceCount >= snoozedCount) return false;
  return snoozedSeverity === null || severityRank(incident.severity) <= severityRank(snoozedSeverity);
}

/**
 * Whether a notification of an incident is kept back, because the incident is ignored or snoozed. That somebody assigned,
 * acknowledged or resolved it is never kept back.
 * @param now Unix ms
 * @param type of the notification; any other than those three when missing
 */
export function isQuiet(
  incident: Snooze & Pick<Incident, "ignoredAt" | "occurrenceCount" | "severity">,
  now: number,
  type?: NotificationType,
): boolean {
  if (type !== undefined && BY_PEOPLE.includes(type)) return false;
  return incident.ignoredAt !== null || isSnoozed(incident, now);
}
