import * as z from "zod";
import { LEVELS, type Level } from "../../schema/contracts/levels.ts";
import { Dictionary } from "../wire/dictionary.ts";
import type { LogRow } from "./log-row.ts";

/** Rollups count by the minute: charts show no finer bucket over a range that needs them. */
export const ROLLUP_MS = 60_000;

/**
 * Bounds of a rollup, so that no mix of logs makes an index row grow beyond D1's 2 MB: names beyond these are counted
 * under OTHER; where there are still too many cells, they are counted by the hour, then by the day, and what is new
 * after that under OTHER, too.
 */
const INDEX_ROW = { services: 500, environments: 50, cells: 12_000 };
const RESOLUTIONS_MS: readonly number[] = [ROLLUP_MS, 60 * ROLLUP_MS, 24 * 60 * ROLLUP_MS];
export const OTHER = "(other)";

/** For counts that stay in memory: every name and minute is counted by itself. */
export const UNBOUNDED: typeof INDEX_ROW = {
  services: Number.POSITIVE_INFINITY,
  environments: Number.POSITIVE_INFINITY,
  cells: Number.POSITIVE_INFINITY,
};

/**
 * What a segment holds, counted per minute, service, environment and level. It lies in the segment's own index row: it
 * comes and goes with the segment, costs no row of its own, and cannot be added twice.
 */
export const Rollup = z.object({
  services: z.array(z.string()),
  environments: z.array(z.string()),
  /** Length of the cells' buckets, ms: a minute, or an hour or a day where there were too many. */
  resolutionMs: z.int(),
  /** [minute since the epoch, service, environment, level (index in LEVELS), events, bytes] */
  cells: z.array(z.tuple([z.int(), z.int(), z.int(), z.int(), z.int(), z.int()])),
});
export type Rollup = z.infer<typeof Rollup>;

/** A cell with its names. Times are Unix ms. */
export interface RollupCell {
  minute: number;
  service: string;
  environment: string;
  level: Level;
  count: number;
  bytes: number;
}

/** Bytes that a stored row stands for, as usage counts them: its texts, in characters. */
export function rowBytes(row: LogRow): number {
  return row.message.length + (row.trace?.length ?? 0) + (row.attributes?.length ?? 0);
}

function named(dictionary: Dictionary, name: string, limit: number): number {
  return dictionary.indexOf(dictionary.has(name) || dictionary.values.length < limit ? name : OTHER);
}

/** Gathers cells; equal ones are added up. */
export class RollupBuilder {
  private readonly services = new Dictionary();
  private readonly environments = new Dictionary();
  private cells = new Map<string, Rollup["cells"][number]>();
  private resolutionMs = ROLLUP_MS;
  private readonly bounds: typeof INDEX_ROW;

  constructor(bounds = INDEX_ROW) {
    this.bounds = bounds;
  }

  add(cell: RollupCell): void {
    this.put(
      Math.floor(cell.minute / ROLLUP_MS),
      named(this.services, cell.service, this.bounds.services),
      named(this.environments, cell.environment, this.bounds.environments),
      LEVELS.indexOf(cell.level),
      cell.count,
      cell.bytes,
    );
    while (this.cells.size > this.bounds.cells && this.coarser !== undefined) this.coarsen(this.coarser);
  }

  addRow(row: LogRow): void {
    this.add({
      minute: row.timestamp,
      service: row.serviceName,
      environment: row.environment,
      level: row.level,
      count: 1,
      bytes: rowBytes(row),
    });
  }

  addAll(rollup: Rollup): void {
    if (rollup.resolutionMs > this.resolutionMs) this.coarsen(rollup.resolutionMs);
    for (const cell of cellsOf(rollup)) this.add(cell);
  }

  finish(): Rollup {
    return {
      services: this.services.values,
      environments: this.environments.values,
      resolutionMs: this.resolutionMs,
      cells: [...this.cells.values()],
    };
  }

  private put(minute: number, service: number, environment: number, level: number, count: number, bytes: number): void {
    const step = this.resolutionMs / ROLLUP_MS;
    const start = Math.floor(minute / step) * step;
    const key = `${start}/${service}/${environment}/${level}`;
    const known = this.cells.get(key);
    if (known !== undefined) {
      known[4] += count;
      known[5] += bytes;
      return;
    }
    if (this.cells.size >= this.bounds.cells && this.coarser === undefined) {
      const others = [this.services.indexOf(OTHER), this.environments.indexOf(OTHER)] as const;
      if (service !== others[0] || environment !== others[1]) {
        this.put(minute, ...others, level, count, bytes);
        return;
      }
    }
    this.cells.set(key, [start, service, environment, level, count, bytes]);
  }

  /** The next coarser resolution, ms. */
  private get coarser(): number | undefined {
    return RESOLUTIONS_MS.find((resolution) => resolution > this.resolutionMs);
  }

  private coarsen(resolutionMs: number): void {
    const fine = this.cells;
    this.cells = new Map();
    this.resolutionMs = resolutionMs;
    for (const cell of fine.values()) this.put(...cell);
  }
}

/** The cells of a rollup, with their names; a cell that points nowhere is left out. */
export function* cellsOf(rollup: Rollup): Generator<RollupCell> {
  for (const [minute, serviceIndex, environmentIndex, levelIndex, count, bytes] of rollup.cells) {
    const service = rollup.services[serviceIndex];
    const environment = rollup.environments[environmentIndex];
    const level = LEVELS[levelIndex];
    if (service === undefined || environment === undefined || level === undefined) continue;
    yield { minute: minute * ROLLUP_MS, service, environment, level, count, bytes };
  }
}

/** The rollup of rows. */
export function rollUp(rows: Iterable<LogRow>, bounds = INDEX_ROW): Rollup {
  const builder = new RollupBuilder(bounds);
  for (const row of rows) builder.addRow(row);
  return builder.finish();
}
