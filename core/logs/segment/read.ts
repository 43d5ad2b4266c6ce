import { parquetMetadataAsync, type RowGroup } from "hyparquet";
import type { LogRow } from "../log-row.ts";
import { BYTE_PARSERS, decodeGroup } from "./decode.ts";
import { type ByteRange, MeteredFile, type SegmentFile } from "./file.ts";
import { groupFilter, type SegmentQuery } from "./query.ts";

/** What reading a segment cost: why a query is slow, and what it is billed for. */
export interface SegmentRead {
  /** Row groups in the segment. */
  rowGroups: number;
  /** Row groups that were fetched and decoded; the others were skipped by their statistics, or not reached. */
  rowGroupsRead: number;
  /** Range reads, the footer's included. */
  reads: number;
  /** Bytes fetched by those reads. */
  bytesRead: number;
}

/**
 * Row groups that stand side by side are fetched together up to this size: a round trip to R2 takes as long as a few
 * hundred KB. It is held while its groups are decoded one by one, so it also bounds memory.
 */
const MAX_RUN_BYTES = 4 * 1024 * 1024;
/** A skipped row group of up to this size between two wanted ones is fetched with them rather than around. */
const MAX_GAP_BYTES = 64 * 1024;

/**
 * Yields the rows of a segment that match, in no particular order, decoding one row group at a time. Calls `onRead`
 * once, when all is read or the caller stops early. Throws on a file that is not a segment, and what `file.slice`
 * throws.
 */
export async function* readSegment(
  file: SegmentFile,
  query: SegmentQuery = {},
  onRead?: (read: SegmentRead) => void,
): AsyncGenerator<LogRow> {
  const metered = new MeteredFile(file);
  const read = { rowGroups: 0, rowGroupsRead: 0 };
  try {
    const metadata = await parquetMetadataAsync(metered, {
      parsers: BYTE_PARSERS,
      initialFetchSize: metered.tailBytes,
      geoparquet: false,
    });
    read.rowGroups = metadata.row_groups.length;
    for (const run of runs(metadata.row_groups.filter(groupFilter(query)))) {
      const bytes = await metered.slice(run.start, run.end);
      const fetched: SegmentFile = {
        byteLength: file.byteLength,
        slice: async (start, end = file.byteLength) => bytes.slice(start - run.start, end - run.start),
      };
      for (const group of run.groups) {
        read.rowGroupsRead++;
        for (const row of await decodeGroup(fetched, metadata, group, query)) yield row;
      }
    }
  } finally {
    onRead?.({ ...read, reads: metered.reads, bytesRead: metered.bytesRead });
  }
}

interface Run extends ByteRange {
  groups: RowGroup[];
}

function runs(groups: readonly RowGroup[]): Run[] {
  const found: Run[] = [];
  for (const group of groups) {
    const { start, end } = bytesOf(group);
    const last = found.at(-1);
    if (last && start - last.end <= MAX_GAP_BYTES && end - last.start <= MAX_RUN_BYTES) {
      last.groups.push(group);
      last.end = end;
    } else {
      found.push({ start, end, groups: [group] });
    }
  }
  return found;
}

function bytesOf(group: RowGroup): ByteRange {
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
