import { and, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { incidentLinks } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { messageId, sendMessages } from "./change.ts";
import { foundIn, incidentById } from "./get.ts";
import { changeOfBoth, pairOf, rowOf, stamped } from "./link.ts";

/**
 * Takes a link back, whoever made it. What log0 has linked itself it does not link again.
 * @throws Log0Error not_found; conflict when they are not linked
 */
export async function unlinkIncidents(
  scope: TenantScope,
  incidentId: string,
  otherId: string,
  actor: string,
): Promise<void> {
  const pair = pairOf(incidentId, otherId);
  const changeId = uuidV7(scope.now(), scope.random(10));
  const { history, update, message } = changeOfBoth(scope, changeId, pair, {
    condition: sql`EXISTS (SELECT 1 FROM incident_links WHERE ${rowOf(scope, pair)})`,
    actor,
    what: "UNLINKED",
    note: undefined,
  });
  const [, changed, , , one, other] = await scope.db.batch([
    history,
    update,
    message,
    scope.db.delete(incidentLinks).where(and(rowOf(scope, pair), stamped(scope, changeId))),
    incidentById(scope, incidentId),
    incidentById(scope, otherId),
  ]);
  foundIn(one);
  foundIn(other);
  if (changed.length === 0) throw new Log0Error("conflict", "the incidents are not linked");
  await sendMessages(
    scope,
    changed.map(({ id }) => messageId(changeId, id)),
  );
}
