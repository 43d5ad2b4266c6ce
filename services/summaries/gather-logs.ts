import { and, eq } from "drizzle-orm";
import { eventIdOf } from "../../core/ids.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import { MAX_QUERY_CONDITIONS, parseQuery } from "../../core/logs/query/index.ts";
import { collectionRange, LineCollector, type LineGroup } from "../../core/summaries/collect.ts";
import { incidentWindows } from "../../schema/tables/incidents.ts";
import { loadAliases } from "../grouping/load-grouping.ts";
import { scanLogs } from "../logs/scan-logs.ts";
import type { TenantScope } from "../platform.ts";

/** A query has 2,000 characters at most; a fingerprint has 64. */
const MAX_FINGERPRINTS = 20;
/** Fingerprints that count towards the incident, its own first. */
async function fingerprintsOf(scope: TenantScope, incident: Incident): Promise<string[]> {
  const [counted, aliases] = await Promise.all([
    scope.db
      .selectDistinct({ fingerprint: incidentWindows.fingerprint })
      .from(incidentWindows)
      .where(and(eq(incidentWindows.tenantId, scope.tenantId), eq(incidentWindows.incidentId, incident.id)))
      .limit(MAX_FINGERPRINTS),
    loadAliases(scope),
  ]);
  const all = [incident.fingerprint, ...counted.map((row) => row.fingerprint)];
  const grouped = new Set(all.flatMap((fingerprint) => aliases.groupOf(fingerprint)));
  return [...grouped].slice(0, MAX_FINGERPRINTS);
}

/**
 * Logs of the half hour around an incident: its own patterns and all WARN or worse of its service and environment, then
 * what shares a trace with the incident's.
 */
export async function gatherLogs(scope: TenantScope, incident: Incident): Promise<LineGroup[]> {
  const { serviceName, environment } = incident;
  const range = collectionRange(incident);
  const own = await fingerprintsOf(scope, incident);
  const collector = new LineCollector(incident, own);
  const ofOwn = own.length === 0 ? "" : ` OR fingerprint:(${own.join(" OR ")})`;
  const ofService = parseQuery(`level:>=WARN${ofOwn}`);
  const near = { services: [serviceName], environments: [environment] };
  await scanLogs(scope, { query: ofService, ...near }, range, (row) => collector.offer(row));
  const traceIds = collector.traceIds();
  if (traceIds.length > 0) {
    const ofTraces = parseQuery(`trace_id:(${traceIds.map((id) => `"${id}"`).join(" OR ")})`);
    await scanLogs(scope, { query: ofTraces, environments: [environment] }, range, (row) =>
      collector.offerOfTrace(row),
    );
  }
  return collector.groups();
}

/** Which of these logs the tenant's store has now. At most 64. */
export async function storedIds(
  scope: TenantScope,
  cited: readonly { eventId: string; timestamp: number }[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (cited.length === 0) return found;
  const ids = cited.slice(0, MAX_QUERY_CONDITIONS).map(({ eventId }) => `"${eventId}"`);
  const times = cited.map(({ timestamp }) => timestamp);
  const range = { from: Math.min(...times), to: Math.max(...times) + 1 };
  await scanLogs(scope, { query: parseQuery(`event_id:(${ids.join(" OR ")})`) }, range, (row) => {
    found.add(eventIdOf(row.chunkId, row.index));
  });
  return found;
}
