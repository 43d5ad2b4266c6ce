import type { Level } from "../../schema/contracts/levels.ts";
import { eventIdOf } from "../ids.ts";
import type { LogRow } from "./log-row.ts";

/** What a search asks for. Times are Unix ms, from inclusive, to exclusive. */
export interface LogFilter {
  from: number;
  to: number;
  levels?: readonly Level[] | undefined;
  services?: readonly string[] | undefined;
  environments?: readonly string[] | undefined;
  /** A part of the message or the trace, in any case. */
  text?: string | undefined;
}

/** A predicate over rows; what depends on the filter alone is computed once. */
export function matcher(filter: LogFilter): (row: LogRow) => boolean {
  const levels = filter.levels === undefined ? undefined : new Set<string>(filter.levels);
  const services = filter.services === undefined ? undefined : new Set(filter.services);
  const environments = filter.environments === undefined ? undefined : new Set(filter.environments);
  const text = filter.text?.toLowerCase();
  return (row) =>
    row.timestamp >= filter.from &&
    row.timestamp < filter.to &&
    (levels === undefined || levels.has(row.level)) &&
    (services === undefined || services.has(row.serviceName)) &&
    (environments === undefined || environments.has(row.environment)) &&
    (text === undefined ||
      row.message.toLowerCase().includes(text) ||
      (row.trace?.toLowerCase().includes(text) ?? false));
}

/** A row with its id: what a result is sorted, paged and told apart by. */
export interface FoundLog {
  eventId: string;
  row: LogRow;
}

/** Newest first; logs of one millisecond by id, descending. */
export function newestFirst(a: FoundLog, b: FoundLog): number {
  if (a.row.timestamp !== b.row.timestamp) return b.row.timestamp - a.row.timestamp;
  return a.eventId < b.eventId ? 1 : -1;
}

/**
 * Keeps the newest `limit` logs of all that are offered, each once, in memory for at most twice as many. A log that is
 * in the hot buffer and in a segment at once (while a flush runs) is offered twice.
 */
export class NewestLogs {
  private found = new Map<string, FoundLog>();
  private readonly limit: number;
  private readonly before: { at: number; id: string } | undefined;

  /** @param before only logs that sort after this one */
  constructor(limit: number, before?: { at: number; id: string }) {
    this.limit = limit;
    this.before = before;
  }

  offer(row: LogRow): void {
    const eventId = eventIdOf(row.chunkId, row.index);
    const { before } = this;
    if (before !== undefined) {
      if (row.timestamp > before.at || (row.timestamp === before.at && eventId >= before.id)) return;
    }
    this.found.set(eventId, { eventId, row });
    if (this.found.size >= this.limit * 2 + 100) this.trim();
  }

  private trim(): void {
    this.found = new Map(this.take().map((log) => [log.eventId, log]));
  }

  /** Whether nothing at or before this time (Unix ms) can still get in. */
  isFullBefore(time: number): boolean {
    if (this.found.size < this.limit) return false;
    this.trim();
    const oldest = this.take().at(-1);
    return oldest !== undefined && oldest.row.timestamp > time;
  }

  take(): FoundLog[] {
    return [...this.found.values()].sort(newestFirst).slice(0, this.limit);
  }
}
