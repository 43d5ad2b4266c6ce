import { and, desc, eq, gte, lt } from "drizzle-orm";
import { mostFrequent, patternCounts } from "../../core/logs/pattern-counts.ts";
import type { Rollup } from "../../core/logs/rollup.ts";
import type { SegmentStats } from "../../core/logs/segment/index.ts";
import { segments } from "../../schema/tables/logs.ts";
import { notePatterns } from "../grouping/note-patterns.ts";
import type { TenantScope } from "../platform.ts";

export type Segment = typeof segments.$inferSelect;

const UUID_CHARACTERS = 36;

/** `logs/<tenant>/<yyyy>/<mm>/<dd>/<segment>.parquet`, by the day that the segment was begun (UTC). */
export function segmentKey(tenantId: string, segmentId: string, begunAt: number): string {
  return `logs/${tenantId}/${new Date(begunAt).toISOString().slice(0, 10).replaceAll("-", "/")}/${segmentId}.parquet`;
}

/** The id of the segment that an object belongs to. */
export function segmentIdOf(objectKey: string): string {
  return objectKey.slice(objectKey.lastIndexOf("/") + 1).slice(0, UUID_CHARACTERS);
}

/** A written segment, as the index describes it. */
export interface NewSegment {
  id: string;
  shard: number;
  objectKey: string;
  rawBytes: number;
  bytes: number;
  stats: SegmentStats;
  rollup: Rollup;
  /** The newest flush among what it holds: its own id, unless it is a merge. */
  flushedThrough: string;
}

/** The index row of a segment. */
export function segmentRow(scope: TenantScope, segment: NewSegment): Segment {
  const { stats, rollup, ...rest } = segment;
  return {
    ...rest,
    tenantId: scope.tenantId,
    minTimestamp: stats.minTimestamp,
    maxTimestamp: stats.maxTimestamp,
    rows: stats.rows,
    rollup: JSON.stringify(rollup),
    patterns: JSON.stringify(patternCounts(stats.patterns)),
    filter: stats.filter === undefined ? null : JSON.stringify(stats.filter),
    createdAt: scope.now(),
  };
}

/** Adds a segment to the index, and its new patterns, in one batch. Repeating it changes nothing. */
export async function indexSegment(scope: TenantScope, segment: NewSegment): Promise<void> {
  await scope.db.batch([
    scope.db.insert(segments).values(segmentRow(scope, segment)).onConflictDoNothing(),
    notePatterns(scope, mostFrequent(segment.stats.patterns)),
  ]);
}

/** Columns that a search needs; the counts of a segment are several times as large. */
const INDEX_COLUMNS = {
  id: segments.id,
  shard: segments.shard,
  objectKey: segments.objectKey,
  minTimestamp: segments.minTimestamp,
  maxTimestamp: segments.maxTimestamp,
  rows: segments.rows,
  bytes: segments.bytes,
  filter: segments.filter,
  flushedThrough: segments.flushedThrough,
};

function overlapping(scope: TenantScope, from: number, to: number) {
  return and(eq(segments.tenantId, scope.tenantId), gte(segments.maxTimestamp, from), lt(segments.minTimestamp, to));
}

/** Segments that may hold logs of [from, to), newest first. Unix ms. */
export function segmentsOf(scope: TenantScope, from: number, to: number, limit: number) {
  return scope.db
    .select(INDEX_COLUMNS)
    .from(segments)
    .where(overlapping(scope, from, to))
    .orderBy(desc(segments.maxTimestamp))
    .limit(limit);
}
export type IndexedSegment = Awaited<ReturnType<typeof segmentsOf>>[number];

/** What the same segments count, per minute. */
export function rollupsOf(scope: TenantScope, from: number, to: number, limit: number) {
  return scope.db
    .select({ shard: segments.shard, flushedThrough: segments.flushedThrough, rollup: segments.rollup })
    .from(segments)
    .where(overlapping(scope, from, to))
    .orderBy(desc(segments.maxTimestamp))
    .limit(limit);
}

/** What the same segments count, per pattern. */
export function patternCountsOf(scope: TenantScope, from: number, to: number, limit: number) {
  return scope.db
    .select({ ...INDEX_COLUMNS, patterns: segments.patterns })
    .from(segments)
    .where(overlapping(scope, from, to))
    .orderBy(desc(segments.maxTimestamp))
    .limit(limit);
}
