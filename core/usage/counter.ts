import * as z from "zod";
import type { Section } from "../../schema/contracts/envelope.ts";
import { dayOf } from "./days.ts";

/** What is counted of stored logs. */
export interface Counts {
  /** Without duplicates, and without events that were split off their chunk. */
  events: number;
  /** Of raw logs. */
  bytes: number;
  chunks: number;
  /** Requests that the chunks were made of. */
  requests: number;
}

/** The counts of a source on a day, from the day's beginning. */
export interface UsageDay extends Counts {
  day: string;
  sourceId: string;
}

/** Where chunks are counted that do not say who sent them, or that come from too many sources. */
export const UNKNOWN_SOURCE = "unknown";

/** Sources that are told apart, a day: beyond it a tenant that makes and deletes sources would let the state grow. */
const MAX_SOURCES = 1_000;

/** Counts wait so long for others before they are written: a row is written at most once in this time. */
export const PUSH_INTERVAL_MS = 60_000;

/** A day is remembered so long after its end: should a clock go back a little, it is not begun anew. */
const FORGET_AFTER_MS = 60 * 60 * 1000;

const count = z.int().min(0);

export const UsageState = z.object({
  /** When the first of what has not been sent was stored (Unix ms); null when all has been sent. */
  since: z.int().nullable(),
  days: z.array(
    z.object({
      day: z.string(),
      sourceId: z.string(),
      events: count,
      bytes: count,
      chunks: count,
      requests: count,
      /** `chunks` as they were last sent: every change of the counts adds one. */
      sentChunks: count,
    }),
  ),
});
export type UsageState = z.infer<typeof UsageState>;

export const NO_USAGE: UsageState = { since: null, days: [] };

type Entry = UsageState["days"][number];

/**
 * What a store has counted per day (UTC, of storing) and source. The counts are absolute, and a pure function of what
 * was stored: whoever begins again from an earlier state and adds what was stored since has the same.
 */
export class UsageCounter {
  private readonly entries = new Map<string, Entry>();
  private readonly sourcesOf = new Map<string, number>();
  private since: number | null;

  constructor(state: UsageState = NO_USAGE) {
    this.since = state.since;
    for (const entry of state.days) this.keep({ ...entry });
  }

  /** @param storedAt Unix ms */
  add(section: Section, storedAt: number): void {
    const entry = this.entryOf(dayOf(storedAt), section.sourceId ?? UNKNOWN_SOURCE);
    const events = section.count - (section.skipped?.length ?? 0);
    entry.events += events;
    entry.bytes += events === 0 ? 0 : section.rawBytes;
    entry.chunks++;
    entry.requests += section.requests ?? 0;
    this.since ??= storedAt;
  }

  /** When the counts are to be written (Unix ms); undefined when they are. */
  dueAt(): number | undefined {
    return this.since === null ? undefined : this.since + PUSH_INTERVAL_MS;
  }

  /** What has changed since it was last sent. */
  unsent(): UsageDay[] {
    return [...this.entries.values()]
      .filter(({ chunks, sentChunks }) => chunks > sentChunks)
      .map(({ sentChunks: _sent, ...counts }) => counts);
  }

  /**
   * Notes that counts have been written, and forgets the days that are over.
   * @param now when they were taken (Unix ms): what came later waits from then
   */
  sent(days: readonly UsageDay[], now: number): void {
    for (const { day, sourceId, chunks } of days) {
      const entry = this.entries.get(keyOf(day, sourceId));
      if (entry !== undefined) entry.sentChunks = Math.max(entry.sentChunks, chunks);
    }
    for (const [key, entry] of this.entries) {
      if (entry.chunks === entry.sentChunks && entry.day < dayOf(now - FORGET_AFTER_MS)) this.entries.delete(key);
    }
    for (const day of this.sourcesOf.keys()) if (day < dayOf(now - FORGET_AFTER_MS)) this.sourcesOf.delete(day);
    this.since = this.unsent().length === 0 ? null : now;
  }

  state(): UsageState {
    return { since: this.since, days: [...this.entries.values()].map((entry) => ({ ...entry })) };
  }

  private entryOf(day: string, sourceId: string): Entry {
    const known = this.entries.get(keyOf(day, sourceId));
    if (known !== undefined) return known;
    if (sourceId !== UNKNOWN_SOURCE && (this.sourcesOf.get(day) ?? 0) >= MAX_SOURCES) {
      return this.entryOf(day, UNKNOWN_SOURCE);
    }
    return this.keep({ day, sourceId, events: 0, bytes: 0, chunks: 0, requests: 0, sentChunks: 0 });
  }

  private keep(entry: Entry): Entry {
    this.entries.set(keyOf(entry.day, entry.sourceId), entry);
    this.sourcesOf.set(entry.day, (this.sourcesOf.get(entry.day) ?? 0) + 1);
    return entry;
  }
}

function keyOf(day: string, sourceId: string): string {
  return `${day}/${sourceId}`;
}
