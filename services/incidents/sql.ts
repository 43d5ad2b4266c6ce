import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { IncidentStatus, Severity } from "../../schema/contracts/levels.ts";
import type { NotificationType } from "../../schema/contracts/notification-event.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";

/** A Unix ms column as ISO 8601, in SQLite. */
function iso(column: SQL | SQLiteColumn): SQL {
  return sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`;
}

/** The NotificationEvent of an incident row, built where the row is written: it cannot speak of another state. */
export function notificationBody(eventId: string | SQL, type: NotificationType): SQL {
  return sql`json_object(
    'type', 'NOTIFICATION_EVENT', 'eventId', ${eventId}, 'tenantId', ${incidents.tenantId},
    'incidentId', ${incidents.id}, 'incidentVersion', ${incidents.version}, 'fingerprint', ${incidents.fingerprint},
    'serviceName', ${incidents.serviceName}, 'environment', ${incidents.environment},
    'severity', ${incidents.severity}, 'status', ${incidents.status},
    'occurrenceCount', ${incidents.occurrenceCount}, 'firstSeenAt', ${iso(incidents.firstSeenAt)},
    'lastSeenAt', ${iso(incidents.lastSeenAt)}, 'topMessages', json(${incidents.topMessages}),
    'aiSummary', json_extract(${incidents.summary}, '$.summary'), 'notificationType', ${type}, 'schemaVersion', 'v1')`;
}

function rank(value: SQL): SQL {
  const cases = Severity.options.map((severity, index) => sql`WHEN ${severity} THEN ${index}`);
  return sql`CASE ${value} ${sql.join(cases, sql` `)} END`;
}

/** The more severe of a column and a value. */
export function moreSevere(severity: Severity): SQL {
  return sql`CASE WHEN ${rank(sql`${severity}`)} > ${rank(sql`${incidents.severity}`)} THEN ${severity} ELSE ${incidents.severity} END`;
}

/** The occurrences of the incident row at hand, with those of all that was merged into it. */
export function occurrences(scope: TenantScope): SQL {
  return sql`(WITH RECURSIVE family(id) AS (
      SELECT ${sql.raw("incidents.id")} UNION
      SELECT merged.id FROM incidents AS merged JOIN family ON merged.merged_into = family.id
        WHERE merged.tenant_id = ${scope.tenantId})
    SELECT coalesce(sum(count), 0) FROM incident_windows
      WHERE tenant_id = ${scope.tenantId} AND incident_id IN (SELECT id FROM family))`;
}

export const RESOLVED = IncidentStatus.enum.RESOLVED;
