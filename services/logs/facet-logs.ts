import { TopCounts } from "../../core/logs/top.ts";
import type { TenantScope } from "../platform.ts";
import { type AggregateSource, countCells, countsSuffice, wholeMinutes } from "./aggregate-logs.ts";
import { listPatterns } from "./list-patterns.ts";
import { type LogSelection, scanLogs, type TimeRange } from "./scan-logs.ts";

/** Values that a facet lists. */
const FACET_VALUES = 30;

/** Patterns whose templates are counted: one template is a pattern of each service that logs it. */
const MAX_PATTERNS = 5_000;

function emptyFacets() {
  return { level: new TopCounts(), service: new TopCounts(), environment: new TopCounts(), template: new TopCounts() };
}

/** Nothing is filtered, so the patterns that the index counts are the answer's. */
function isUnfiltered({ levels, services, environments }: LogSelection): boolean {
  return levels === undefined && services === undefined && environments === undefined;
}

/**
 * How the logs of a selection spread over level, service, environment and template. A selection without any filter is
 * answered from the index, for whole minutes; everything else is read. The answer names the range that it is for.
 */
export async function facetsOf(scope: TenantScope, selection: LogSelection, range: TimeRange) {
  const facets = emptyFacets();
  const byRollup = countsSuffice(selection) && isUnfiltered(selection);
  const answered = byRollup ? wholeMinutes(range) : range;
  let source: AggregateSource;
  if (byRollup) {
    const { cells, exact } = await countCells(scope, selection, answered);
    for (const { level, service, environment, count } of cells) {
      facets.level.add(level, count);
      facets.service.add(service, count);
      facets.environment.add(environment, count);
    }
    const patterns = await listPatterns(scope, answered, MAX_PATTERNS);
    for (const { template, count } of patterns.items) facets.template.add(template, count);
    source = { from: "rollups", exact: exact && patterns.exact && patterns.items.length < MAX_PATTERNS };
  } else {
    const report = await scanLogs(scope, selection, range, (row) => {
      facets.level.add(row.level);
      facets.service.add(row.serviceName);
      facets.environment.add(row.environment);
      facets.template.add(row.template);
    });
    const { readDownTo, ...read } = report;
    const all = readDownTo === undefined && read.unreadable === 0;
    source = { from: "logs", exact: all && Object.values(facets).every(({ exact }) => exact), read };
  }
  return {
    ...answered,
    level: facets.level.top(FACET_VALUES),
    service: facets.service.top(FACET_VALUES),
    environment: facets.environment.top(FACET_VALUES),
    template: facets.template.top(FACET_VALUES),
    source,
  };
}
