import { type Cursor, encodeCursor, pageOf } from "../../core/cursor.ts";
import { NewestLogs } from "../../core/logs/newest-logs.ts";
import type { TenantScope } from "../platform.ts";
import { type LogSelection, scanLogs, type TimeRange } from "./scan-logs.ts";

export interface LogSearch extends TimeRange, LogSelection {
  limit: number;
  cursor?: Cursor | undefined;
}

/** Sorts behind every event of its millisecond: a page that ends there goes on with the next older one. */
const BEFORE_ALL_IDS = "00000000-0000-0000-0000-000000000000";

/**
 * The tenant's logs that match, newest first, each once. At a limit the answer is partial: it holds what is certain,
 * and its cursor goes on from there.
 */
export async function searchLogs(scope: TenantScope, search: LogSearch) {
  const { cursor, limit } = search;
  const range = { from: search.from, to: cursor === undefined ? search.to : Math.min(search.to, cursor.at + 1) };
  const found = new NewestLogs(limit + 1, cursor);
  const report = await scanLogs(
    scope,
    search,
    range,
    (row) => found.offer(row),
    // Segments come newest first: once the page is full of newer logs, the rest cannot add to it.
    (unread) => found.isFullBefore(unread),
  );
  const { readDownTo, ...read } = report;
  // What was not read may hold logs as new as this: only newer ones are certain to be in order.
  const certain = found.take().filter(({ row }) => readDownTo === undefined || row.timestamp > readDownTo);
  const page = pageOf(certain, limit, ({ row, eventId }) => ({ at: row.timestamp, id: eventId }));
  const stopped = readDownTo !== undefined && page.nextCursor === null;
  return {
    items: page.items,
    nextCursor: stopped ? encodeCursor({ at: readDownTo + 1, id: BEFORE_ALL_IDS }) : page.nextCursor,
    read,
    partial: readDownTo !== undefined || read.unreadable > 0,
  };
}
