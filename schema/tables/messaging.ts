import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { QUEUES, STAGES } from "../contracts/dead-letter.ts";
import type { TenantId } from "../contracts/tenant-id.ts";

/** Messages written with the state change that causes them, sent afterwards, then deleted (DESIGN.md, rule 4). */
export const outbox = sqliteTable(
  "outbox",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    queue: text({ enum: QUEUES }).notNull(),
    body: text().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("outbox_created").on(table.createdAt)],
);

/** What a consumer gave up on. The body lies in R2 under `body_key`. */
export const deadLetters = sqliteTable(
  "dead_letters",
  {
    id: text().primaryKey(),
    /** Empty when the message was too broken to tell. */
    tenantId: text("tenant_id").$type<TenantId | "">().notNull(),
    queue: text({ enum: QUEUES }).notNull(),
    stage: text({ enum: STAGES }).notNull(),
    errorCode: text("error_code").notNull(),
    errorMessage: text("error_message").notNull(),
    contentType: text("content_type", { enum: ["bytes", "json"] }).notNull(),
    bodyKey: text("body_key").notNull(),
    bodyBytes: integer("body_bytes").notNull(),
    attempts: integer().notNull(),
    failedAt: integer("failed_at").notNull(),
    replayedAt: integer("replayed_at"),
  },
  (table) => [index("dead_letters_list").on(table.tenantId, table.failedAt, table.id)],
);

/** When a tenant was last told of its dead letters. */
export const deadLetterAlerts = sqliteTable("dead_letter_alerts", {
  tenantId: text("tenant_id").$type<TenantId>().primaryKey(),
  /** Unix ms. */
  toldAt: integer("told_at").notNull(),
});
