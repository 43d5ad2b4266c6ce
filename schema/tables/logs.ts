import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { LEVELS } from "../contracts/levels.ts";
import type { TenantId } from "../contracts/tenant-id.ts";

/** Index of the Parquet segments in R2. What it counts lies in its rows, so it can neither be lost nor added twice. */
export const segments = sqliteTable(
  "segments",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    shard: integer().notNull(),
    objectKey: text("object_key").notNull(),
    minTimestamp: integer("min_timestamp").notNull(),
    maxTimestamp: integer("max_timestamp").notNull(),
    rows: integer().notNull(),
    rawBytes: integer("raw_bytes").notNull(),
    bytes: integer().notNull(),
    /** JSON of Rollup: rows per minute, service, environment and level. */
    rollup: text().notNull(),
    /** JSON of PatternCounts: rows per fingerprint. */
    patterns: text().notNull(),
    /** JSON of SegmentFilter: where the word filter lies in the object, so that it is read first, and mostly alone. */
    filter: text(),
    /**
     * The newest flush that the segment holds rows of: a LogStore whose buffer still has that flush's rows answers for
     * them, so that a reader counts them once.
     */
    flushedThrough: text("flushed_through").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    index("segments_time").on(table.tenantId, table.maxTimestamp),
    // What retention looks for, over all tenants of a plan.
    index("segments_age").on(table.maxTimestamp),
  ],
);

/** One row a pattern, written at its first sight only; how often it came is counted in the segments. */
export const patterns = sqliteTable(
  "patterns",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    fingerprint: text().notNull(),
    template: text().notNull(),
    serviceName: text("service_name").notNull(),
    /** The most severe level of its first segment. */
    level: text({ enum: LEVELS }).notNull(),
    firstSeenAt: integer("first_seen_at").notNull(),
    createdAt: integer("created_at").notNull(),
    /** When a WARN or worse was seen for the first time; null for other levels, and for what only changed its name. */
    newAt: integer("new_at"),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.fingerprint] }),
    index("patterns_new").on(table.tenantId, table.newAt).where(sql`new_at IS NOT NULL`),
  ],
);

/** Up to where a tenant has been told of its new patterns. */
export const newPatternAlerts = sqliteTable("new_pattern_alerts", {
  tenantId: text("tenant_id").$type<TenantId>().primaryKey(),
  /** `patterns.new_at` of the last one told. */
  toldUntil: integer("told_until").notNull(),
  /** Unix ms. */
  toldAt: integer("told_at").notNull(),
});

/** Objects that no index row names any more. They go an hour later, so that no reader loses what it has begun to read. */
export const segmentGarbage = sqliteTable(
  "segment_garbage",
  {
    objectKey: text("object_key").primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    deleteAfter: integer("delete_after").notNull(),
  },
  (table) => [index("segment_garbage_due").on(table.deleteAfter)],
);

/** Merges under way: what every repeat of one does the same. */
export const segmentMerges = sqliteTable(
  "segment_merges",
  {
    /** Also the id of the segment that it makes. */
    id: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    shard: integer().notNull(),
    /** JSON array of the ids of the segments that it takes the place of. */
    inputs: text().notNull(),
    /** How often the work was begun. Each attempt writes an object of its own, and only the last one may finish. */
    attempts: integer().notNull().default(0),
    createdAt: integer("created_at").notNull(),
    finishedAt: integer("finished_at"),
  },
  (table) => [index("segment_merges_open").on(table.tenantId).where(sql`finished_at IS NULL`)],
);

/** How far the search for orphaned objects has come. */
export const bucketSweeps = sqliteTable("bucket_sweeps", {
  prefix: text().primaryKey(),
  /** The last key seen, which outlives R2's own list cursors; null at the beginning of a round. */
  cursor: text(),
  sweptAt: integer("swept_at").notNull(),
});
