import * as z from "zod";
import { Level } from "../../schema/contracts/levels.ts";
import { LIMITS } from "../../schema/contracts/limits.ts";
import { Log0Error } from "../errors.ts";
import { parseLevel } from "../events/level.ts";
import type { LogRow } from "../logs/log-row.ts";
import { compile, type LogQuery, MAX_QUERY_CHARACTERS, parseQuery } from "../logs/query/index.ts";
import { LIVE_LIMITS } from "./limits.ts";

const name = z.string().min(1).max(LIMITS.nameCharacters);

/** What a socket wants to see, as its attachment keeps it; a missing part lets everything pass. */
export const LiveFilter = z.strictObject({
  levels: z.array(Level).optional(),
  services: z.array(name).max(LIVE_LIMITS.services).optional(),
  environments: z.array(name).max(LIVE_LIMITS.environments).optional(),
  q: z.string().min(1).max(MAX_QUERY_CHARACTERS).optional(),
});
export type LiveFilter = z.infer<typeof LiveFilter>;

/** `a,b`, as in the query of `GET /logs`, or a list. */
function listOf(max: number) {
  const split = z
    .string()
    .min(1)
    .transform((text) => text.split(","));
  return z.union([split, z.array(z.string())]).pipe(z.array(name).min(1).max(max));
}

/** The parts of a filter as a client names them, in the query of the URL or in a message. */
export const FilterFields = z.strictObject({
  level: listOf(20).optional(),
  service: listOf(LIVE_LIMITS.services).optional(),
  environment: listOf(LIVE_LIMITS.environments).optional(),
  q: z.string().min(1).max(MAX_QUERY_CHARACTERS).optional(),
});
export type FilterFields = z.infer<typeof FilterFields>;

/** @throws Log0Error invalid_query, for a level that does not exist or a query that cannot be read */
export function readFilter({ level, service, environment, q }: FilterFields): LiveFilter {
  const levels = level?.map((text) => {
    const known = parseLevel(text);
    if (known === undefined) throw new Log0Error("invalid_query", `unknown level ${text.slice(0, 20)}`);
    return known;
  });
  if (q !== undefined) parseQuery(q);
  return {
    ...(levels === undefined ? {} : { levels: [...new Set(levels)].sort() }),
    ...(service === undefined ? {} : { services: [...new Set(service)].sort() }),
    ...(environment === undefined ? {} : { environments: [...new Set(environment)].sort() }),
    ...(q === undefined ? {} : { q }),
  };
}

/** A filter made ready: what depends on it alone is computed once. */
export class LiveMatcher {
  private readonly levels: ReadonlySet<string> | undefined;
  private readonly services: ReadonlySet<string> | undefined;
  private readonly environments: ReadonlySet<string> | undefined;
  private readonly query: LogQuery | undefined;

  /** @throws QueryError when the filter did not come from `readFilter` */
  constructor({ levels, services, environments, q }: LiveFilter) {
    this.levels = levels && new Set(levels);
    this.services = services && new Set(services);
    this.environments = environments && new Set(environments);
    this.query = q === undefined ? undefined : parseQuery(q);
  }

  /**
   * The items whose row matches. The query is compiled anew each time: a compiled one holds on to the last row that it
   * saw, and there may be one a socket.
   */
  select<T extends { row: LogRow }>(items: readonly T[]): T[] {
    const { levels, services, environments } = this;
    const matches = this.query === undefined ? () => true : compile(this.query);
    return items.filter(
      ({ row }) =>
        (levels === undefined || levels.has(row.level)) &&
        (services === undefined || services.has(row.serviceName)) &&
        (environments === undefined || environments.has(row.environment)) &&
        matches(row),
    );
  }
}
