import { autoBucket, Histogram } from "../../core/logs/histogram.ts";
import { cellsOf, OTHER, ROLLUP_MS, Rollup, type RollupCell, rollUp, UNBOUNDED } from "../../core/logs/rollup.ts";
import type { TenantScope } from "../platform.ts";
import {
  hotRows,
  type LogSelection,
  MAX_SEGMENTS,
  readHot,
  type ScanReport,
  scanLogs,
  settled,
  type TimeRange,
} from "./scan-logs.ts";
import { rollupsOf } from "./segments.ts";

/** Where an aggregation comes from: counts that lie in the index, or the logs themselves. */
export interface AggregateSource {
  from: "rollups" | "logs";
  /** Whether every log of the answered range is counted, in its bucket. */
  exact: boolean;
  read?: Omit<ScanReport, "readDownTo">;
}

/** The range in whole minutes: what rollups answer exactly. Whoever asks them says that the answer is for this. */
export function wholeMinutes({ from, to }: TimeRange): TimeRange {
  return { from: Math.floor(from / ROLLUP_MS) * ROLLUP_MS, to: Math.ceil(to / ROLLUP_MS) * ROLLUP_MS };
}

/** Whether the selection asks for nothing that rollups do not count. */
export function countsSuffice(selection: LogSelection): boolean {
  return selection.query.condition.kind === "everything";
}

function chooses(selection: LogSelection, range: TimeRange): (cell: RollupCell) => boolean {
  const { levels, services, environments } = selection;
  return (cell) =>
    cell.minute >= range.from &&
    cell.minute < range.to &&
    (levels === undefined || levels.includes(cell.level)) &&
    (services === undefined || services.includes(cell.service)) &&
    (environments === undefined || environments.includes(cell.environment));
}

/** Whether a rollup says all that a selection asks of it. */
function tells({ services, environments, resolutionMs }: Rollup, selection: LogSelection): boolean {
  return (
    resolutionMs === ROLLUP_MS &&
    !(selection.services !== undefined && services.includes(OTHER)) &&
    !(selection.environments !== undefined && environments.includes(OTHER))
  );
}

/** Counts of a range in whole minutes by minute, service, environment and level: every log once. */
export async function countCells(scope: TenantScope, selection: LogSelection, range: TimeRange) {
  const wanted = chooses(selection, range);
  let exact = true;
  const inexact = (): void => {
    exact = false;
  };
  const hot = await readHot(scope, range);
  const cells = [...cellsOf(rollUp(hotRows(hot, range, inexact), UNBOUNDED))].filter(wanted);
  const rows = await rollupsOf(scope, range.from, range.to, MAX_SEGMENTS);
  if (rows.length === MAX_SEGMENTS) inexact();
  for (const { rollup: json } of settled(rows, hot)) {
    const rollup = Rollup.parse(JSON.parse(json));
    if (!tells(rollup, selection)) inexact();
    for (const cell of cellsOf(rollup)) if (wanted(cell)) cells.push(cell);
  }
  return { cells, exact };
}

/**
 * Logs over time by level. Ranges are widened to whole buckets, and the answer names the range that it is for. Where
 * the selection has no query and buckets are whole minutes, no log is read.
 * @param bucketMs chosen to suit the range when undefined
 */
export async function histogramOf(
  scope: TenantScope,
  selection: LogSelection,
  range: TimeRange,
  bucketMs: number | undefined,
) {
  const byRollup = countsSuffice(selection);
  const bucket = bucketMs ?? autoBucket(range.to - range.from, byRollup ? ROLLUP_MS : undefined);
  const histogram = new Histogram(range.from, range.to, bucket);
  const answered = { from: histogram.from, to: histogram.to };
  let source: AggregateSource;
  if (byRollup && bucket % ROLLUP_MS === 0) {
    const { cells, exact } = await countCells(scope, selection, answered);
    for (const cell of cells) histogram.add(cell.minute, cell.level, cell.count);
    source = { from: "rollups", exact };
  } else {
    const report = await scanLogs(scope, selection, answered, (row) => histogram.add(row.timestamp, row.level, 1));
    const { readDownTo, ...read } = report;
    source = { from: "logs", exact: readDownTo === undefined && read.unreadable === 0, read };
  }
  return { ...answered, bucketMs: bucket, buckets: histogram.finish(), source };
}
