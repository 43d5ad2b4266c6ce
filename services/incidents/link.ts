import { and, eq, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { incidentLinks, incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { changeStatements, messageId, sendMessages } from "./change.ts";
import { foundIn, incidentById } from "./get.ts";

/** A pair as the table has it: the smaller id first. @throws Log0Error invalid_query for an incident and itself */
export function pairOf(incidentId: string, otherId: string): [string, string] {
  if (incidentId === otherId) throw new Log0Error("invalid_query", "incidentId: an incident is not linked with itself");
  return incidentId < otherId ? [incidentId, otherId] : [otherId, incidentId];
}

export function rowOf(scope: TenantScope, [first, second]: readonly [string, string]) {
  return and(
    eq(incidentLinks.tenantId, scope.tenantId),
    eq(incidentLinks.incidentId, first),
    eq(incidentLinks.otherId, second),
  );
}

/** The change of both incidents, where both are there and the condition holds. */
export function changeOfBoth(
  scope: TenantScope,
  changeId: string,
  pair: readonly [string, string],
  change: { condition: ReturnType<typeof sql>; actor: string; what: string; note: string | undefined },
) {
  const [first, second] = pair;
  return changeStatements(scope, changeId, {
    ids: sql`(${first}, ${second})`,
    where: and(
      sql`(SELECT count(*) FROM incidents AS both WHERE +both.tenant_id = ${scope.tenantId}
        AND both.id IN (${first}, ${second})) = 2`,
      change.condition,
    ),
    set: {},
    actor: change.actor,
    what: change.what,
    note: change.note,
    subject: sql`CASE WHEN ${incidents.id} = ${first} THEN ${second} ELSE ${first} END`,
    notification: "INCIDENT_CREATED",
  });
}

/** Whether the change has happened: it has stamped the incidents. */
export function stamped(scope: TenantScope, changeId: string) {
  return sql`EXISTS (SELECT 1 FROM incidents WHERE tenant_id = ${scope.tenantId} AND change_id = ${changeId})`;
}

/**
 * Links two incidents that belong together, in whatever state they are.
 * @throws Log0Error not_found; invalid_query for an incident and itself; conflict when they are linked already
 */
export async function linkIncidents(
  scope: TenantScope,
  incidentId: string,
  otherId: string,
  actor: string,
  note?: string,
): Promise<void> {
  const pair = pairOf(incidentId, otherId);
  const now = scope.now();
  const changeId = uuidV7(now, scope.random(10));
  const { history, update, message } = changeOfBoth(scope, changeId, pair, {
    condition: sql`NOT EXISTS (SELECT 1 FROM incident_links WHERE ${rowOf(scope, pair)})`,
    actor,
    what: "LINKED",
    note,
  });
  const evidence = JSON.stringify(note === undefined ? {} : { note });
  const [, changed, , , one, other, [link]] = await scope.db.batch([
    history,
    update,
    message,
    scope.db.insert(incidentLinks).select(
      sql`SELECT ${scope.tenantId}, ${pair[0]}, ${pair[1]}, 'hand', ${evidence}, NULL, ${actor}, ${now}
          WHERE ${stamped(scope, changeId)}`,
    ),
    incidentById(scope, incidentId),
    incidentById(scope, otherId),
    scope.db.select().from(incidentLinks).where(rowOf(scope, pair)),
  ]);
  foundIn(one);
  foundIn(other);
  if (changed.length === 0) throw new Log0Error("conflict", `the incidents are linked already, by ${link?.kind}`);
  await sendMessages(
    scope,
    changed.map(({ id }) => messageId(changeId, id)),
  );
}
