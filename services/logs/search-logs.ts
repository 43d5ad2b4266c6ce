import { type Cursor, pageOf } from "../../core/cursor.ts";
import { errorMessage, Log0Error } from "../../core/errors.ts";
import { type LogFilter, matcher, NewestLogs } from "../../core/logs/match.ts";
import { readSegment, type SegmentFile } from "../../core/logs/segment/index.ts";
import { rowsOfChunk } from "../../core/wire/columns.ts";
import { decodeEnvelope } from "../../core/wire/envelope.ts";
import type { TenantScope } from "../platform.ts";
import { loadTenant } from "../tenants/load-tenant.ts";
import { type Segment, segmentsOf } from "./segments.ts";

/** Segments that one request reads at most; what lies behind them is left to the next page. */
const MAX_SEGMENTS = 200;

export interface LogSearch extends LogFilter {
  limit: number;
  cursor?: Cursor | undefined;
}

/** A segment in R2, read by ranges. */
function segmentFile(scope: TenantScope, segment: Segment): SegmentFile {
  return {
    byteLength: segment.bytes,
    async slice(start: number, end?: number): Promise<ArrayBuffer> {
      const length = (end ?? segment.bytes) - start;
      const object = await scope.bucket.get(segment.objectKey, { range: { offset: start, length } });
      if (object === null) throw new Log0Error("unavailable", "a segment is gone", { permanent: false, retryAfter: 1 });
      return await object.arrayBuffer();
    },
  };
}

/**
 * Searches the buffers. A chunk that cannot be read must not hide the others: the flush sets it aside as a dead letter.
 * @returns whether all of it could be read
 */
async function searchHot(scope: TenantScope, search: LogSearch, found: NewestLogs): Promise<boolean> {
  const { shards } = await loadTenant(scope);
  const matches = matcher(search);
  let complete = true;
  for (let shard = 0; shard < shards; shard++) {
    for (const bytes of await scope.logStore(scope.tenantId, shard).hot(search.from, search.to)) {
      for (const { section, body } of decodeEnvelope(bytes).sections) {
        if ((section.maxTimestamp ?? search.from) < search.from || (section.minTimestamp ?? 0) >= search.to) continue;
        try {
          for (const row of rowsOfChunk(section, body)) if (matches(row)) found.offer(row);
        } catch (error) {
          complete = false;
          console.error({ message: "chunk unreadable", chunkId: section.chunkId, error: errorMessage(error) });
        }
      }
    }
  }
  return complete;
}

/** The range that pages behind the cursor can still lie in. */
function narrowed(search: LogSearch): LogSearch {
  return search.cursor === undefined ? search : { ...search, to: Math.min(search.to, search.cursor.at + 1) };
}

/**
 * The tenant's logs, newest first, each once. The hot buffer is read before the index: what a flush moves in between
 * is then found in the segment.
 */
export async function searchLogs(scope: TenantScope, query: LogSearch) {
  const search = narrowed(query);
  const found = new NewestLogs(search.limit + 1, search.cursor);
  const complete = await searchHot(scope, search, found);
  const matches = matcher(search);
  const read = { segments: 0, rowGroups: 0, bytes: 0 };
  const segments = await segmentsOf(scope, search.from, search.to, MAX_SEGMENTS);
  for (const segment of segments) {
    // Segments come newest first: once the page is full of newer logs, the rest cannot add to it.
    if (found.isFullBefore(segment.maxTimestamp)) break;
    read.segments++;
    const file = segmentFile(scope, segment);
    const rows = readSegment(file, {
      from: search.from,
      to: search.to,
      ...(search.levels === undefined ? {} : { levels: search.levels }),
      ...(search.services === undefined ? {} : { services: search.services }),
      ...(search.environments === undefined ? {} : { environments: search.environments }),
    });
    for await (const row of rows) if (matches(row)) found.offer(row);
  }
  return {
    ...pageOf(found.take(), search.limit, ({ row, eventId }) => ({ at: row.timestamp, id: eventId })),
    read,
    partial: !complete || segments.length === MAX_SEGMENTS,
  };
}
