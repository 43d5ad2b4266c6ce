import * as z from "zod";
import { Log0Error } from "../../../core/errors.ts";
import { parseLevel } from "../../../core/events/level.ts";
import { parseTimestamp } from "../../../core/events/timestamp.ts";
import { parseQuery } from "../../../core/logs/query/index.ts";
import type { LogSelection, TimeRange } from "../../../services/logs/scan-logs.ts";

/** A search that names no range looks at the last day. */
const DEFAULT_RANGE_MS = 24 * 60 * 60 * 1000;

/** Logs may be a few minutes ahead of the clock (core/events/timestamp.ts): "now" lies behind the last of them. */
const AHEAD_MS = 5 * 60 * 1000 + 1;

/** The longest retention of any plan, and a day. */
const MAX_RANGE_MS = 91 * 24 * 60 * 60 * 1000;

/** A time as ISO 8601 or an epoch; to Unix ms. */
export const Time = z.string().transform((text, context) => {
  const parsed = parseTimestamp(text);
  if (parsed !== undefined) return parsed.ms;
  context.addIssue("must be ISO 8601 or Unix ms");
  return z.NEVER;
});

const Levels = z.string().transform((text, context) =>
  text.split(",").map((name) => {
    const level = parseLevel(name);
    if (level !== undefined) return level;
    context.addIssue(`unknown level ${name.slice(0, 20)}`);
    return z.NEVER;
  }),
);

const Names = z
  .string()
  .min(1)
  .transform((text) => text.split(","));

/** Which logs a request is about. */
export const SelectionQuery = z.object({
  from: Time.optional(),
  to: Time.optional(),
  level: Levels.optional(),
  service: Names.optional(),
  environment: Names.optional(),
  q: z.string().default("").describe("docs/query-language.md"),
});

/** @throws Log0Error invalid_query */
export function rangeOf(query: { from?: number | undefined; to?: number | undefined }, now: number): TimeRange {
  const to = query.to ?? now + AHEAD_MS;
  const from = query.from ?? to - DEFAULT_RANGE_MS;
  if (from >= to) throw new Log0Error("invalid_query", "the range is empty: from must be before to");
  if (to - from > MAX_RANGE_MS) throw new Log0Error("invalid_query", "the range is longer than 91 days");
  return { from, to };
}

/** @throws QueryError that points at a column */
export function selectionOf(query: z.infer<typeof SelectionQuery>): LogSelection {
  return {
    query: parseQuery(query.q),
    levels: query.level,
    services: query.service,
    environments: query.environment,
  };
}
