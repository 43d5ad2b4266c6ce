import { and, eq, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { permits, standingOf } from "../../core/incidents/lifecycle.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { goesOn, heir, restoreStatements } from "./absorb.ts";
import { refusal } from "./apply.ts";
import { messageId, sendMessages } from "./change.ts";
import { foundIn, getIncident, incidentById } from "./get.ts";
import { permitted } from "./sql.ts";

/**
 * Takes a merge by hand back: the incident is open again, in the state that it had, with all of its own occurrences.
 * One that was merged with its fingerprint comes back by `splitFingerprints`.
 * @throws Log0Error not_found; conflict, naming the present state, or that of the one that goes on in its place
 */
export async function unmergeIncident(scope: TenantScope, incidentId: string, actor: string): Promise<Incident> {
  const [chain] = await scope.db
    .select({ heir: sql<string | null>`${heir(scope, sql`heir.id`)}` })
    .from(incidents)
    .where(and(eq(incidents.tenantId, scope.tenantId), eq(incidents.id, incidentId)));
  const { restored, restoredId, survivors, survivorsId } = restoreStatements(scope, {
    which: and(
      eq(incidents.id, incidentId),
      permitted("unmerge"),
      goesOn(scope),
      sql`NOT EXISTS (SELECT 1 FROM fingerprint_aliases AS alias
        WHERE alias.tenant_id = ${scope.tenantId} AND alias.id = ${incidents.mergeId} AND alias.ended_at IS NULL)`,
    ),
    survivors: sql`(${chain?.heir ?? ""})`,
    actor,
    what: "UNMERGED",
  });
  const [, back, , , left, , after] = await scope.db.batch([
    restored.history,
    restored.update,
    restored.message,
    survivors.history,
    survivors.update,
    survivors.message,
    incidentById(scope, incidentId),
  ]);
  const incident = foundIn(after);
  if (back.length === 0) {
    if (!permits("unmerge", incident)) throw refusal("unmerge", incident);
    const survivor = await getIncident(scope, chain?.heir ?? "");
    throw new Log0Error(
      "conflict",
      survivor.status === "RESOLVED"
        ? `the incident that goes on in its place is ${standingOf(survivor)}`
        : "the incident was merged with its fingerprint, which is to be split, or another one is open in its place",
    );
  }
  await sendMessages(scope, [
    ...back.map((row) => messageId(restoredId, row.id)),
    ...left.map((row) => messageId(survivorsId, row.id)),
  ]);
  return incident;
}
