import { errorMessage, Log0Error } from "../../core/errors.ts";
import type { LogRow } from "../../core/logs/log-row.ts";
import { matcher } from "../../core/logs/match.ts";
import { compile, type LogQuery, type RowPredicate, requirements } from "../../core/logs/query/index.ts";
import { readSegment, type SegmentFile, type SegmentQuery } from "../../core/logs/segment/index.ts";
import { rowsOfChunk } from "../../core/wire/columns.ts";
import { decodeEnvelope } from "../../core/wire/envelope.ts";
import type { Level } from "../../schema/contracts/levels.ts";
import type { HotLogs, TenantScope } from "../platform.ts";
import { loadTenant } from "../tenants/load-tenant.ts";
import { type IndexedSegment, segmentsOf } from "./segments.ts";

/** A time range, Unix ms: from inclusive, to exclusive. */
export interface TimeRange {
  from: number;
  to: number;
}

/**
 * What one request reads at most before it answers with what it has: well within a Worker's 30 s of CPU and the 6
 * connections that it may have open at once.
 */
export const MAX_SEGMENTS = 2_000;
const MAX_BYTES = 512 * 1024 * 1024;
const MAX_MS = 15_000;
/** Segments opened at once: first one, because the newest often fills a page, then more at a time, up to this. */
const PARALLEL_SEGMENTS = 6;

/** What a search read: so that a user sees why it is slow. */
export interface ScanReport {
  /** Segments of the index that overlap the range, and those of them that were opened. */
  segments: number;
  segmentsRead: number;
  rowGroups: number;
  rowGroupsRead: number;
  bytes: number;
  hotRows: number;
  /** Chunks of the buffers that could not be read. */
  unreadable: number;
  /** Everything newer than this was read (Unix ms); undefined when everything was. */
  readDownTo: number | undefined;
}

/** A segment in R2, read by ranges. */
export function segmentFile(
  scope: TenantScope,
  segment: Pick<IndexedSegment, "objectKey" | "bytes" | "filter">,
): SegmentFile {
  return {
    byteLength: segment.bytes,
    ...(segment.filter === null ? {} : { filter: JSON.parse(segment.filter) }),
    async slice(start: number, end?: number): Promise<ArrayBuffer> {
      const length = (end ?? segment.bytes) - start;
      const object = await scope.bucket.get(segment.objectKey, { range: { offset: start, length } });
      if (object === null) throw new Log0Error("unavailable", "a segment is gone", { permanent: false, retryAfter: 1 });
      return await object.arrayBuffer();
    },
  };
}

/** Buffers of all the tenant's stores. Read before the index: what a flush moves in between is in both, not in none. */
export async function readHot(scope: TenantScope, range: TimeRange): Promise<HotLogs[]> {
  const { shards } = await loadTenant(scope);
  return await Promise.all(
    Array.from({ length: shards }, (_, shard) => scope.logStore(scope.tenantId, shard).hot(range.from, range.to)),
  );
}

/** Leaves out the segments whose rows the buffers still answer for. */
export function settled<T extends Pick<IndexedSegment, "shard" | "flushedThrough">>(
  segments: readonly T[],
  hot: readonly HotLogs[],
): T[] {
  return segments.filter((segment) => {
    const buffer = hot[segment.shard];
    return buffer === undefined || segment.flushedThrough <= buffer.flushedThrough;
  });
}

/**
 * Rows of the buffers, one chunk inflated at a time. A chunk that cannot be read must not hide the others: the flush
 * will set it aside as a dead letter.
 */
export function* hotRows(
  hot: readonly HotLogs[],
  range: TimeRange,
  onUnreadable: () => void = () => undefined,
): Generator<LogRow> {
  for (const { envelopes } of hot) {
    for (const bytes of envelopes) {
      for (const { section, body } of decodeEnvelope(bytes).sections) {
        if ((section.maxTimestamp ?? range.from) < range.from || (section.minTimestamp ?? 0) >= range.to) continue;
        let rows: LogRow[] = [];
        try {
          rows = rowsOfChunk(section, body);
        } catch (error) {
          console.error({ message: "chunk unreadable", chunkId: section.chunkId, error: errorMessage(error) });
          onUnreadable();
        }
        for (const row of rows) if (row.timestamp >= range.from && row.timestamp < range.to) yield row;
      }
    }
  }
}

/** What is searched for: a query, and the plain filters of a request beside it. */
export interface LogSelection {
  query: LogQuery;
  levels?: readonly Level[] | undefined;
  services?: readonly string[] | undefined;
  environments?: readonly string[] | undefined;
}

function both<T>(a: readonly T[] | undefined, b: readonly T[] | undefined): readonly T[] | undefined {
  return a === undefined || b === undefined ? (a ?? b) : a.filter((value) => b.includes(value));
}

/** What every wanted row has: segments and row groups without it are skipped unread. */
export function segmentQuery(selection: LogSelection, range: TimeRange): SegmentQuery {
  const { words, fingerprints, traceIds, ...required } = requirements(selection.query);
  const levels = both(selection.levels, required.levels);
  const services = both(selection.services, required.services);
  const environments = both(selection.environments, required.environments);
  return {
    from: Math.max(range.from, required.from ?? range.from),
    to: Math.min(range.to, required.to ?? range.to),
    words,
    ...(fingerprints === undefined ? {} : { fingerprints }),
    ...(traceIds === undefined ? {} : { traceIds }),
    ...(levels === undefined ? {} : { levels }),
    ...(services === undefined ? {} : { services }),
    ...(environments === undefined ? {} : { environments }),
  };
}

/** A predicate for the whole of a selection; the cheap filters come first. */
export function selects(selection: LogSelection, range: TimeRange): RowPredicate {
  const { levels, services, environments } = selection;
  const plain = matcher({ ...range, levels, services, environments });
  const matches = compile(selection.query);
  return (row) => plain(row) && matches(row);
}

async function scanSegment(
  file: SegmentFile,
  query: SegmentQuery,
  matches: RowPredicate,
  report: ScanReport,
  visit: (row: LogRow) => void,
): Promise<void> {
  report.segmentsRead++;
  const rows = readSegment(file, query, (read) => {
    report.rowGroups += read.rowGroups;
    report.rowGroupsRead += read.rowGroupsRead;
    report.bytes += read.bytesRead;
  });
  for await (const row of rows) if (matches(row)) visit(row);
}

/**
 * Visits the logs of a range that match, each once: the buffers first, then the segments from the newest on, several
 * at a time. Stops when `enough` says that what lies at or before a time cannot matter, or at a limit.
 * @param enough asked between segments, with the newest time (Unix ms) that is still unread
 */
export async function scanLogs(
  scope: TenantScope,
  selection: LogSelection,
  range: TimeRange,
  visit: (row: LogRow) => void,
  enough: (unread: number) => boolean = () => false,
): Promise<ScanReport> {
  const deadline = scope.now() + MAX_MS;
  const matches = selects(selection, range);
  const hot = await readHot(scope, range);
  const listed = await segmentsOf(scope, range.from, range.to, MAX_SEGMENTS);
  const segments = settled(listed, hot);
  const report: ScanReport = {
    segments: segments.length,
    segmentsRead: 0,
    rowGroups: 0,
    rowGroupsRead: 0,
    bytes: 0,
    hotRows: 0,
    unreadable: 0,
    readDownTo: undefined,
  };
  const unreadable = (): void => {
    report.unreadable++;
  };
  for (const row of hotRows(hot, range, unreadable)) {
    report.hotRows++;
    if (matches(row)) visit(row);
  }
  const wanted = segmentQuery(selection, range);
  let width = 1;
  for (let at = 0; at < segments.length; at += width) {
    if (at > 0) width = Math.min(at, PARALLEL_SEGMENTS);
    const unread = Math.min(segments[at]?.maxTimestamp ?? 0, range.to - 1);
    if (enough(unread)) return report;
    // Segments that reach the end of the range are all read: a page that stopped there would be asked for again.
    if (unread < range.to - 2 && (report.bytes > MAX_BYTES || scope.now() > deadline)) {
      report.readDownTo = unread;
      return report;
    }
    await Promise.all(
      segments
        .slice(at, at + width)
        .map((segment) => scanSegment(segmentFile(scope, segment), wanted, matches, report, visit)),
    );
  }
  // The index was not listed to its end.
  if (listed.length === MAX_SEGMENTS) report.readDownTo = listed.at(-1)?.maxTimestamp;
  return report;
}
