import { and, asc, eq, gt, gte, or } from "drizzle-orm";
import { keyOf } from "../../../core/clusters/digest.ts";
import { WINDOWS_END_MS } from "../../../core/tenants/deletion.ts";
import { incidents } from "../../../schema/tables/incidents.ts";
import { forEachOf, QUERY_COST, type Turn, type TurnResult } from "./turn.ts";

/** Incidents whose windows are wiped at a time. */
const PAGE = 100;

/** Wipes the windows of incidents that something was heard of lately: those of the others have long ended. */
export async function wipeWindows({ scope, deletion, progress }: Turn): Promise<TurnResult> {
  const since = deletion.requestedAt - WINDOWS_END_MS;
  const { id, environment, fingerprint } = incidents;
  const rows = await scope.db
    .select({ id, environment, fingerprint })
    .from(incidents)
    .where(
      and(
        eq(incidents.tenantId, scope.tenantId),
        gt(id, progress.at ?? ""),
        or(gte(incidents.updatedAt, since), gte(incidents.lastSeenAt, since)),
      ),
    )
    .orderBy(asc(id))
    .limit(PAGE);
  const windows = [...new Set(rows.map((row) => keyOf(row.environment, row.fingerprint)))];
  await forEachOf(windows, (window) => scope.clusterWindow(scope.tenantId, window).wipe());
  const at = rows.length === PAGE ? (rows.at(-1)?.id ?? null) : null;
  return { at, removed: { windows: windows.length }, cost: windows.length + QUERY_COST };
}
