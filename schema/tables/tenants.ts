import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { DEDUP_MODES, PARSER_HINTS, PLANS } from "../contracts/plans.ts";
import { ROLES } from "../contracts/roles.ts";
import type { TenantId } from "../contracts/tenant-id.ts";

/** Suspended: neither sends nor reads, and keeps its data. Deleting: on its way out, for good. */
export const TENANT_STATUSES = ["active", "suspended", "deleting"] as const;

/** One row a tenant. Every table of tenants' data carries `tenant_id`. */
export const tenants = sqliteTable(
  "tenants",
  {
    id: text().$type<TenantId>().primaryKey(),
    /** Free again as soon as the tenant is being deleted. */
    name: text().notNull(),
    plan: text({ enum: PLANS }).notNull(),
    status: text({ enum: TENANT_STATUSES }).notNull(),
    adminEmail: text("admin_email").notNull(),
    /** LogStore objects that the tenant's chunks are spread over. */
    shards: integer().notNull().default(1),
    /** JSON of TenantSettings; missing fields take their defaults. */
    settings: text().notNull().default("{}"),
    /** Until then (Unix ms) ingest answers 503: a store of the tenant is full, because segments cannot be written. */
    blockedUntil: integer("blocked_until").notNull().default(0),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [uniqueIndex("tenants_name").on(table.name).where(sql`status <> 'deleting'`)],
);

/** Members of a tenant. One that an operator named has no account until its invitation is accepted. */
export const users = sqliteTable(
  "users",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    email: text().notNull(),
    role: text({ enum: ROLES }).notNull(),
    /** `accounts.id`; null before the invitation is accepted. */
    accountId: text("account_id"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("users_tenant_email").on(table.tenantId, table.email),
    index("users_account").on(table.accountId).where(sql`account_id IS NOT NULL`),
  ],
);

/** Where logs come from: a name, and what is believed of a log that does not say it. A deleted one stays, for its usage. */
export const sources = sqliteTable(
  "sources",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    name: text().notNull(),
    /** Of logs that name none, and come without `X-Environment`. */
    environment: text().notNull().default("production"),
    parserHint: text("parser_hint", { enum: PARSER_HINTS }).notNull().default("auto"),
    dedup: text({ enum: DEDUP_MODES }).notNull().default("none"),
    createdAt: integer("created_at").notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [uniqueIndex("sources_name").on(table.tenantId, table.name).where(sql`deleted_at IS NULL`)],
);

/** API keys: only the SHA-256 of a key is kept; a key has 256 random bits, so a slow hash would protect nothing more. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    name: text().notNull(),
    /** First characters, to tell keys apart in a list. */
    prefix: text().notNull(),
    hash: text().notNull(),
    /** Scopes, in the order of SCOPES, separated by spaces. */
    scopes: text().notNull(),
    /** The source that the key sends for; null for a key that cannot send. */
    sourceId: text("source_id"),
    /** Who made it: `user:<id>`, `key:<id>` or `operator`. */
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    /** Unix ms, to five minutes; null before its first use. */
    lastUsedAt: integer("last_used_at"),
    /** Unix ms; null never. A rotated key expires at the end of its overlap. */
    expiresAt: integer("expires_at"),
    revokedAt: integer("revoked_at"),
  },
  (table) => [
    uniqueIndex("api_keys_hash").on(table.hash),
    uniqueIndex("api_keys_live_name")
      .on(table.tenantId, table.name)
      .where(sql`revoked_at IS NULL AND expires_at IS NULL`),
    index("api_keys_list").on(table.tenantId, table.createdAt, table.id),
  ],
);

/**
 * What a store has counted of a source on a day (UTC, of storing). Absolute: a store writes its own count over the last
 * one, and the greater stays, so that nothing is ever added twice.
 */
export const usageDays = sqliteTable(
  "usage_days",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    /** `2026-01-31`. */
    day: text().notNull(),
    sourceId: text("source_id").notNull(),
    shard: integer().notNull(),
    events: integer().notNull(),
    /** Of raw logs. */
    bytes: integer().notNull(),
    /** Chunks, and requests that they were made of: what queues and requests cost follows from them. */
    chunks: integer().notNull(),
    requests: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.day, table.sourceId, table.shard] })],
);

/** That a tenant was told of its use of a month: at 80 and at 100 percent of a plan, for another plan is other news. */
export const usageWarnings = sqliteTable(
  "usage_warnings",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    /** `2026-01`. */
    month: text().notNull(),
    plan: text({ enum: PLANS }).notNull(),
    percent: integer().notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.month, table.plan, table.percent] })],
);

/** Administrative acts: written in the batch of the change itself. Never changed; they go with the tenant. */
export const auditLog = sqliteTable(
  "audit_log",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    at: integer().notNull(),
    /** `user:<id>`, `key:<id>`, `operator` or `system`. */
    actor: text().notNull(),
    /** `key.created`, `member.role-changed` …: core/audit/actions.ts. */
    action: text().notNull(),
    /** What it was done to: `key:<id>`, `user:<id>`, `tenant` … */
    target: text().notNull(),
    /** JSON object without secrets. */
    detail: text().notNull(),
    /** Of the HTTP request; null for what no request caused. */
    requestId: text("request_id"),
  },
  (table) => [index("audit_log_list").on(table.tenantId, table.at, table.id)],
);

/**
 * Deletions of tenants: how far each has come, and what proves its end. The row outlives the tenant, so that messages
 * that are still under way find out; it holds no name of a person.
 */
export const tenantDeletions = sqliteTable(
  "tenant_deletions",
  {
    tenantId: text("tenant_id").$type<TenantId>().primaryKey(),
    name: text().notNull(),
    shards: integer().notNull(),
    actor: text().notNull(),
    requestedAt: integer("requested_at").notNull(),
    /** A step of core/tenants/deletion.ts. */
    step: text().notNull(),
    /** JSON: where in the step the next run goes on. */
    cursor: text(),
    /** Nobody else works on it until then (Unix ms). */
    leaseUntil: integer("lease_until").notNull().default(0),
    finishedAt: integer("finished_at"),
    /** JSON: what was removed, and the last sweep's counts, all zero. */
    proof: text(),
  },
  (table) => [index("tenant_deletions_open").on(table.requestedAt).where(sql`finished_at IS NULL`)],
);
