import { eventIdOf } from "../ids.ts";
import type { LogRow } from "./log-row.ts";

/** A row with its id: what a result is sorted, paged and told apart by. */
export interface FoundLog {
  eventId: string;
  row: LogRow;
}

/** A place in the order of logs. */
export interface LogPosition {
  /** Unix ms. */
  at: number;
  id: string;
}

/** Newest first; logs of one millisecond by id, descending. */
export function newestFirst(a: FoundLog, b: FoundLog): number {
  if (a.row.timestamp !== b.row.timestamp) return b.row.timestamp - a.row.timestamp;
  return a.eventId < b.eventId ? 1 : -1;
}

/** The other way round. */
export function oldestFirst(a: FoundLog, b: FoundLog): number {
  return newestFirst(b, a);
}

/** Keeps the first `limit` logs, in some order, of all that are offered, each once, in memory for about twice as many. */
class FirstLogs {
  private found = new Map<string, FoundLog>();
  private readonly limit: number;
  private readonly order: (a: FoundLog, b: FoundLog) => number;

  constructor(limit: number, order: (a: FoundLog, b: FoundLog) => number) {
    this.limit = limit;
    this.order = order;
  }

  protected keep(log: FoundLog): void {
    this.found.set(log.eventId, log);
    if (this.found.size >= this.limit * 2 + 100) this.trim();
  }

  /** The last of a full set; undefined while there is room. */
  protected last(): FoundLog | undefined {
    if (this.found.size < this.limit) return undefined;
    this.trim();
    return this.take().at(-1);
  }

  private trim(): void {
    this.found = new Map(this.take().map((log) => [log.eventId, log]));
  }

  /** Those kept, in order. */
  take(): FoundLog[] {
    return [...this.found.values()].sort(this.order).slice(0, this.limit);
  }
}

/** The newest of the logs that are offered. */
export class NewestLogs extends FirstLogs {
  private readonly before: LogPosition | undefined;

  /** @param before only logs that are older than this one, in the order of newestFirst */
  constructor(limit: number, before?: LogPosition) {
    super(limit, newestFirst);
    this.before = before;
  }

  offer(row: LogRow): void {
    const eventId = eventIdOf(row.chunkId, row.index);
    const { before } = this;
    if (before !== undefined) {
      if (row.timestamp > before.at || (row.timestamp === before.at && eventId >= before.id)) return;
    }
    this.keep({ eventId, row });
  }

  /** Whether nothing at or before this time (Unix ms) can still get in. */
  isFullBefore(time: number): boolean {
    const oldest = this.last();
    return oldest !== undefined && oldest.row.timestamp > time;
  }
}

/** The oldest of the logs that are offered and newer than a given one. */
export class OldestLogs extends FirstLogs {
  private readonly after: LogPosition;

  constructor(limit: number, after: LogPosition) {
    super(limit, oldestFirst);
    this.after = after;
  }

  offer(row: LogRow): void {
    const eventId = eventIdOf(row.chunkId, row.index);
    const { at, id } = this.after;
    if (row.timestamp < at || (row.timestamp === at && eventId <= id)) return;
    this.keep({ eventId, row });
  }
}
