import { and, eq, isNotNull, isNull, ne, type SQL, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { fingerprintAliases } from "../../schema/tables/grouping.ts";
import { incidents, incidentWindows } from "../../schema/tables/incidents.ts";
import { auditIfChanged } from "../audit/record.ts";
import { heir, isFree, restoreStatements } from "../incidents/absorb.ts";
import { changeStatements, messageId, sendMessages } from "../incidents/change.ts";
import { RESOLVED } from "../incidents/sql.ts";
import type { TenantScope } from "../platform.ts";
import { rootOf } from "./sql.ts";

type Merge = typeof fingerprintAliases.$inferSelect;

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
function takeAway(scope: TenantScope, changeId: string, survivors: SQL) {
  const { tenantId, incidentId } = incidentWindows;
  return scope.db.delete(incidentWindows).where(
    and(
      eq(tenantId, scope.tenantId),
      sql`${incidentId} IN ${survivors}`,
      sql`EXISTS (SELECT 1 FROM incidents AS survivor
        CROSS JOIN incidents AS restored ON restored.tenant_id = survivor.tenant_id AND restored.environment = survivor.environment
        CROSS JOIN incident_windows AS given ON given.tenant_id = restored.tenant_id AND given.incident_id = restored.id
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
  // As one parameter: there may be one in each environment, and a statement has 100 parameters.
  const heirs = sql`(SELECT value FROM json_each(${JSON.stringify(found.map(({ id }) => id))}))`;
  const newId = (): string => uuidV7(now, scope.random(10));
  const token = `${actor} ${newId()}`;
  const ended = sql`EXISTS (SELECT 1 FROM fingerprint_aliases WHERE id = ${mergeId} AND ended_by = ${token})`;
  const mergedHere = and(ended, eq(incidents.mergeId, mergeId), isNotNull(incidents.mergedInto));
  const given = giveBack(scope, merge, mergedHere);
  const { restored, restoredId, survivors, survivorsId } = restoreStatements(scope, {
    which: mergedHere,
    survivors: heirs,
    actor,
    what: "SPLIT",
  });
  const taken = takeAway(scope, restoredId, heirs);
  const movedId = newId();
  const moved = changeStatements(scope, movedId, {
    ids: sql`(SELECT moved.incident_id FROM incident_history AS moved WHERE +moved.tenant_id = ${scope.tenantId}
      AND moved.id > ${mergeId} || ':' AND moved.id < ${mergeId} || ';')`,
    where: and(
      ended,
      sql`${incidents.fingerprint} = ${rootOf(scope, merge.target)}`,
      ne(incidents.status, RESOLVED),
      isFree(scope, sql`${merge.fingerprint}`),
    ),
    set: { fingerprint: merge.fingerprint },
    actor,
    what: "SPLIT",
    notification: "INCIDENT_CREATED",
  });
  const detail = { fingerprint: merge.fingerprint, into: merge.target };
  const [end, , , , a, , , , b, , , c] = await scope.db.batch([
    scope.db
      .update(fingerprintAliases)
      .set({ endedAt: now, endedBy: token })
      .where(and(mine, isNull(fingerprintAliases.endedAt)))
      .returning({ id: fingerprintAliases.id }),
    auditIfChanged(scope, { actor, action: "fingerprints.split", target: `merge:${mergeId}`, detail }),
    given,
    restored.history,
    restored.update,
    restored.message,
    taken,
    survivors.history,
    survivors.update,
    survivors.message,
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
  await sendMessages(scope, [
    ...a.map(({ id }) => messageId(restoredId, id)),
    ...b.map(({ id }) => messageId(survivorsId, id)),
    ...c.map(({ id }) => messageId(movedId, id)),
  ]);
}
