import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { LogRow } from "../log-row.ts";
import { writeColumnChunk } from "./chunk.ts";
import { FilterBuilder } from "./filter/builder.ts";
import { filterMetadata, type SegmentFilter } from "./filter/location.ts";
import { CHARACTERS_PER_GROUP, ROWS_PER_GROUP, RowGrouper } from "./order.ts";
import { COLUMNS, SCHEMA } from "./schema.ts";
import { type SegmentStats, StatsTally } from "./stats.ts";

export interface SegmentOptions {
  /** zlib's level, 1 (fast) to 9 (small). */
  gzipLevel?: number;
  /** Rows in a row group, at most. */
  rowsPerGroup?: number;
  /** Whether to write the word filter: about 1 % of the raw bytes, a third of the time. By default true. */
  filter?: boolean;
}

/**
 * The highest level of zlib's quick strategy: measured as fast as level 1 and 3 % smaller. A flush runs on the thread
 * that takes the logs in; level 6 makes a segment 5 % smaller still for a third more time, which a merge can afford.
 */
const FLUSH_GZIP_LEVEL = 3;

/** Service names are told apart by their statistics up to this length; a longer bound is cut, and stays a bound. */
const STATISTICS_BYTES = 64;

/**
 * Writes a segment piece by piece: the bytes that `addRows` and `finish` give, one after the other, are the file. Holds
 * the rows of one row group at most, and 4 bytes for each of the filter's keys. After an error it is of no use.
 */
export class SegmentWriter {
  readonly #gzipLevel: number;
  readonly #groups: RowGrouper;
  readonly #writer = new ByteWriter(256 * 1024);
  readonly #parquet = new ParquetWriter({
    writer: this.#writer,
    schema: SCHEMA,
    createdBy: "log0",
    statisticsTruncateLength: STATISTICS_BYTES,
  });
  readonly #tally = new StatsTally();
  readonly #filter: FilterBuilder | undefined;

  constructor({ gzipLevel = FLUSH_GZIP_LEVEL, rowsPerGroup = ROWS_PER_GROUP, filter = true }: SegmentOptions = {}) {
    this.#gzipLevel = gzipLevel;
    this.#groups = new RowGrouper(rowsPerGroup, CHARACTERS_PER_GROUP);
    if (filter) this.#filter = new FilterBuilder();
  }

  /**
   * @param rows in segment order, which is not checked: in another order they are stored as well, and take more space
   * @returns the bytes of the row groups that have become complete
   * @throws RangeError on a time that is not a whole number of ms
   */
  addRows(rows: Iterable<LogRow>): Uint8Array {
    for (const row of rows) {
      const group = this.#groups.add(row);
      if (group) this.#writeGroup(group);
    }
    return this.#take();
  }

  /** @returns the rest of the file, and what the index keeps of it */
  finish(): { bytes: Uint8Array; stats: SegmentStats } {
    const group = this.#groups.rest();
    if (group) this.#writeGroup(group);
    const filter = this.#writeFilter();
    this.#parquet.finish();
    return { bytes: this.#take(), stats: { ...this.#tally.result(), ...(filter && { filter }) } };
  }

  #writeGroup(group: readonly LogRow[]): void {
    const writer = this.#writer;
    this.#tally.add(group);
    this.#filter?.addGroup(group);
    const start = writer.offset;
    const columns = COLUMNS.map((column) => writeColumnChunk(writer, column, group, this.#gzipLevel));
    this.#parquet.num_rows += BigInt(group.length);
    this.#parquet.row_groups.push({
      columns,
      num_rows: BigInt(group.length),
      total_byte_size: columns.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n),
      total_compressed_size: BigInt(writer.offset - start),
    });
  }

  /** Between the data and the footer are bytes that no Parquet reader asks for. */
  #writeFilter(): SegmentFilter | undefined {
    const built = this.#filter?.finish();
    if (!built) return undefined;
    const filter = { offset: this.#writer.offset, length: built.bytes.length, blocks: built.blocks };
    this.#writer.appendBytes(built.bytes);
    this.#parquet.kvMetadata = [filterMetadata(filter)];
    return filter;
  }

  /** What has been written since the last call. */
  #take(): Uint8Array {
    const bytes = this.#writer.getBytes().slice();
    this.#writer.index = 0;
    return bytes;
  }
}
