import { and, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { ruleOf, type Verb } from "../../core/incidents/lifecycle.ts";
import { IncidentStatus, Severity } from "../../schema/contracts/levels.ts";
import type { NotificationType } from "../../schema/contracts/notification-event.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";

/** A Unix ms column as ISO 8601, in SQLite. */
export function iso(column: SQL | SQLiteColumn): SQL {
  return sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`;
}

/** The NotificationEvent of an incident row, built where the row is written: it cannot speak of another state. */
export function notificationBody(eventId: string | SQL, type: NotificationType): SQL {
  const assigned = type === "INCIDENT_ASSIGNED" ? sql`'assignedToUserId', ${incidents.assigneeId},` : sql``;
  return sql`json_object(
    'type', 'NOTIFICATION_EVENT', 'eventId', ${eventId}, 'tenantId', ${incidents.tenantId},
    'incidentId', ${incidents.id}, 'incidentVersion', ${incidents.version}, 'fingerprint', ${incidents.fingerprint},
    'serviceName', ${incidents.serviceName}, 'environment', ${incidents.environment},
    'severity', ${incidents.severity}, 'status', ${incidents.status},
    'occurrenceCount', ${incidents.occurrenceCount}, 'firstSeenAt', ${iso(incidents.firstSeenAt)},
    'lastSeenAt', ${iso(incidents.lastSeenAt)}, 'topMessages', json(${incidents.topMessages}),
    'aiSummary', json_extract(${incidents.summary}, '$.summary'), 'notificationType', ${type},
    ${assigned} 'schemaVersion', 'v1')`;
}

/** A severity's place among all, in SQLite: 0 for the least severe. */
export function rank(value: SQL | SQLiteColumn): SQL {
  const cases = Severity.options.map((severity, index) => sql`WHEN ${severity} THEN ${index}`);
  return sql`CASE ${value} ${sql.join(cases, sql` `)} END`;
}

/** The more severe of a column and a value. */
export function moreSevere(severity: Severity): SQL {
  return sql`CASE WHEN ${rank(sql`${severity}`)} > ${rank(sql`${incidents.severity}`)} THEN ${severity} ELSE ${incidents.severity} END`;
}

/** What a verb asks of the incident row at hand. */
export function permitted(verb: Verb): SQL | undefined {
  const { from, snoozed, ignored, escalated, merged } = ruleOf(verb);
  const agrees = (wanted: boolean | undefined, column: SQLiteColumn): SQL | undefined =>
    wanted === undefined ? undefined : wanted ? isNotNull(column) : isNull(column);
  return and(
    inArray(incidents.status, [...from]),
    agrees(snoozed, incidents.snoozedAt),
    agrees(ignored, incidents.ignoredAt),
    agrees(escalated, incidents.escalatedAt),
    agrees(merged, incidents.mergedInto),
  );
}

/**
 * An incident (its id) and all that was merged into it, as the beginning of a statement: `family(id)`. CROSS JOIN, here
 * and below, keeps SQLite from walking all that the tenant has: from each member it looks the next up.
 */
export function familyOf(scope: TenantScope, incident: SQL | SQLiteColumn): SQL {
  return sql`WITH RECURSIVE family(id) AS (
      SELECT ${incident} UNION
      SELECT merged.id FROM family CROSS JOIN incidents AS merged ON merged.merged_into = family.id
        WHERE merged.tenant_id = ${scope.tenantId})`;
}

/**
 * The windows that count for an incident: `counted(window_start, count)`, for one fingerprint and environment each. One
 * that was counted before a merge and goes on being counted after it stands in two rows: the later one holds the whole.
 */
export function windowsOf(scope: TenantScope, incident: SQL): SQL {
  return sql`${familyOf(scope, incident)}, counted(window_start, count) AS (
      SELECT told.window_start, max(told.count) FROM family
        CROSS JOIN incidents AS member ON member.id = family.id
        CROSS JOIN incident_windows AS told ON told.tenant_id = ${scope.tenantId} AND told.incident_id = family.id
      GROUP BY member.environment, told.fingerprint, told.window_start)`;
}

/** The occurrences of the incident row at hand, with those of all that was merged into it. */
export function occurrences(scope: TenantScope): SQL {
  return sql`(${windowsOf(scope, sql.raw("incidents.id"))} SELECT coalesce(sum(count), 0) FROM counted)`;
}

/** A known incident's occurrences per window, oldest first: over its fingerprints, and what was merged into it. */
export function windowCounts(scope: TenantScope, incidentId: string) {
  return scope.db
    .select({ start: sql<number>`window_start`.as("start"), count: sql<number>`sum(count)`.as("count") })
    .from(sql`(${windowsOf(scope, sql`(SELECT id FROM incidents WHERE tenant_id = ${scope.tenantId} AND id = ${incidentId})`)}
      SELECT window_start, count FROM counted)`)
    .groupBy(sql`window_start`)
    .orderBy(sql`window_start`);
}

export const RESOLVED = IncidentStatus.enum.RESOLVED;
