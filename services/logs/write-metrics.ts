import type { Tally } from "../../core/logs/normalize-section.ts";
import type { TenantScope } from "../platform.ts";

/** Analytics Engine takes 25 points an invocation at least (newer pages say 250): we stay within the old number. */
export const MAX_POINTS = 25;

/**
 * Writes how many events came, one point a service and level: never one a line. Index: tenant. Blobs: service, level.
 * Doubles: events. The points are metrics, not accounts: what a queue delivers twice is counted twice. Beyond
 * MAX_POINTS the smallest go uncounted.
 */
export function writeMetrics(scope: TenantScope, tallies: readonly Tally[], budget: number): number {
  const sums = new Map<string, Tally>();
  for (const { serviceName, level, count } of tallies) {
    const key = `${level}:${serviceName}`;
    const known = sums.get(key);
    if (known === undefined) sums.set(key, { serviceName, level, count });
    else known.count += count;
  }
  const points = [...sums.values()].sort((a, b) => b.count - a.count).slice(0, budget);
  for (const { serviceName, level, count } of points) {
    scope.metrics?.writeDataPoint({ indexes: [scope.tenantId], blobs: [serviceName, level], doubles: [count] });
  }
  return points.length;
}
