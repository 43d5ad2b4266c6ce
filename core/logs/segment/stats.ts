import { LEVELS, type Level } from "../../../schema/contracts/levels.ts";
import type { LogRow } from "../log-row.ts";
import type { SegmentFilter } from "./filter/location.ts";

/** One fingerprint in a segment. */
export interface PatternStat {
  fingerprint: string;
  template: string;
  serviceName: string;
  /** The most severe level that the pattern was seen with: a template can be logged at several. */
  level: Level;
  count: number;
  /** Unix ms of the earliest event. */
  firstSeen: number;
  /** Unix ms of the latest event. */
  lastSeen: number;
}

/** What the index, the rollups and the pattern table need to know of a segment, gathered while it is written. */
export interface SegmentStats {
  rows: number;
  /** Unix ms, inclusive; 0 in an empty segment. */
  minTimestamp: number;
  /** Unix ms, inclusive; 0 in an empty segment. */
  maxTimestamp: number;
  /** Rows per level, only levels that occur. */
  levels: Record<string, number>;
  /** Rows per service name. */
  services: Record<string, number>;
  patterns: PatternStat[];
  /** Where the word filter is in the file: a search that knows it reads the filter first, and mostly nothing else. */
  filter?: SegmentFilter;
}

const SEVERITY: ReadonlyMap<Level, number> = new Map(LEVELS.map((level, rank) => [level, rank]));
const severity = (level: Level): number => SEVERITY.get(level) ?? 0;

/**
 * Counts rows as they are written, row group by row group, while they are in the processor's cache: a pass of its own
 * over a segment costs as much as sorting it. Rows come in segment order, so most are of the pattern before them.
 */
export class StatsTally {
  readonly #levels = new Map<string, number>();
  readonly #services = new Map<string, number>();
  readonly #patterns = new Map<string, PatternStat>();
  #rows = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  add(rows: readonly LogRow[]): void {
    this.#rows += rows.length;
    let pattern: PatternStat | undefined;
    for (const row of rows) {
      if (row.timestamp < this.#min) this.#min = row.timestamp;
      if (row.timestamp > this.#max) this.#max = row.timestamp;
      if (pattern?.fingerprint !== row.fingerprint) pattern = this.#patternOf(row);
      count(pattern, row);
    }
    for (const [level, sum] of tally(rows, (row) => row.level)) add(this.#levels, level, sum);
    for (const [service, sum] of tally(rows, (row) => row.serviceName)) add(this.#services, service, sum);
  }

  result(): SegmentStats {
    return {
      rows: this.#rows,
      minTimestamp: this.#rows > 0 ? this.#min : 0,
      maxTimestamp: this.#rows > 0 ? this.#max : 0,
      // fromEntries defines own properties: a service named "__proto__" is a key like any other.
      levels: Object.fromEntries(this.#levels),
      services: Object.fromEntries(this.#services),
      patterns: [...this.#patterns.values()],
    };
  }

  #patternOf({ fingerprint, template, serviceName, level, timestamp }: LogRow): PatternStat {
    const known = this.#patterns.get(fingerprint);
    if (known) return known;
    const pattern = { fingerprint, template, serviceName, level, count: 0, firstSeen: timestamp, lastSeen: timestamp };
    this.#patterns.set(fingerprint, pattern);
    return pattern;
  }
}

function count(pattern: PatternStat, row: LogRow): void {
  pattern.count++;
  if (row.timestamp < pattern.firstSeen) pattern.firstSeen = row.timestamp;
  if (row.timestamp > pattern.lastSeen) pattern.lastSeen = row.timestamp;
  if (row.level !== pattern.level && severity(row.level) > severity(pattern.level)) pattern.level = row.level;
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

/** Sums runs of equal keys before it looks any of them up. */
function* tally(rows: readonly LogRow[], keyOf: (row: LogRow) => string): Generator<[key: string, rows: number]> {
  let key: string | undefined;
  let run = 0;
  for (const row of rows) {
    const next = keyOf(row);
    if (next !== key) {
      if (key !== undefined) yield [key, run];
      key = next;
      run = 0;
    }
    run++;
  }
  if (key !== undefined) yield [key, run];
}
