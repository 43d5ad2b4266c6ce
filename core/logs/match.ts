import type { Level } from "../../schema/contracts/levels.ts";
import type { LogRow } from "./log-row.ts";

/** The plain filters of a search. Times are Unix ms, from inclusive, to exclusive. */
export interface LogFilter {
  from: number;
  to: number;
  levels?: readonly Level[] | undefined;
  services?: readonly string[] | undefined;
  environments?: readonly string[] | undefined;
}

/** A predicate over rows; what depends on the filter alone is computed once. */
export function matcher(filter: LogFilter): (row: LogRow) => boolean {
  const levels = filter.levels === undefined ? undefined : new Set<string>(filter.levels);
  const services = filter.services === undefined ? undefined : new Set(filter.services);
  const environments = filter.environments === undefined ? undefined : new Set(filter.environments);
  return (row) =>
    row.timestamp >= filter.from &&
    row.timestamp < filter.to &&
    (levels === undefined || levels.has(row.level)) &&
    (services === undefined || services.has(row.serviceName)) &&
    (environments === undefined || environments.has(row.environment));
}
