import { and, eq, inArray, isNotNull, isNull, ne, sql } from "drizzle-orm";
import { errorMessage, Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import type { IncidentStatus } from "../../schema/contracts/levels.ts";
import { fingerprintAliases } from "../../schema/tables/grouping.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import { changeStatements, messageId } from "../incidents/change.ts";
import { occurrences, RESOLVED } from "../incidents/sql.ts";
import { sendOutbox } from "../outbox/send.ts";
import type { TenantScope } from "../platform.ts";

/** Whether no other incident of that fingerprint is open in the environment of the row at hand. */
function free(scope: TenantScope, fingerprint: ReturnType<typeof sql>) {
  return sql`NOT EXISTS (SELECT 1 FROM incidents AS other WHERE other.tenant_id = ${scope.tenantId}
    AND other.environment = ${sql.raw("incidents.environment")} AND other.fingerprint = ${fingerprint}
    AND other.status <> 'RESOLVED' AND other.id <> ${sql.raw("incidents.id")})`;
}

/**
 * Takes a merge back: the fingerprint counts for itself again. An incident that the merge resolved is open again, in the
 * state that it had, as long as the one that went on in its place is open; one that was moved goes back. What was
 * counted meanwhile stays where it was counted.
 * @throws Log0Error not_found; conflict when it was taken back already
 */
export async function splitFingerprints(scope: TenantScope, mergeId: string, actor: string): Promise<void> {
  const now = scope.now();
  const mine = and(eq(fingerprintAliases.tenantId, scope.tenantId), eq(fingerprintAliases.id, mergeId));
  const merge = await scope.db.select().from(fingerprintAliases).where(mine).get();
  if (merge === undefined) throw new Log0Error("not_found", "no such merge");
  const survivors = await scope.db
    .selectDistinct({ id: incidents.mergedInto })
    .from(incidents)
    .where(
      and(eq(incidents.tenantId, scope.tenantId), eq(incidents.mergeId, mergeId), isNotNull(incidents.mergedInto)),
    );
  const newId = (): string => uuidV7(now, scope.random(10));
  const token = `${actor} ${newId()}`;
  const ended = sql`EXISTS (SELECT 1 FROM fingerprint_aliases WHERE id = ${mergeId} AND ended_by = ${token})`;
  const ids = { restored: newId(), survivors: newId(), moved: newId() };
  const restored = changeStatements(scope, ids.restored, {
    where: and(
      ended,
      eq(incidents.mergeId, mergeId),
      sql`EXISTS (SELECT 1 FROM incidents AS survivor WHERE survivor.id = ${sql.raw("incidents.merged_into")}
        AND survivor.tenant_id = ${scope.tenantId} AND survivor.status <> 'RESOLVED')`,
      free(scope, sql`${sql.raw("incidents.fingerprint")}`),
    ),
    set: { resolvedAt: null, mergedInto: null, mergeId: null },
    actor,
    what: "SPLIT",
    to: sql<IncidentStatus>`(SELECT before.from_status FROM incident_history AS before
      WHERE before.tenant_id = ${scope.tenantId} AND before.incident_id = ${sql.raw("incidents.id")}
        AND before.change = 'MERGED' ORDER BY before.at DESC, before.id DESC LIMIT 1)`,
    notification: "INCIDENT_CREATED",
  });
  const kept = changeStatements(scope, ids.survivors, {
    where: and(
      ended,
      inArray(
        incidents.id,
        survivors.flatMap(({ id }) => id ?? []),
      ),
      ne(incidents.status, RESOLVED),
    ),
    set: { occurrenceCount: sql`${occurrences(scope)}` },
    actor,
    what: "SPLIT",
    notification: "INCIDENT_CREATED",
  });
  const moved = changeStatements(scope, ids.moved, {
    where: and(
      ended,
      eq(incidents.mergeId, mergeId),
      isNull(incidents.mergedInto),
      ne(incidents.status, RESOLVED),
      free(scope, sql`${merge.fingerprint}`),
    ),
    set: { fingerprint: merge.fingerprint, mergeId: null },
    actor,
    what: "SPLIT",
    notification: "INCIDENT_CREATED",
  });
  const [end, , a, , , b, , , c] = await scope.db.batch([
    scope.db
      .update(fingerprintAliases)
      .set({ endedAt: now, endedBy: token })
      .where(and(mine, isNull(fingerprintAliases.endedAt)))
      .returning({ id: fingerprintAliases.id }),
    restored.history,
    restored.update,
    restored.message,
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
