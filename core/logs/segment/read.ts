import { type FileMetaData, parquetMetadataAsync, type RowGroup } from "hyparquet";
import type { LogRow } from "../log-row.ts";
import { BYTE_PARSERS, decodeGroup } from "./decode.ts";
import { type ByteRange, MeteredFile, runs, type SegmentFile } from "./file.ts";
import { filterOf } from "./filter/location.ts";
import { conditionsOf, probe } from "./filter/probe.ts";
import { groupFilter, type SegmentQuery } from "./query.ts";

/** What reading a segment cost: why a query is slow, and what it is billed for. */
export interface SegmentRead {
  /** Row groups in the segment. */
  rowGroups: number;
  /** Row groups that were fetched and decoded; the others were skipped by statistics or filter, or not reached. */
  rowGroupsRead: number;
  /** Blocks of the word filter that were damaged: row groups were read that an intact filter may have skipped. */
  damagedFilterBlocks: number;
  /** Range reads, the footer's included. */
  reads: number;
  /** Bytes fetched by those reads. */
  bytesRead: number;
}

/**
 * Yields the rows of a segment that match, in segment order, decoding one row group at a time. Calls `onRead` once,
 * when all is read or the caller stops early. A filter that is damaged is passed over: nothing is missed, more is read.
 * Throws on a file that is not a segment, and what `file.slice` throws.
 */
export async function* readSegment(
  file: SegmentFile,
  query: SegmentQuery = {},
  onRead?: (read: SegmentRead) => void,
): AsyncGenerator<LogRow> {
  const metered = new MeteredFile(file);
  const read = { rowGroups: 0, rowGroupsRead: 0, damagedFilterBlocks: 0 };
  try {
    const conditions = conditionsOf(query);
    const early = metered.filter && (await probe(metered, metered.filter, conditions, read));
    if (early?.every((may) => may === 0)) {
      read.rowGroups = early.length;
      return;
    }
    const metadata = await footerOf(metered);
    read.rowGroups = metadata.row_groups.length;
    const filter = early ? undefined : filterOf(metadata, file.byteLength);
    const may = early ?? (filter && (await probe(metered, filter, conditions, read)));
    const inFilter = may?.length === metadata.row_groups.length ? may : undefined;
    const byStatistics = groupFilter(query);
    const wanted = metadata.row_groups.filter((group, index) => inFilter?.[index] !== 0 && byStatistics(group));
    for (const run of runs(wanted, bytesOf)) {
      const fetched = await fetchRun(metered, run);
      for (const group of run.pieces) {
        read.rowGroupsRead++;
        for (const row of await decodeGroup(fetched, metadata, group, query)) yield row;
      }
    }
  } finally {
    onRead?.({ ...read, reads: metered.reads, bytesRead: metered.bytesRead });
  }
}

export function footerOf(file: MeteredFile): Promise<FileMetaData> {
  return parquetMetadataAsync(file, {
    parsers: BYTE_PARSERS,
    initialFetchSize: file.tailBytes,
    geoparquet: false,
  });
}

/** A part of a file in memory, under the offsets that it has in the file. */
export async function fetchRun(file: SegmentFile, run: ByteRange): Promise<SegmentFile> {
  const bytes = await file.slice(run.start, run.end);
  return {
    byteLength: file.byteLength,
    slice: async (start, end = file.byteLength) => bytes.slice(start - run.start, end - run.start),
  };
}

export function bytesOf(group: RowGroup): ByteRange {
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const { meta_data: chunk } of group.columns) {
    if (!chunk) throw new TypeError("segment: a column without metadata");
    const offset = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
    start = Math.min(start, offset);
    end = Math.max(end, offset + Number(chunk.total_compressed_size));
  }
  return { start, end };
}
