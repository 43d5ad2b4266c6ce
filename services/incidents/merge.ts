import { and, eq, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { permits, standingOf } from "../../core/incidents/lifecycle.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { absorbStatements } from "./absorb.ts";
import { refusal } from "./apply.ts";
import { messageId, sendMessages } from "./change.ts";
import { foundIn, incidentById } from "./get.ts";
import { permitted } from "./sql.ts";

/**
 * Merges an open incident into another open one, which goes on with the counts of both; so do later occurrences of the
 * first, while the other is open. `unmergeIncident` takes it back.
 * @returns the merged incident, resolved
 * @throws Log0Error not_found; invalid_query for an incident and itself; conflict, naming the state of the one in the way
 */
export async function mergeIncident(
  scope: TenantScope,
  incidentId: string,
  into: string,
  actor: string,
  note?: string,
): Promise<Incident> {
  if (incidentId === into) throw new Log0Error("invalid_query", "into: an incident cannot be merged into itself");
  const id = uuidV7(scope.now(), scope.random(10));
  const { absorbed, absorbedId, survivors, survivorsId } = absorbStatements(scope, {
    id,
    which: and(eq(incidents.id, incidentId), permitted("merge")),
    survivor: sql`(SELECT survivor.id FROM incidents AS survivor WHERE survivor.tenant_id = ${scope.tenantId}
      AND survivor.id = ${into} AND survivor.status <> 'RESOLVED')`,
    actor,
    note,
  });
  const [, merged, , , grown, , after, target] = await scope.db.batch([
    absorbed.history,
    absorbed.update,
    absorbed.message,
    survivors.history,
    survivors.update,
    survivors.message,
    incidentById(scope, incidentId),
    incidentById(scope, into),
  ]);
  const [incident, survivor] = [foundIn(after), foundIn(target)];
  if (merged.length === 0) {
    throw permits("merge", incident)
      ? new Log0Error("conflict", `the incident to merge into is ${standingOf(survivor)}`)
      : refusal("merge", incident);
  }
  await sendMessages(scope, [
    ...merged.map((row) => messageId(absorbedId, row.id)),
    ...grown.map((row) => messageId(survivorsId, row.id)),
  ]);
  return incident;
}
