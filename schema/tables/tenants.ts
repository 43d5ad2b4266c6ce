import { sql } from "drizzle-orm";
import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { DEDUP_MODES, PLANS } from "../contracts/plans.ts";

/** One row a tenant. Every other table carries `tenant_id`. */
export const tenants = sqliteTable(
  "tenants",
  {
    id: text().primaryKey(),
    name: text().notNull(),
    plan: text({ enum: PLANS }).notNull(),
    status: text({ enum: ["active", "suspended"] }).notNull(),
    adminEmail: text("admin_email").notNull(),
    /** LogStore objects that the tenant's chunks are spread over. */
    shards: integer().notNull().default(1),
    /** JSON of TenantSettings; missing fields take their defaults. */
    settings: text().notNull().default("{}"),
    /** Until then (Unix ms) ingest answers 503: a store of the tenant is full, because segments cannot be written. */
    blockedUntil: integer("blocked_until").notNull().default(0),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [uniqueIndex("tenants_name").on(table.name)],
);

/** Admins only hold an e-mail and a role until accounts arrive. */
export const users = sqliteTable(
  "users",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").notNull(),
    email: text().notNull(),
    role: text({ enum: ["owner", "admin", "member", "viewer"] }).notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [uniqueIndex("users_tenant_email").on(table.tenantId, table.email)],
);

/** API keys: only the SHA-256 of a key is kept; a key has 256 random bits, so a slow hash would protect nothing more. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").notNull(),
    name: text().notNull(),
    /** First characters, to tell keys apart in a list. */
    prefix: text().notNull(),
    hash: text().notNull(),
    /** How the source that uses this key asks for deduplication. */
    dedup: text({ enum: DEDUP_MODES }).notNull().default("none"),
    createdAt: integer("created_at").notNull(),
    /** Unix ms; null never. A rotated key expires at the end of its overlap. */
    expiresAt: integer("expires_at"),
    revokedAt: integer("revoked_at"),
  },
  (table) => [
    uniqueIndex("api_keys_hash").on(table.hash),
    uniqueIndex("api_keys_live_name")
      .on(table.tenantId, table.name)
      .where(sql`revoked_at IS NULL AND expires_at IS NULL`),
  ],
);
