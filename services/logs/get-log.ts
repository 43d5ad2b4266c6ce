import { MAX_LATENESS_MS } from "../../core/clusters/digest.ts";
import { Log0Error } from "../../core/errors.ts";
import { MAX_FUTURE_MS, MAX_PAST_MS } from "../../core/events/timestamp.ts";
import { splitEventId, timeOfUuid } from "../../core/ids.ts";
import { type FoundLog, NewestLogs, OldestLogs } from "../../core/logs/newest-logs.ts";
import { parseQuery } from "../../core/logs/query/index.ts";
import type { TenantScope } from "../platform.ts";
import { scanLogs, type TimeRange } from "./scan-logs.ts";

/** Retention of the longest plan: no log is older. */
const MAX_AGE_MS = 90 * 24 * 60 * 60 * 1000;

/** How far from the log its neighbours are looked for: first near, then further. */
const NEIGHBOUR_RANGES_MS = [60_000, 60 * 60_000, 24 * 60 * 60_000];

/**
 * Where a log is looked for: at its time where that is known, otherwise first around its receipt, which its id tells
 * where the client named no idempotency key, and only then everywhere.
 */
function placesOf(eventId: string, timestamp: number | undefined, now: number): TimeRange[] {
  if (timestamp !== undefined) return [{ from: timestamp, to: timestamp + 1 }];
  const receivedAt = timeOfUuid(eventId);
  const everywhere = { from: now - MAX_AGE_MS, to: now + 2 * MAX_FUTURE_MS };
  if (receivedAt === undefined) return [everywhere];
  const near = { from: receivedAt - MAX_LATENESS_MS, to: receivedAt + 2 * MAX_FUTURE_MS };
  return [near, { from: receivedAt - MAX_PAST_MS, to: near.from }];
}

async function find(scope: TenantScope, eventId: string, timestamp: number | undefined): Promise<FoundLog> {
  if (splitEventId(eventId) === undefined) throw new Log0Error("not_found", "not an event id");
  const query = parseQuery(`event_id:"${eventId}"`);
  let complete = true;
  for (const range of placesOf(eventId, timestamp, scope.now())) {
    const found = new NewestLogs(1);
    const report = await scanLogs(
      scope,
      { query },
      range,
      (row) => found.offer(row),
      () => found.take().length > 0,
    );
    const [log] = found.take();
    if (log !== undefined) return log;
    complete = complete && report.readDownTo === undefined;
  }
  if (complete) throw new Log0Error("not_found", "no such log");
  throw new Log0Error("invalid_query", "too many logs to look through: name the log's timestamp");
}

/** The logs of the same service just before, newest first. */
async function before(scope: TenantScope, log: FoundLog, count: number): Promise<FoundLog[]> {
  const { timestamp, serviceName } = log.row;
  let nearest: FoundLog[] = [];
  for (const reach of NEIGHBOUR_RANGES_MS) {
    const found = new NewestLogs(count, { at: timestamp, id: log.eventId });
    const selection = { query: parseQuery(""), services: [serviceName] };
    const range = { from: timestamp - reach, to: timestamp + 1 };
    await scanLogs(
      scope,
      selection,
      range,
      (row) => found.offer(row),
      (unread) => found.isFullBefore(unread),
    );
    nearest = found.take();
    if (nearest.length >= count) break;
  }
  return nearest;
}

/** The logs of the same service just after, oldest first. */
async function after(scope: TenantScope, log: FoundLog, count: number): Promise<FoundLog[]> {
  const { timestamp, serviceName } = log.row;
  let nearest: FoundLog[] = [];
  for (const reach of NEIGHBOUR_RANGES_MS) {
    const found = new OldestLogs(count, { at: timestamp, id: log.eventId });
    const selection = { query: parseQuery(""), services: [serviceName] };
    await scanLogs(scope, selection, { from: timestamp, to: timestamp + reach }, (row) => found.offer(row));
    nearest = found.take();
    if (nearest.length >= count) break;
  }
  return nearest;
}

/** A log with its neighbours of the same service. `timestamp` (Unix ms), where known, spares looking through all. */
export async function getLog(
  scope: TenantScope,
  eventId: string,
  options: { timestamp?: number | undefined; context: number },
) {
  const log = await find(scope, eventId, options.timestamp);
  if (options.context === 0) return { log, before: [], after: [] };
  const [earlier, later] = await Promise.all([before(scope, log, options.context), after(scope, log, options.context)]);
  return { log, before: earlier, after: later };
}
