import type { LogRow } from "../../core/logs/log-row.ts";
import { parseQuery } from "../../core/logs/query/index.ts";
import { scanLogs, type TimeRange } from "../logs/scan-logs.ts";
import type { TenantScope } from "../platform.ts";

/** Distinct messages that are kept while the newest are looked for: a pattern may have as many as it has logs. */
const MAX_MESSAGES = 500;

/** Up to `count` of the newest logs of a fingerprint, each with another message. */
export async function sampleLogs(
  scope: TenantScope,
  fingerprint: string,
  range: TimeRange,
  count: number,
): Promise<LogRow[]> {
  const newest = new Map<string, LogRow>();
  await scanLogs(
    scope,
    { query: parseQuery(`fingerprint:${fingerprint}`) },
    range,
    (row) => {
      const known = newest.get(row.message);
      if (known === undefined ? newest.size < MAX_MESSAGES : known.timestamp < row.timestamp)
        newest.set(row.message, row);
    },
    // Segments come newest first: what was found is enough.
    () => newest.size >= count,
  );
  return [...newest.values()].sort((a, b) => b.timestamp - a.timestamp).slice(0, count);
}
