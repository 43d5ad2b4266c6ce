import { and, eq, ne, type SQL, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { fingerprintAliases } from "../../schema/tables/grouping.ts";
import { incidents, incidentWindows } from "../../schema/tables/incidents.ts";
import { patterns } from "../../schema/tables/logs.ts";
import { auditIfChanged } from "../audit/record.ts";
import { absorbStatements, ofMerged } from "../incidents/absorb.ts";
import { changeStatements, messageId, sendMessages } from "../incidents/change.ts";
import { RESOLVED } from "../incidents/sql.ts";
import type { TenantScope } from "../platform.ts";
import { rootOf } from "./sql.ts";

export interface FingerprintMerge {
  fingerprint: string;
  /** What it counts with from now on. */
  into: string;
  actor: string;
  note?: string | undefined;
}

/** @throws Log0Error not_found when the tenant has never seen it */
async function mustBeKnown(scope: TenantScope, fingerprint: string): Promise<void> {
  const [pattern, incident] = await scope.db.batch([
    scope.db
      .select({ known: patterns.fingerprint })
      .from(patterns)
      .where(and(eq(patterns.tenantId, scope.tenantId), eq(patterns.fingerprint, fingerprint))),
    scope.db
      .select({ known: incidents.id })
      .from(incidents)
      .where(and(eq(incidents.tenantId, scope.tenantId), eq(incidents.fingerprint, fingerprint)))
      .limit(1),
  ]);
  if (pattern.length + incident.length === 0) throw new Log0Error("not_found", `no such pattern: ${fingerprint}`);
}

/** Another open incident of the same environment that the target of the merge has. */
function survivor(scope: TenantScope, root: SQL): SQL {
  return sql`(SELECT survivor.id FROM incidents AS survivor WHERE survivor.tenant_id = ${scope.tenantId}
    AND survivor.environment = ${sql.raw("incidents.environment")} AND survivor.fingerprint = ${root}
    AND survivor.status <> 'RESOLVED')`;
}

/**
 * Gives the counts of the incidents that a merge has just resolved to the ones that go on: each count is kept once, by
 * fingerprint and window, so that what a window still has to say of it takes its place and is not added to it.
 */
function handOver(scope: TenantScope, mergeId: string) {
  const merged = sql`SELECT id FROM incidents
    WHERE tenant_id = ${scope.tenantId} AND merge_id = ${mergeId} AND merged_into IS NOT NULL`;
  const { tenantId, incidentId, fingerprint, windowStart, count } = incidentWindows;
  const given = scope.db
    .insert(incidentWindows)
    .select(
      sql`SELECT counted.tenant_id, merged.merged_into, counted.fingerprint, counted.window_start, counted.count
        FROM incident_windows AS counted JOIN incidents AS merged ON merged.id = counted.incident_id
        WHERE counted.tenant_id = ${scope.tenantId} AND counted.incident_id IN (${merged})`,
    )
    .onConflictDoUpdate({
      target: [tenantId, incidentId, fingerprint, windowStart],
      set: { count: sql`max(${count}, excluded.count)` },
    });
  const taken = scope.db
    .delete(incidentWindows)
    .where(and(eq(tenantId, scope.tenantId), sql`${incidentId} IN (${merged})`));
  return { given, taken };
}

/**
 * Lets a fingerprint count with another one. Where both have an incident open, the one of the target goes on with the
 * counts of both; where only the first has, its incident goes on under the target. All of it in one D1 batch, on record,
 * and to be taken back by `splitFingerprints`.
 * @returns the id of the merge
 * @throws Log0Error not_found; conflict when the fingerprint is merged already, or the two count together
 */
export async function mergeFingerprints(scope: TenantScope, merge: FingerprintMerge): Promise<string> {
  const { fingerprint, into, actor, note } = merge;
  await Promise.all([mustBeKnown(scope, fingerprint), mustBeKnown(scope, into)]);
  const now = scope.now();
  const mergeId = uuidV7(now, scope.random(10));
  const root = rootOf(scope, into);
  const stands = sql`EXISTS (SELECT 1 FROM fingerprint_aliases WHERE id = ${mergeId})`;
  const openOnes = and(stands, eq(incidents.fingerprint, fingerprint), ne(incidents.status, RESOLVED));
  const record = scope.db
    .insert(fingerprintAliases)
    .select(
      sql`SELECT ${mergeId}, ${scope.tenantId}, ${fingerprint}, ${into}, 'merge', ${actor}, ${note ?? null}, ${now}, NULL, NULL
        WHERE ${root} <> ${fingerprint}`,
    )
    .onConflictDoNothing();
  const { absorbed, absorbedId, survivors, survivorsId } = absorbStatements(
    scope,
    { id: mergeId, which: openOnes, survivor: survivor(scope, root), actor },
    // Windows of the merged one may still speak: of a crossing before the survivor's own, perhaps.
    { createdAt: sql`min(created_at, ${ofMerged(scope, mergeId, sql`min(+merged.created_at)`)})` },
  );
  // What was moved is found again by the merge's id in its history: a later merge may move it further.
  const moved = changeStatements(scope, mergeId, {
    where: openOnes,
    set: { fingerprint: sql`${root}` },
    actor,
    what: "MOVED",
    note: fingerprint,
    notification: "INCIDENT_CREATED",
  });
  const counts = handOver(scope, mergeId);
  const target = `merge:${mergeId}`;
  const [, , , a, , , , , b, , , c] = await scope.db.batch([
    record,
    auditIfChanged(scope, { actor, action: "fingerprints.merged", target, detail: { fingerprint, into } }),
    absorbed.history,
    absorbed.update,
    absorbed.message,
    counts.given,
    counts.taken,
    survivors.history,
    survivors.update,
    survivors.message,
    moved.history,
    moved.update,
    moved.message,
  ]);
  await mustStand(scope, mergeId, merge);
  await sendMessages(scope, [
    ...a.map(({ id }) => messageId(absorbedId, id)),
    ...b.map(({ id }) => messageId(survivorsId, id)),
    ...c.map(({ id }) => messageId(mergeId, id)),
  ]);
  return mergeId;
}

/** @throws Log0Error conflict when the merge was refused */
async function mustStand(scope: TenantScope, mergeId: string, { fingerprint, into }: FingerprintMerge): Promise<void> {
  const { id, tenantId } = fingerprintAliases;
  const mine = and(eq(tenantId, scope.tenantId), eq(id, mergeId));
  if ((await scope.db.select({ id }).from(fingerprintAliases).where(mine).get()) !== undefined) return;
  const taken = await scope.db
    .select({ target: fingerprintAliases.target })
    .from(fingerprintAliases)
    .where(and(eq(tenantId, scope.tenantId), eq(fingerprintAliases.fingerprint, fingerprint), sql`ended_at IS NULL`))
    .get();
  throw new Log0Error(
    "conflict",
    taken === undefined
      ? `${into} counts with ${fingerprint} already`
      : `${fingerprint} counts with ${taken.target} already: split them first`,
  );
}
