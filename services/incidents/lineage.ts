import { type SQL, sql } from "drizzle-orm";
import { formerOf, rootOf } from "../grouping/sql.ts";
import type { TenantScope } from "../platform.ts";
import { familyOf } from "./sql.ts";

/** Whose occurrences are looked for. */
export interface Group {
  environment: string;
  fingerprint: string;
}

/**
 * What has become of a fingerprint's incidents, as the beginning of a statement: `line(start, id)`, from each that is
 * open, or was merged, by hand into which one, into which that one was merged, and so on.
 * @param before only incidents that were opened until then, Unix ms. Plus signs and CROSS JOIN keep SQLite from walking
 *   all open incidents: they are looked up by fingerprint and by id
 */
function lineOf(scope: TenantScope, { environment, fingerprint }: Group, before: number): SQL {
  return sql`WITH RECURSIVE line(start, id) AS (
      SELECT id, id FROM incidents WHERE tenant_id = ${scope.tenantId} AND environment = ${environment}
        AND fingerprint = ${rootOf(scope, fingerprint)} AND +created_at <= ${before}
        AND (status <> 'RESOLVED' OR merged_into IS NOT NULL)
      UNION
      SELECT line.start, step.merged_into FROM line CROSS JOIN incidents AS step ON step.id = line.id
        WHERE step.tenant_id = ${scope.tenantId} AND step.merged_into IS NOT NULL)`;
}

/** One line that leads to an open incident: the group's own where it has one. */
function openLine(scope: TenantScope, group: Group, before: number, end: "start" | "id"): SQL {
  return sql`(${lineOf(scope, group, before)} SELECT line.${sql.raw(end)} FROM line CROSS JOIN incidents AS heir ON heir.id = line.id
    WHERE +heir.tenant_id = ${scope.tenantId} AND heir.status <> 'RESOLVED'
    ORDER BY line.start = line.id DESC, heir.created_at DESC, line.start LIMIT 1)`;
}

/** The open incident (its id) that a group's occurrences show on: its own, or the one that its own was merged into. */
export function shownOn(scope: TenantScope, group: Group, before: number): SQL {
  return openLine(scope, group, before, "id");
}

/** The incident (its id) that a group's occurrences are counted for: its own, so that it has them back after a merge. */
export function countedFor(scope: TenantScope, group: Group, before: number): SQL {
  return openLine(scope, group, before, "start");
}

/**
 * Ids of the incidents that an incident of the group would be a regression of, were they resolved: those of the group,
 * also under the name that it had before it was merged or in the grouping version before, and those that they were
 * merged into.
 */
export function forebears(scope: TenantScope, group: Group, before: number): SQL {
  const root = rootOf(scope, group.fingerprint);
  return sql`(${lineOf(scope, group, before)}
    SELECT id FROM incidents WHERE tenant_id = ${scope.tenantId} AND environment = ${group.environment}
      AND fingerprint IN (SELECT ${group.fingerprint} UNION SELECT ${root} UNION SELECT target FROM ${formerOf(scope, root)})
      AND merged_into IS NULL
    UNION SELECT line.id FROM line CROSS JOIN incidents AS heir ON heir.id = line.id
      WHERE +heir.tenant_id = ${scope.tenantId} AND heir.merged_into IS NULL)`;
}

/** What an incident (its id) and all that was merged into it have counted of a group's window; 0 when there is none. */
export function countedBy(scope: TenantScope, incident: SQL, group: Group, windowStart: SQL | number): SQL {
  return sql`coalesce((${familyOf(scope, incident)} SELECT max(told.count) FROM family
      CROSS JOIN incidents AS member ON member.id = family.id AND member.environment = ${group.environment}
      CROSS JOIN incident_windows AS told ON told.tenant_id = ${scope.tenantId} AND told.incident_id = family.id
        AND told.fingerprint = ${group.fingerprint} AND told.window_start = ${windowStart}), 0)`;
}
