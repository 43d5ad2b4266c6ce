import { sql } from "drizzle-orm";
import { type PresentedLog, presentLog } from "../../core/logs/present-log.ts";
import { parseQuery } from "../../core/logs/query/index.ts";
import { loadAliases } from "../grouping/load-grouping.ts";
import { searchLogs } from "../logs/search-logs.ts";
import type { TenantScope } from "../platform.ts";
import { getIncident } from "./get.ts";
import { familyOf } from "./sql.ts";

/** Fingerprints that one search asks for; a query has 64 conditions. */
const MAX_FINGERPRINTS = 50;

/** How far back from its last occurrence samples are looked for. */
const SAMPLE_RANGE_MS = 7 * 24 * 60 * 60 * 1000;

/** Logs that are read for each that is shown: most of them say the same. */
const READ_PER_SAMPLE = 20;

/**
 * The newest logs of an incident, each with another message: of its fingerprints, and of what was merged into it.
 * @param count 1 to 50
 * @throws Log0Error not_found
 */
export async function listSamples(scope: TenantScope, incidentId: string, count: number): Promise<PresentedLog[]> {
  const incident = await getIncident(scope, incidentId);
  const [family, aliases] = await Promise.all([
    scope.db
      .select({
        fingerprint: sql<string>`member.fingerprint`.as("fingerprint"),
        environment: sql<string>`member.environment`.as("environment"),
      })
      .from(sql`(${familyOf(scope, sql`${incidentId}`)} SELECT DISTINCT fingerprint, environment
        FROM incidents JOIN family USING (id) WHERE tenant_id = ${scope.tenantId}) AS member`),
    loadAliases(scope),
  ]);
  const fingerprints = new Set(family.flatMap(({ fingerprint }) => aliases.groupOf(fingerprint)));
  const named = [...fingerprints].slice(0, MAX_FINGERPRINTS);
  const to = incident.lastSeenAt + 1;
  const { items } = await searchLogs(scope, {
    query: parseQuery(`fingerprint:(${named.join(" OR ")})`),
    environments: [...new Set(family.map(({ environment }) => environment))],
    from: Math.max(incident.firstSeenAt, to - SAMPLE_RANGE_MS),
    to,
    limit: count * READ_PER_SAMPLE,
  });
  const samples = new Map<string, PresentedLog>();
  for (const found of items) {
    const text = `${found.row.fingerprint}\n${found.row.message}`;
    if (samples.size < count && !samples.has(text)) samples.set(text, presentLog(scope.tenantId, found));
  }
  return [...samples.values()];
}
