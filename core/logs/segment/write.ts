import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { LogRow } from "../log-row.ts";
import { writeColumnChunk } from "./chunk.ts";
import { inSegmentOrder, ROWS_PER_GROUP, rowGroups } from "./order.ts";
import { COLUMNS, SCHEMA } from "./schema.ts";
import { type SegmentStats, StatsTally } from "./stats.ts";

export interface SegmentOptions {
  /** zlib's level, 1 (fast) to 9 (small). */
  gzipLevel?: number;
  /** Rows in a row group, at most. */
  rowsPerGroup?: number;
}

/**
 * The highest level of zlib's quick strategy: measured as fast as level 1 and 3 % smaller. A flush runs on the thread
 * that takes the logs in; level 6 makes a segment 5 % smaller still for a third more time, which a merge can afford.
 */
const FLUSH_GZIP_LEVEL = 3;

/** Service names are told apart by their statistics up to this length; a longer bound is cut, and stays a bound. */
const STATISTICS_BYTES = 64;

/**
 * Writes rows, any number in any order, as one Parquet file that any reader opens; `stats` is what the index keeps of
 * it. Takes about 2.2 ms of CPU per 1,000 rows of 314 bytes (workerd, 2 cores), and little memory besides the rows and
 * the file: one row group is encoded at a time. Throws RangeError on a time that is not a whole number of ms.
 */
export function writeSegment(
  rows: readonly LogRow[],
  { gzipLevel = FLUSH_GZIP_LEVEL, rowsPerGroup = ROWS_PER_GROUP }: SegmentOptions = {},
): { bytes: Uint8Array; stats: SegmentStats } {
  const writer = new ByteWriter(256 * 1024);
  const parquet = new ParquetWriter({
    writer,
    schema: SCHEMA,
    createdBy: "log0",
    statisticsTruncateLength: STATISTICS_BYTES,
  });
  const tally = new StatsTally();
  for (const group of rowGroups(inSegmentOrder(rows), rowsPerGroup)) {
    tally.add(group);
    const start = writer.offset;
    const columns = COLUMNS.map((column) => writeColumnChunk(writer, column, group, gzipLevel));
    parquet.num_rows += BigInt(group.length);
    parquet.row_groups.push({
      columns,
      num_rows: BigInt(group.length),
      total_byte_size: columns.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n),
      total_compressed_size: BigInt(writer.offset - start),
    });
  }
  parquet.finish();
  return { bytes: writer.getBytes(), stats: tally.result() };
}
