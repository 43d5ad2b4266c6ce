import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { CHANNEL_KINDS } from "../contracts/channels.ts";
import type { TenantId } from "../contracts/tenant-id.ts";

/** Where a tenant wants to be told of incidents. */
export const channels = sqliteTable(
  "channels",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    kind: text({ enum: CHANNEL_KINDS }).notNull(),
    name: text().notNull(),
    /** JSON of ChannelConfig. */
    config: text().notNull(),
    /** JSON of ChannelSecret, sealed; null where the kind has no secret. */
    secret: text(),
    enabled: integer({ mode: "boolean" }).notNull(),
    /** Unix ms of the first failure since the last delivery; null when it works. */
    failingSince: integer("failing_since"),
    lastError: text("last_error"),
    lastDeliveredAt: integer("last_delivered_at"),
    /** When a test was last sent: tests are no way to flood a stranger. */
    testedAt: integer("tested_at").notNull().default(0),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [uniqueIndex("channels_name").on(table.tenantId, table.name)],
);

/**
 * One row a channel and notice: the claim that makes one message, what became of it, and whether it counts against the
 * throttle or is held back for a digest. What a notice is says its key: an incident where the message is edited in
 * place, otherwise one event.
 */
export const deliveries = sqliteTable(
  "deliveries",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    channelId: text("channel_id").notNull(),
    noticeKey: text("notice_key").notNull(),
    /** Empty for a digest, which is about many. */
    incidentId: text("incident_id").notNull(),
    /** Version of the incident that the message shows; 0 before it is sent. */
    shownVersion: integer("shown_version").notNull(),
    /** What the receiver calls the message, to edit it; for e-mail a JSON array of the recipients who have it. */
    handle: text(),
    /** Who may send until `lease_until` (Unix ms). */
    leaseToken: text("lease_token"),
    leaseUntil: integer("lease_until").notNull(),
    /** When it took its place among the notices that the throttle allows. */
    countedAt: integer("counted_at"),
    /** Held back until then, to come with the digest named. */
    heldUntil: integer("held_until"),
    digestId: text("digest_id"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.channelId, table.noticeKey] }),
    index("deliveries_counted").on(table.tenantId, table.channelId, table.countedAt),
    index("deliveries_held").on(table.heldUntil).where(sql`held_until IS NOT NULL AND digest_id IS NULL`),
    index("deliveries_digest").on(table.tenantId, table.digestId).where(sql`digest_id IS NOT NULL`),
    index("deliveries_updated").on(table.updatedAt),
  ],
);

/** A tenant's routing, a row for every version that was ever saved: the newest one holds. */
export const routingSets = sqliteTable(
  "routing_sets",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    version: integer().notNull(),
    /** JSON of Routing. */
    routing: text().notNull(),
    actor: text().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.version] })],
);
