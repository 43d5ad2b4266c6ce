import { and, type SQL, sql } from "drizzle-orm";
import type { SQLiteUpdateSetSource } from "drizzle-orm/sqlite-core";
import { uuidV7 } from "../../core/ids.ts";
import { type IncidentStatus, SEVERITIES } from "../../schema/contracts/levels.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { changeStatements } from "./change.ts";
import { occurrences } from "./sql.ts";

/** Two changes of one batch, and the ids that stamp them. */
function twoIds(scope: TenantScope): [string, string] {
  const now = scope.now();
  return [uuidV7(now, scope.random(10)), uuidV7(now, scope.random(10))];
}

/** What a merge does: `which` incidents are absorbed, and by which one (its id, null for none). */
export interface Absorption {
  /** Tells these incidents from others. */
  id: string;
  which: SQL | undefined;
  survivor: SQL;
  actor: string;
  note?: string | undefined;
}

/** Over the incidents that a merge has just resolved in favour of the row at hand. */
export function ofMerged(scope: TenantScope, mergeId: string, value: SQL): SQL {
  return sql`(SELECT ${value} FROM incidents AS merged WHERE merged.tenant_id = ${scope.tenantId}
    AND merged.merge_id = ${mergeId} AND merged.merged_into = ${sql.raw("incidents.id")})`;
}

/** The most severe of the row at hand and those that a merge has just resolved in favour of it. */
function moreSevereOf(scope: TenantScope, mergeId: string): SQL {
  const worst = SEVERITIES.toReversed().map(
    (severity) =>
      sql`WHEN severity = ${severity} OR ${ofMerged(scope, mergeId, sql`max(merged.severity = ${severity})`)} THEN ${severity}`,
  );
  return sql`CASE ${sql.join(worst, sql` `)} END`;
}

/**
 * The statements of incidents that go on in another one, for one D1 batch: they are resolved, and that one shows the
 * counts of all.
 * @param further what else is set on that one
 */
export function absorbStatements(
  scope: TenantScope,
  merge: Absorption,
  further: SQLiteUpdateSetSource<typeof incidents> = {},
) {
  const { id: mergeId, survivor, actor } = merge;
  const [absorbedId, survivorsId] = twoIds(scope);
  const absorbed = changeStatements(scope, absorbedId, {
    where: and(merge.which, sql`${survivor} IS NOT NULL`),
    set: { resolvedAt: scope.now(), mergedInto: survivor, mergeId },
    actor,
    what: "MERGED",
    to: "RESOLVED",
    note: merge.note ?? survivor,
    subject: survivor,
    notification: "INCIDENT_RESOLVED",
  });
  const survivors = changeStatements(scope, survivorsId, {
    ids: sql`(SELECT merged.merged_into FROM incidents AS merged WHERE merged.tenant_id = ${scope.tenantId}
      AND merged.merge_id = ${mergeId} AND merged.merged_into IS NOT NULL)`,
    where: undefined,
    set: {
      occurrenceCount: sql`${occurrences(scope)}`,
      firstSeenAt: sql`min(first_seen_at, ${ofMerged(scope, mergeId, sql`min(merged.first_seen_at)`)})`,
      lastSeenAt: sql`max(last_seen_at, ${ofMerged(scope, mergeId, sql`max(merged.last_seen_at)`)})`,
      // A worse one must not hide in it.
      severity: moreSevereOf(scope, mergeId),
      ...further,
    },
    actor,
    what: "ABSORBED",
    note: merge.note ?? ofMerged(scope, mergeId, sql`merged.id`),
    subject: ofMerged(scope, mergeId, sql`merged.id`),
    notification: "INCIDENT_CREATED",
  });
  return { absorbedId, absorbed, survivorsId, survivors };
}

/** Whether no other incident of that fingerprint is open in the environment of the row at hand. */
export function isFree(scope: TenantScope, fingerprint: SQL): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM incidents AS other WHERE other.tenant_id = ${scope.tenantId}
    AND other.environment = ${sql.raw("incidents.environment")} AND other.fingerprint = ${fingerprint}
    AND other.status <> 'RESOLVED' AND other.id <> ${sql.raw("incidents.id")})`;
}

/** The end of a chain of incidents, each merged into the next, from the row at hand: who goes on in its place. */
export function heir(scope: TenantScope, value: SQL): SQL {
  return sql`(WITH RECURSIVE chain(id) AS (
      SELECT ${sql.raw("incidents.merged_into")} UNION
      SELECT next.merged_into FROM incidents AS next JOIN chain USING (id) WHERE next.tenant_id = ${scope.tenantId})
    SELECT ${value} FROM incidents AS heir JOIN chain USING (id)
      WHERE heir.tenant_id = ${scope.tenantId} AND heir.merged_into IS NULL)`;
}

/** Whether the merged row at hand would be open, were it taken out: its heir is, and no other stands in its place. */
export function goesOn(scope: TenantScope): SQL {
  return sql`(${heir(scope, sql`heir.status`)} <> 'RESOLVED' AND ${isFree(scope, sql.raw("incidents.fingerprint"))})`;
}

/**
 * The statements that take incidents out of the one that absorbed them, for one D1 batch: they are open again, in the
 * state that they had, as long as that one is open; otherwise they were resolved with it.
 * @param merge `which` are taken out, the `survivors` (their ids) to be counted anew, and what the history calls it
 */
export function restoreStatements(
  scope: TenantScope,
  merge: { which: SQL | undefined; survivors: SQL; actor: string; what: string },
) {
  const { actor, what } = merge;
  const [restoredId, survivorsId] = twoIds(scope);
  const open = goesOn(scope);
  const restored = changeStatements(scope, restoredId, {
    where: merge.which,
    set: {
      resolvedAt: sql`CASE WHEN ${open} THEN NULL ELSE coalesce(${heir(scope, sql`heir.resolved_at`)}, ${scope.now()}) END`,
      mergedInto: null,
      mergeId: null,
      occurrenceCount: sql`${occurrences(scope)}`,
      // Its windows went on being told to it; the last of them began then.
      lastSeenAt: sql`max(last_seen_at, coalesce((SELECT max(window_start) FROM incident_windows
        WHERE tenant_id = ${scope.tenantId} AND incident_id = ${sql.raw("incidents.id")}), 0))`,
    },
    actor,
    what,
    to: sql<IncidentStatus>`CASE WHEN ${open} THEN (SELECT before.from_status FROM incident_history AS before
      WHERE before.tenant_id = ${scope.tenantId} AND before.incident_id = ${sql.raw("incidents.id")}
        AND before.change = 'MERGED' ORDER BY before.at DESC, before.rowid DESC LIMIT 1) ELSE 'RESOLVED' END`,
    subject: sql`${incidents.mergedInto}`,
    notification: "INCIDENT_CREATED",
  });
  const survivors = changeStatements(scope, survivorsId, {
    ids: merge.survivors,
    where: sql`EXISTS (SELECT 1 FROM incidents AS back WHERE back.tenant_id = ${scope.tenantId}
      AND back.change_id = ${restoredId})`,
    set: { occurrenceCount: sql`${occurrences(scope)}` },
    actor,
    what,
    notification: "INCIDENT_CREATED",
  });
  return { restoredId, restored, survivorsId, survivors };
}
