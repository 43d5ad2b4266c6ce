import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { ROLES } from "../contracts/roles.ts";
import type { TenantId } from "../contracts/tenant-id.ts";

/** People. They belong to no tenant: one account may be a member (`users`) of several. */
export const accounts = sqliteTable(
  "accounts",
  {
    id: text().primaryKey(),
    /** Lower case. */
    email: text().notNull(),
    name: text().notNull().default(""),
    /** PHC string (core/auth/password.ts); null for somebody who signs in elsewhere. */
    passwordHash: text("password_hash"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [uniqueIndex("accounts_email").on(table.email)],
);

/** A sign-in, and the family of refresh tokens that came of it. Revoked, it ends within 30 s everywhere. */
export const sessions = sqliteTable(
  "sessions",
  {
    id: text().primaryKey(),
    accountId: text("account_id").notNull(),
    /** The tenant that its access tokens are for. */
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    method: text({ enum: ["password", "access", "oidc"] }).notNull(),
    /** User agent, at most 200 characters: so that people know their own. */
    device: text().notNull(),
    createdAt: integer("created_at").notNull(),
    lastUsedAt: integer("last_used_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    revokedAt: integer("revoked_at"),
  },
  (table) => [
    index("sessions_account").on(table.accountId),
    index("sessions_tenant").on(table.tenantId),
    index("sessions_expiry").on(table.expiresAt),
  ],
);

/** Refresh tokens, by SHA-256. One that was used stays until it expires: it tells of theft when it comes again. */
export const refreshTokens = sqliteTable(
  "refresh_tokens",
  {
    hash: text().primaryKey(),
    sessionId: text("session_id").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    usedAt: integer("used_at"),
  },
  (table) => [index("refresh_tokens_session").on(table.sessionId), index("refresh_tokens_expiry").on(table.expiresAt)],
);

/** Invitations into a tenant, by SHA-256 of their token. */
export const invitations = sqliteTable(
  "invitations",
  {
    id: text().primaryKey(),
    tenantId: text("tenant_id").$type<TenantId>().notNull(),
    hash: text().notNull(),
    /** Lower case. */
    email: text().notNull(),
    role: text({ enum: ROLES }).notNull(),
    /** `user:<id>` or `operator`. */
    invitedBy: text("invited_by").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    acceptedAt: integer("accepted_at"),
    revokedAt: integer("revoked_at"),
  },
  (table) => [
    uniqueIndex("invitations_hash").on(table.hash),
    uniqueIndex("invitations_open")
      .on(table.tenantId, table.email)
      .where(sql`accepted_at IS NULL AND revoked_at IS NULL`),
  ],
);

/** Password resets that were asked for, by SHA-256 of their token. */
export const passwordResets = sqliteTable(
  "password_resets",
  {
    hash: text().primaryKey(),
    accountId: text("account_id").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    usedAt: integer("used_at"),
  },
  (table) => [
    index("password_resets_account").on(table.accountId),
    index("password_resets_expiry").on(table.expiresAt),
  ],
);

/** Attempts to sign in, counted before they are judged (core/auth/attempts.ts). */
export const signInAttempts = sqliteTable(
  "sign_in_attempts",
  {
    /** `account:` or `address:`, and a SHA-256: who tried is nobody's business later. */
    subject: text().primaryKey(),
    failures: integer().notNull(),
    lastAt: integer("last_at").notNull(),
    blockedUntil: integer("blocked_until").notNull(),
  },
  (table) => [index("sign_in_attempts_last").on(table.lastAt)],
);
