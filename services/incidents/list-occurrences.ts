import { autoBucket } from "../../core/logs/histogram.ts";
import type { TenantScope } from "../platform.ts";
import { loadTenant } from "../tenants/load-tenant.ts";
import { getIncident } from "./get.ts";
import { windowCounts } from "./sql.ts";

/**
 * An incident's occurrences over time, in at most some 60 buckets of a readable length from the first window to the
 * last. Quiet ones are there, too. Times in Unix ms.
 * @throws Log0Error not_found
 */
export async function listOccurrences(scope: TenantScope, incidentId: string) {
  const [incident, windows, { settings }] = await Promise.all([
    getIncident(scope, incidentId),
    windowCounts(scope, incidentId),
    loadTenant(scope),
  ]);
  const first = windows[0]?.start ?? incident.firstSeenAt;
  const end = Math.max((windows.at(-1)?.start ?? first) + settings.windowMs, first + 1);
  const bucketMs = autoBucket(end - first, settings.windowMs);
  const from = Math.floor(first / bucketMs) * bucketMs;
  const series = Array.from({ length: Math.ceil((end - from) / bucketMs) }, (_, index) => ({
    start: from + index * bucketMs,
    count: 0,
  }));
  for (const { start, count } of windows) {
    const bucket = series[Math.floor((start - from) / bucketMs)];
    if (bucket !== undefined) bucket.count += count;
  }
  return { from, to: from + series.length * bucketMs, bucketMs, total: incident.occurrenceCount, series };
}
