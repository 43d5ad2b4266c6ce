import { parseQuery } from "../../core/logs/query/index.ts";
import { TopCounts } from "../../core/logs/top.ts";
import type { TenantScope } from "../platform.ts";
import { countCells, wholeMinutes } from "./aggregate-logs.ts";
import { listPatterns } from "./list-patterns.ts";
import type { TimeRange } from "./scan-logs.ts";

const TOP_SERVICES = 10;
const TOP_PATTERNS = 10;

/**
 * Volume, error rate, top services and top patterns of a range, widened to whole minutes, from the index and the hot
 * buffer. The answer names the range that it is for.
 */
export async function logStats(scope: TenantScope, asked: TimeRange) {
  const range = wholeMinutes(asked);
  const { cells, exact } = await countCells(scope, { query: parseQuery("") }, range);
  const services = new TopCounts();
  const errors = new Map<string, number>();
  let events = 0;
  let bytes = 0;
  let failed = 0;
  for (const { service, level, count, bytes: size } of cells) {
    events += count;
    bytes += size;
    services.add(service, count);
    if (level !== "ERROR" && level !== "FATAL") continue;
    failed += count;
    errors.set(service, (errors.get(service) ?? 0) + count);
  }
  const patterns = await listPatterns(scope, range, TOP_PATTERNS);
  return {
    ...range,
    events,
    bytes,
    errors: failed,
    errorRate: events === 0 ? 0 : failed / events,
    topServices: services.top(TOP_SERVICES).map(({ value, count }) => ({
      service: value,
      events: count,
      errors: errors.get(value) ?? 0,
    })),
    topPatterns: patterns.items,
    exact: exact && patterns.exact,
  };
}
