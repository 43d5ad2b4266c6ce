import { sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { applyVerb } from "./apply.ts";

/** What a snooze waits for. */
export type Snooze =
  /** Unix ms, in the future. */
  | { until: number }
  /** So many further occurrences. */
  | { occurrences: number }
  /** That it becomes more severe than it is. */
  | { escalates: true };

/** An incident that is awake. */
export const NOT_SNOOZED = { snoozedAt: null, snoozedUntil: null, snoozedCount: null, snoozedSeverity: null };

/** What a snooze sets, and what the history says that it waits for. */
function waitingFor(snooze: Snooze) {
  if ("until" in snooze) {
    return { set: { snoozedUntil: snooze.until }, subject: `until ${new Date(snooze.until).toISOString()}` };
  }
  if ("occurrences" in snooze) {
    return {
      set: { snoozedCount: sql`${incidents.occurrenceCount} + ${snooze.occurrences}` },
      subject: `until ${snooze.occurrences} more occurrences`,
    };
  }
  return {
    set: { snoozedSeverity: sql`${incidents.severity}` },
    subject: sql`'until above ' || ${incidents.severity}`,
  };
}

/**
 * Keeps an open incident quiet until a time, a number of further occurrences, or until it becomes more severe.
 * @throws Log0Error not_found; invalid_query when the time has passed; conflict, naming the present state
 */
export async function snoozeIncident(
  scope: TenantScope,
  incidentId: string,
  snooze: Snooze,
  actor: string,
  note?: string,
): Promise<Incident> {
  const now = scope.now();
  if ("until" in snooze && snooze.until <= now) throw new Log0Error("invalid_query", "until: the time has passed");
  const { set, subject } = waitingFor(snooze);
  return await applyVerb(scope, incidentId, "snooze", {
    where: undefined,
    set: { ...NOT_SNOOZED, snoozedAt: now, ...set },
    actor,
    what: "SNOOZED",
    note,
    subject,
    notification: "INCIDENT_CREATED",
  });
}
