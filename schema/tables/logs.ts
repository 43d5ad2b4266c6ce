import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Index of the Parquet segments in R2. */
export const segments = sqliteTable(
  "segments",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").notNull(),
    shard: integer().notNull(),
    objectKey: text("object_key").notNull(),
    minTimestamp: integer("min_timestamp").notNull(),
    maxTimestamp: integer("max_timestamp").notNull(),
    rows: integer().notNull(),
    rawBytes: integer("raw_bytes").notNull(),
    bytes: integer().notNull(),
    /** JSON: level → rows. */
    levels: text().notNull(),
    /** JSON: service → rows. */
    services: text().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("segments_time").on(table.tenantId, table.maxTimestamp)],
);
