import { and, desc, eq, gte, lt } from "drizzle-orm";
import type { SegmentStats } from "../../core/logs/segment/index.ts";
import { segments } from "../../schema/tables/logs.ts";
import type { TenantScope } from "../platform.ts";

export type Segment = typeof segments.$inferSelect;

/** `logs/<tenant>/<yyyy>/<mm>/<dd>/<segment>.parquet`, by the day that the segment was begun (UTC). */
export function segmentKey(tenantId: string, segmentId: string, begunAt: number): string {
  return `logs/${tenantId}/${new Date(begunAt).toISOString().slice(0, 10).replaceAll("-", "/")}/${segmentId}.parquet`;
}

/** Adds a segment to the index. Repeating it changes nothing. */
export async function indexSegment(
  scope: TenantScope,
  segment: { id: string; shard: number; objectKey: string; rawBytes: number; bytes: number; stats: SegmentStats },
): Promise<void> {
  const { stats, ...rest } = segment;
  await scope.db
    .insert(segments)
    .values({
      ...rest,
      tenantId: scope.tenantId,
      minTimestamp: stats.minTimestamp,
      maxTimestamp: stats.maxTimestamp,
      rows: stats.rows,
      levels: JSON.stringify(stats.levels),
      services: JSON.stringify(stats.services),
      createdAt: scope.now(),
    })
    .onConflictDoNothing();
}

/** Segments that may hold logs of [from, to), newest first. Unix ms. */
export function segmentsOf(scope: TenantScope, from: number, to: number, limit: number): Promise<Segment[]> {
  return scope.db
    .select()
    .from(segments)
    .where(and(eq(segments.tenantId, scope.tenantId), gte(segments.maxTimestamp, from), lt(segments.minTimestamp, to)))
    .orderBy(desc(segments.maxTimestamp))
    .limit(limit);
}
