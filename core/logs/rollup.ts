import * as z from "zod";
import { LEVELS, type Level } from "../../schema/contracts/levels.ts";
import { Dictionary } from "../wire/dictionary.ts";
import type { LogRow } from "./log-row.ts";

/** Rollups count by the minute: charts show no finer bucket over a range that needs them. */
export const ROLLUP_MS = 60_000;

/**
 * Bounds of a rollup, so that no mix of logs makes an index row grow beyond D1's 2 MB: names beyond these are counted
 * under OTHER, and where there are still too many cells, they are counted by the hour.
 */
const MAX_SERVICES = 500;
const MAX_ENVIRONMENTS = 50;
const MAX_CELLS = 12_000;
const COARSE_MS = 60 * ROLLUP_MS;
export const OTHER = "(other)";

/**
 * What a segment holds, counted per minute, service, environment and level. It lies in the segment's own index row: it
 * comes and goes with the segment, costs no row of its own, and cannot be added twice.
 */
export const Rollup = z.object({
  services: z.array(z.string()),
  environments: z.array(z.string()),
  /** Length of the cells' buckets, ms: a minute, or an hour where there were too many. */
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

  add(cell: RollupCell): void {
    this.put(
      Math.floor(cell.minute / ROLLUP_MS),
      named(this.services, cell.service, MAX_SERVICES),
      named(this.environments, cell.environment, MAX_ENVIRONMENTS),
      LEVELS.indexOf(cell.level),
      cell.count,
      cell.bytes,
    );
    if (this.cells.size > MAX_CELLS && this.resolutionMs === ROLLUP_MS) this.coarsen();
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
    if (rollup.resolutionMs > this.resolutionMs) this.coarsen();
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
    if (known === undefined) this.cells.set(key, [start, service, environment, level, count, bytes]);
    else {
      known[4] += count;
      known[5] += bytes;
    }
  }

  private coarsen(): void {
    const fine = this.cells;
    this.cells = new Map();
    this.resolutionMs = COARSE_MS;
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
export function rollUp(rows: Iterable<LogRow>): Rollup {
  const builder = new RollupBuilder();
  for (const row of rows) builder.addRow(row);
  return builder.finish();
}
