import { and, desc, eq } from "drizzle-orm";
import * as z from "zod";
import { Log0Error } from "../../core/errors.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { Summary } from "../../schema/contracts/summary.ts";
import { incidentHistory, incidents } from "../../schema/tables/incidents.ts";
import type { TenantScope } from "../platform.ts";
import { slackMessagesOf } from "../slack/messages-of.ts";
import { HISTORY, historyOf, WRITTEN } from "./list-timeline.ts";
import { windowCounts } from "./sql.ts";

const Texts = z.array(z.string());

/** A row as the product shows it. */
export function incidentOf(row: typeof incidents.$inferSelect): Incident {
  const { tenantId: _tenant, changeId: _change, mergeId: _merge, ...shown } = row;
  return {
    ...shown,
    traceIds: Texts.parse(JSON.parse(row.traceIds)),
    topMessages: Texts.parse(JSON.parse(row.topMessages)),
    summary: row.summary === null ? null : Summary.parse(JSON.parse(row.summary)),
  };
}

/** The incident of a query for one. @throws Log0Error not_found */
export function foundIn(rows: readonly (typeof incidents.$inferSelect)[]): Incident {
  const [row] = rows;
  if (row === undefined) throw new Log0Error("not_found", "no such incident");
  return incidentOf(row);
}

/** The query for one incident of the tenant. */
export function incidentById(scope: TenantScope, incidentId: string) {
  return scope.db
    .select()
    .from(incidents)
    .where(and(eq(incidents.tenantId, scope.tenantId), eq(incidents.id, incidentId)));
}

/** @throws Log0Error not_found */
export async function getIncident(scope: TenantScope, incidentId: string): Promise<Incident> {
  return foundIn(await incidentById(scope, incidentId));
}

/** What the detail shows of a history, its newest part; the timeline has all of it, in pages. */
const SHOWN_HISTORY = 200;

/** An incident with what happened to it, oldest first, its occurrences per window, and its messages in Slack. */
export async function getIncidentDetail(scope: TenantScope, incidentId: string) {
  const [found, history, windows, slack] = await scope.db.batch([
    incidentById(scope, incidentId),
    scope.db
      .select(HISTORY)
      .from(incidentHistory)
      .where(historyOf(scope, incidentId))
      .orderBy(desc(incidentHistory.at), desc(WRITTEN))
      .limit(SHOWN_HISTORY),
    windowCounts(scope, incidentId),
    slackMessagesOf(scope, incidentId),
  ]);
  return { ...foundIn(found), history: history.toReversed(), windows, slack };
}
