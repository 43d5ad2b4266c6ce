import { and, eq, inArray, isNotNull, isNull, ne, type SQL, sql } from "drizzle-orm";
import { errorMessage, Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import type { IncidentStatus } from "../../schema/contracts/levels.ts";
import { fingerprintAliases } from "../../schema/tables/grouping.ts";
import { incidents, incidentWindows } from "../../schema/tables/incidents.ts";
import { changeStatements, messageId } from "../incidents/change.ts";
import { occurrences, RESOLVED } from "../incidents/sql.ts";
import { sendOutbox } from "../outbox/send.ts";
import type { TenantScope } from "../platform.ts";
import { rootOf } from "./sql.ts";

type Merge = typeof fingerprintAliases.$inferSelect;

/** Whether no other incident of that fingerprint is open in the environment of the row at hand. */
function free(scope: TenantScope, fingerprint: SQL) {
  return sql`NOT EXISTS (SELECT 1 FROM incidents AS other WHERE other.tenant_id = ${scope.tenantId}
    AND other.environment = ${sql.raw("incidents.environment")} AND other.fingerprint = ${fingerprint}
    AND other.status <> 'RESOLVED' AND other.id <> ${sql.raw("incidents.id")})`;
}

/** The end of a chain of incidents, each merged into the next, from the row at hand: who goes on in its place. */
function heir(scope: TenantScope, value: SQL): SQL {
  return sql`(WITH RECURSIVE chain(id) AS (
      SELECT ${sql.raw("incidents.merged_into")} UNION
      SELECT next.merged_into FROM incidents AS next JOIN chain USING (id) WHERE next.tenant_id = ${scope.tenantId})
    SELECT ${value} FROM incidents AS heir JOIN chain USING (id)
      WHERE heir.tenant_id = ${scope.tenantId} AND heir.merged_into IS NULL)`;
}

/** What a split gives back of the counts: those of the fingerprints that lead to the one that stands alone again. */
function giveBack(scope: TenantScope, merge: Pick<Merge, "fingerprint">, where: SQL | undefined) {
  const { tenantId, incidentId, fingerprint, windowStart, count } = incidentWindows;
  return scope.db
    .insert(incidentWindows)
    .select(
      scope.db
        .select({
          tenantId,
          incidentId: sql<string>`${incidents.id}`.as("incident_id"),
          fingerprint,
          windowStart,
          count,
        })
        .from(incidents)
        .innerJoin(
          incidentWindows,
          and(eq(tenantId, scope.tenantId), sql`${incidentId} = ${heir(scope, sql`heir.id`)}`),
        )
        .where(
          and(
            eq(incidents.tenantId, scope.tenantId),
            where,
            sql`${rootOf(scope, sql`${fingerprint}`)} = ${merge.fingerprint}`,
          ),
        ),
    )
    .onConflictDoUpdate({
      target: [tenantId, incidentId, fingerprint, windowStart],
      set: { count: sql`max(${count}, excluded.count)` },
    });
}

/** Takes from the survivors what the restored incidents of their environment have now. */
function takeAway(scope: TenantScope, changeId: string, survivors: readonly string[]) {
  const { tenantId, incidentId } = incidentWindows;
  return scope.db.delete(incidentWindows).where(
    and(
      eq(tenantId, scope.tenantId),
      inArray(incidentId, [...survivors]),
      sql`EXISTS (SELECT 1 FROM incidents AS survivor
        JOIN incidents AS restored ON restored.tenant_id = survivor.tenant_id AND restored.environment = survivor.environment
        JOIN incident_windows AS given ON given.tenant_id = restored.tenant_id AND given.incident_id = restored.id
        WHERE survivor.tenant_id = ${scope.tenantId} AND survivor.id = ${sql.raw("incident_windows.incident_id")}
          AND restored.change_id = ${changeId} AND given.fingerprint = ${sql.raw("incident_windows.fingerprint")}
          AND given.window_start = ${sql.raw("incident_windows.window_start")})`,
    ),
  );
}

/**
 * Takes a merge back: the fingerprint counts for itself again. An incident that the merge resolved is open again, in the
 * state that it had, as long as the one that went on in its place is open; otherwise it was resolved with that one. It has
 * its own counts back. An incident that was moved goes back with all of its counts.
 * @throws Log0Error not_found; conflict when it was taken back already
 */
export async function splitFingerprints(scope: TenantScope, mergeId: string, actor: string): Promise<void> {
  const now = scope.now();
  const mine = and(eq(fingerprintAliases.tenantId, scope.tenantId), eq(fingerprintAliases.id, mergeId));
  const merge = await scope.db.select().from(fingerprintAliases).where(mine).get();
  if (merge === undefined) throw new Log0Error("not_found", "no such merge");
  const found = await scope.db
    .select({ id: sql<string>`${heir(scope, sql`heir.id`)}` })
    .from(incidents)
    .where(
      and(eq(incidents.tenantId, scope.tenantId), eq(incidents.mergeId, mergeId), isNotNull(incidents.mergedInto)),
    );
  const survivors = found.map(({ id }) => id);
  const newId = (): string => uuidV7(now, scope.random(10));
  const token = `${actor} ${newId()}`;
  const ended = sql`EXISTS (SELECT 1 FROM fingerprint_aliases WHERE id = ${mergeId} AND ended_by = ${token})`;
  const ids = { restored: newId(), survivors: newId(), moved: newId() };
  const mergedHere = and(ended, eq(incidents.mergeId, mergeId), isNotNull(incidents.mergedInto));
  const goesOn = sql`${heir(scope, sql`heir.status`)} <> 'RESOLVED' AND ${free(scope, sql`${sql.raw("incidents.fingerprint")}`)}`;
  const given = giveBack(scope, merge, mergedHere);
  const restored = changeStatements(scope, ids.restored, {
    where: mergedHere,
    set: {
      resolvedAt: sql`CASE WHEN ${goesOn} THEN NULL ELSE coalesce(${heir(scope, sql`heir.resolved_at`)}, ${now}) END`,
      occurrenceCount: sql`${occurrences(scope)}`,
      mergedInto: null,
      mergeId: null,
    },
    actor,
    what: "SPLIT",
    to: sql<IncidentStatus>`CASE WHEN ${goesOn} THEN (SELECT before.from_status FROM incident_history AS before
      WHERE before.tenant_id = ${scope.tenantId} AND before.incident_id = ${sql.raw("incidents.id")}
        AND before.change = 'MERGED' ORDER BY before.at DESC, before.id DESC LIMIT 1) ELSE 'RESOLVED' END`,
    notification: "INCIDENT_CREATED",
  });
  const taken = takeAway(scope, ids.restored, survivors);
  const kept = changeStatements(scope, ids.survivors, {
    where: and(ended, inArray(incidents.id, survivors)),
    set: { occurrenceCount: sql`${occurrences(scope)}` },
    actor,
    what: "SPLIT",
    notification: "INCIDENT_CREATED",
  });
  const moved = changeStatements(scope, ids.moved, {
    where: and(
      ended,
      sql`EXISTS (SELECT 1 FROM incident_history AS moved WHERE moved.tenant_id = ${scope.tenantId}
        AND moved.id = ${mergeId} || ':' || ${sql.raw("incidents.id")})`,
      sql`${incidents.fingerprint} = ${rootOf(scope, merge.target)}`,
      ne(incidents.status, RESOLVED),
      free(scope, sql`${merge.fingerprint}`),
    ),
    set: { fingerprint: merge.fingerprint },
    actor,
    what: "SPLIT",
    notification: "INCIDENT_CREATED",
  });
  const [end, , , a, , , , b, , , c] = await scope.db.batch([
    scope.db
      .update(fingerprintAliases)
      .set({ endedAt: now, endedBy: token })
      .where(and(mine, isNull(fingerprintAliases.endedAt)))
      .returning({ id: fingerprintAliases.id }),
    given,
    restored.history,
    restored.update,
    restored.message,
    taken,
    kept.history,
    kept.update,
    kept.message,
    moved.history,
    moved.update,
    moved.message,
    // The token told this call's end from another's; what stays on record is who.
    scope.db
      .update(fingerprintAliases)
      .set({ endedBy: actor })
      .where(and(mine, eq(fingerprintAliases.endedBy, token))),
  ]);
  if (end.length === 0) throw new Log0Error("conflict", "the merge was taken back already");
  await sendOutbox(scope, [
    ...a.map(({ id }) => messageId(ids.restored, id)),
    ...b.map(({ id }) => messageId(ids.survivors, id)),
    ...c.map(({ id }) => messageId(ids.moved, id)),
  ]).catch((error: unknown) => {
    console.warn({ message: "messages of a split wait for the sweep", mergeId, error: errorMessage(error) });
  });
}
