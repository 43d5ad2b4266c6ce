import type { Context } from "hono";
import * as z from "zod";
import { decodeCursor } from "../../../core/cursor.ts";
import { parseLevel } from "../../../core/events/level.ts";
import { parseTimestamp } from "../../../core/events/timestamp.ts";
import type { FoundLog } from "../../../core/logs/match.ts";
import type { NormalizedLogEvent } from "../../../schema/contracts/log-events.ts";
import { searchLogs } from "../../../services/logs/search-logs.ts";
import type { AppEnv } from "../../context.ts";
import { PageQuery, validQuery } from "../validate.ts";

/** A search that names no range looks at the last day. */
const DEFAULT_RANGE_MS = 24 * 60 * 60 * 1000;

const Time = z.string().transform((text, context) => {
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

const Query = PageQuery.extend({
  from: Time.optional(),
  to: Time.optional(),
  level: Levels.optional(),
  service: Names.optional(),
  environment: Names.optional(),
  q: z.string().min(1).max(500).optional().describe("A part of the message or the stack trace, in any case"),
});

/** A found log as the API shows it: the NormalizedLogEvent contract, and when it was received. */
function shown(tenantId: string, { eventId, row }: FoundLog): NormalizedLogEvent & { receivedAt: string } {
  const iso = new Date(row.timestamp).toISOString();
  return {
    eventId,
    tenantId,
    serviceName: row.serviceName,
    environment: row.environment,
    timestamp: row.nanoseconds === undefined ? iso : `${iso.slice(0, -1)}${String(row.nanoseconds).padStart(6, "0")}Z`,
    receivedAt: new Date(row.receivedAt).toISOString(),
    level: row.level,
    message: row.message,
    messageTemplate: row.template,
    fingerprint: row.fingerprint,
    ...(row.trace === undefined ? {} : { trace: row.trace }),
    ...(row.traceId === undefined ? {} : { traceId: row.traceId }),
    ...(row.attributes === undefined ? {} : { attributes: JSON.parse(row.attributes) }),
    schemaVersion: "v1",
  };
}

/** `GET /logs` */
export async function findLogs(c: Context<AppEnv>): Promise<Response> {
  const query = validQuery(c, Query);
  const to = query.to ?? c.var.platform.now() + 5 * 60 * 1000;
  const { items, nextCursor, read, partial } = await searchLogs(c.var.scope, {
    from: query.from ?? to - DEFAULT_RANGE_MS,
    to,
    levels: query.level,
    services: query.service,
    environments: query.environment,
    text: query.q,
    limit: query.limit,
    cursor: query.cursor === undefined ? undefined : decodeCursor(query.cursor),
  });
  return c.json({ logs: items.map((found) => shown(c.var.scope.tenantId, found)), nextCursor, read, partial });
}
