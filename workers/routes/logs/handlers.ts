import type { Context } from "hono";
import * as z from "zod";
import { decodeCursor } from "../../../core/cursor.ts";
import { Log0Error } from "../../../core/errors.ts";
import { CSV, NDJSON } from "../../../core/logs/export-format.ts";
import { MAX_BUCKETS } from "../../../core/logs/histogram.ts";
import { presentLog } from "../../../core/logs/present-log.ts";
import { histogramOf } from "../../../services/logs/aggregate-logs.ts";
import { exportLogs } from "../../../services/logs/export-logs.ts";
import { facetsOf } from "../../../services/logs/facet-logs.ts";
import { getLog } from "../../../services/logs/get-log.ts";
import { listPatterns } from "../../../services/logs/list-patterns.ts";
import { logStats } from "../../../services/logs/log-stats.ts";
import { searchLogs } from "../../../services/logs/search-logs.ts";
import { accessChecks } from "../../../services/tenants/check-access.ts";
import type { AppEnv } from "../../context.ts";
import { PageQuery, validQuery } from "../validate.ts";
import { rangeOf, SelectionQuery, selectionOf, Time } from "./selection.ts";

const SearchQuery = SelectionQuery.extend(PageQuery.shape);

const HistogramQuery = SelectionQuery.extend({
  bucketMs: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(30 * 86_400_000)
    .optional(),
});

const LogQuery = z.object({
  timestamp: Time.optional(),
  context: z.coerce.number().int().min(0).max(100).default(10),
});

const RangeQuery = SelectionQuery.pick({ from: true, to: true });
const PatternsQuery = RangeQuery.extend({ limit: z.coerce.number().int().min(1).max(500).default(100) });

const FORMATS = {
  ndjson: { contentType: NDJSON.contentType, format: NDJSON },
  csv: { contentType: CSV.contentType, format: CSV },
  parquet: { contentType: "application/vnd.apache.parquet", format: "parquet" },
} as const;
const ExportQuery = SelectionQuery.extend({ format: z.enum(["ndjson", "csv", "parquet"]).default("ndjson") });

/** `GET /logs` */
export async function findLogs(c: Context<AppEnv>): Promise<Response> {
  const { limit, cursor, ...query } = validQuery(c, SearchQuery);
  const { items, nextCursor, read, partial } = await searchLogs(c.var.scope, {
    ...selectionOf(query),
    ...rangeOf(query, c.var.platform.now()),
    limit,
    cursor: cursor === undefined ? undefined : decodeCursor(cursor),
  });
  return c.json({ logs: items.map((found) => presentLog(c.var.scope.tenantId, found)), nextCursor, read, partial });
}

/** `GET /logs/histogram` */
export async function histogram(c: Context<AppEnv>): Promise<Response> {
  const { bucketMs, ...query } = validQuery(c, HistogramQuery);
  const range = rangeOf(query, c.var.platform.now());
  if (bucketMs !== undefined && (range.to - range.from) / bucketMs > MAX_BUCKETS - 2) {
    throw new Log0Error("invalid_query", `more than ${MAX_BUCKETS} buckets: take longer ones`);
  }
  return c.json(await histogramOf(c.var.scope, selectionOf(query), range, bucketMs));
}

/** `GET /logs/facets` */
export async function facets(c: Context<AppEnv>): Promise<Response> {
  const query = validQuery(c, SelectionQuery);
  return c.json(await facetsOf(c.var.scope, selectionOf(query), rangeOf(query, c.var.platform.now())));
}

/** `GET /logs/export` */
export async function download(c: Context<AppEnv>): Promise<Response> {
  const { format: name, ...query } = validQuery(c, ExportQuery);
  const { contentType, format } = FORMATS[name];
  const { scope, principal } = c.var;
  const range = rangeOf(query, scope.now());
  const mayGoOn = accessChecks(scope, principal.credential);
  return new Response(await exportLogs(scope, selectionOf(query), range, format, mayGoOn), {
    headers: { "content-type": contentType, "content-disposition": `attachment; filename="logs.${name}"` },
  });
}

/** `GET /logs/:eventId` */
export async function oneLog(c: Context<AppEnv>): Promise<Response> {
  const { tenantId } = c.var.scope;
  const { log, before, after } = await getLog(c.var.scope, c.req.param("eventId") ?? "", validQuery(c, LogQuery));
  return c.json({
    log: presentLog(tenantId, log),
    before: before.map((found) => presentLog(tenantId, found)),
    after: after.map((found) => presentLog(tenantId, found)),
  });
}

/** `GET /stats` */
export async function stats(c: Context<AppEnv>): Promise<Response> {
  return c.json(await logStats(c.var.scope, rangeOf(validQuery(c, RangeQuery), c.var.platform.now())));
}

/** `GET /patterns` */
export async function patterns(c: Context<AppEnv>): Promise<Response> {
  const { limit, ...query } = validQuery(c, PatternsQuery);
  const { items, exact } = await listPatterns(c.var.scope, rangeOf(query, c.var.platform.now()), limit);
  return c.json({ patterns: items, exact });
}
