import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { TenantId } from "../contracts/tenant-id.ts";

/** Why a fingerprint counts with another: people said so, or it is what the rules of a new version made of the other. */
export const ALIAS_KINDS = ["merge", "version"] as const;
export type AliasKind = (typeof ALIAS_KINDS)[number];

/**
 * Fingerprints that count with another one. The target may itself be an alias; the end of the chain is what windows and
 * incidents know. A row is never changed but ended, so that every merge stays on record.
 */
export const fingerprintAliases = sqliteTable(
  "fingerprint_aliases",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    fingerprint: text().notNull(),
    target: text().notNull(),
    kind: text({ enum: ALIAS_KINDS }).notNull(),
    /** `user:<id>`, `key:<id>` or `system`. */
    actor: text().notNull(),
    note: text(),
    createdAt: integer("created_at").notNull(),
    endedAt: integer("ended_at"),
    endedBy: text("ended_by"),
  },
  (table) => [
    uniqueIndex("fingerprint_aliases_live").on(table.tenantId, table.fingerprint).where(sql`ended_at IS NULL`),
    index("fingerprint_aliases_target").on(table.tenantId, table.target),
    index("fingerprint_aliases_fingerprint").on(table.tenantId, table.fingerprint),
  ],
);

/** A tenant's grouping rules, a row for every version that was ever saved: the newest one holds. */
export const groupingRuleSets = sqliteTable(
  "grouping_rule_sets",
  {
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    version: integer().notNull(),
    /** JSON of GroupingRules. */
    rules: text().notNull(),
    actor: text().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.version] })],
);
