import type { LogRow } from "../log-row.ts";
import { inSegmentOrder } from "./order.ts";
import type { SegmentStats } from "./stats.ts";
import { type SegmentOptions, SegmentWriter } from "./writer.ts";

/**
 * Writes rows, any number in any order, as one Parquet file that any reader opens; `stats` is what the index keeps of
 * it. Takes about 3 ms of CPU per 1,000 rows of 314 bytes, 1 ms of it for the word filter, and little memory besides
 * the rows and the file: one row group is encoded at a time. Throws RangeError on a time that is not a whole number
 * of ms.
 */
export function writeSegment(
  rows: readonly LogRow[],
  options: SegmentOptions = {},
): { bytes: Uint8Array; stats: SegmentStats } {
  const writer = new SegmentWriter(options);
  const start = writer.addRows(inSegmentOrder(rows));
  const { bytes: end, stats } = writer.finish();
  const bytes = new Uint8Array(start.length + end.length);
  bytes.set(start);
  bytes.set(end, start.length);
  return { bytes, stats };
}
