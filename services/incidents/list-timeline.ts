import { and, desc, eq, lt, or, sql } from "drizzle-orm";
import { type Cursor, pageOf } from "../../core/cursor.ts";
import { Log0Error } from "../../core/errors.ts";
import { incidentHistory, incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";

/** What is shown of a row of history. */
export const HISTORY = {
  at: incidentHistory.at,
  actor: incidentHistory.actor,
  change: incidentHistory.change,
  fromStatus: incidentHistory.fromStatus,
  toStatus: incidentHistory.toStatus,
  note: incidentHistory.note,
  subject: incidentHistory.subject,
};

/** The order in which rows of one millisecond were written. */
export const WRITTEN = sql<number>`${sql.raw("incident_history.rowid")}`;

/** A cursor's id has the length of a UUID at least. */
const ID_CHARACTERS = 36;

export function historyOf(scope: TenantScope, incidentId: string) {
  return and(eq(incidentHistory.tenantId, scope.tenantId), eq(incidentHistory.incidentId, incidentId));
}

/**
 * What happened to an incident, newest first.
 * @throws Log0Error not_found
 */
export async function listTimeline(scope: TenantScope, incidentId: string, limit: number, cursor: Cursor | undefined) {
  const { at } = incidentHistory;
  const before =
    cursor === undefined
      ? undefined
      : or(lt(at, cursor.at), and(eq(at, cursor.at), lt(WRITTEN, Number.parseInt(cursor.id, 10) || 0)));
  const [known, rows] = await scope.db.batch([
    scope.db
      .select({ id: incidents.id })
      .from(incidents)
      .where(and(eq(incidents.tenantId, scope.tenantId), eq(incidents.id, incidentId))),
    scope.db
      .select({ ...HISTORY, written: WRITTEN.as("written") })
      .from(incidentHistory)
      .where(and(historyOf(scope, incidentId), before))
      .orderBy(desc(at), desc(WRITTEN))
      .limit(limit + 1),
  ]);
  if (known.length === 0) throw new Log0Error("not_found", "no such incident");
  const page = pageOf(rows, limit, (row) => ({ at: row.at, id: String(row.written).padStart(ID_CHARACTERS, "0") }));
  return { items: page.items.map(({ written: _written, ...entry }) => entry), nextCursor: page.nextCursor };
}
