import { and, desc, eq, gt, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import { type Cursor, pageOf } from "../../core/cursor.ts";
import { SCOPES, type Scope } from "../../schema/contracts/roles.ts";
import { apiKeys, sources } from "../../schema/tables/tenants.ts";
import { emailsOfActors } from "../members/emails-of.ts";
import type { TenantScope } from "../platform.ts";

/** An API key as its tenant sees it: never the key, nor its hash. Times are Unix ms. */
export interface Key {
  id: string;
  name: string;
  /** Its first characters. */
  prefix: string;
  scopes: Scope[];
  source: { id: string; name: string } | null;
  createdBy: string;
  createdAt: number;
  /** To five minutes. */
  lastUsedAt: number | null;
  expiresAt: number | null;
  revokedAt: number | null;
}

/** A key that was just made. */
export interface MadeKey extends Key {
  /** The key itself, this once. */
  key: string;
}

/** Scopes as D1 holds them. */
export function scopesText(scopes: readonly Scope[]): string {
  return SCOPES.filter((scope) => scopes.includes(scope)).join(" ");
}

/** The same, read. */
export function scopesOf(text: string): Scope[] {
  const words = text.split(" ");
  return SCOPES.filter((scope) => words.includes(scope));
}

/** Those that work at `now` (Unix ms). */
export function living(now: number): SQL | undefined {
  return and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)));
}

/** The same in SQL of one's own, for a row of `api_keys` under another name. */
export function livesAs(name: string, now: number): SQL {
  const row = sql.raw(name);
  return sql`(${row}.revoked_at IS NULL AND (${row}.expires_at IS NULL OR ${row}.expires_at > ${now}))`;
}

function select(scope: TenantScope) {
  const { id, name, prefix, scopes, createdBy, createdAt, lastUsedAt, expiresAt, revokedAt } = apiKeys;
  return scope.db
    .select({
      ...{ id, name, prefix, scopes, createdBy, createdAt, lastUsedAt, expiresAt, revokedAt },
      source: { id: sources.id, name: sources.name },
    })
    .from(apiKeys)
    .leftJoin(sources, and(eq(sources.tenantId, apiKeys.tenantId), eq(sources.id, apiKeys.sourceId)));
}

type Row = Awaited<ReturnType<typeof select>>[number];

function keyOf(row: Row): Key {
  return { ...row, scopes: scopesOf(row.scopes) };
}

/** One key; undefined where the tenant has none of the id. */
export async function findKey(scope: TenantScope, id: string): Promise<Key | undefined> {
  const row = await select(scope)
    .where(and(eq(apiKeys.tenantId, scope.tenantId), eq(apiKeys.id, id)))
    .get();
  return row === undefined ? undefined : keyOf(row);
}

/** The tenant's keys, newest first, those that do not work any more among them. */
export async function listKeys(scope: TenantScope, limit: number, cursor: Cursor | undefined) {
  const { createdAt, id } = apiKeys;
  const rows = await select(scope)
    .where(
      and(
        eq(apiKeys.tenantId, scope.tenantId),
        cursor === undefined
          ? undefined
          : or(lt(createdAt, cursor.at), and(eq(createdAt, cursor.at), lt(id, cursor.id))),
      ),
    )
    .orderBy(desc(createdAt), desc(id))
    .limit(limit + 1);
  const page = pageOf(rows.map(keyOf), limit, (key) => ({ at: key.createdAt, id: key.id }));
  const emails = await emailsOfActors(
    scope,
    page.items.map(({ createdBy }) => createdBy),
  );
  const items = page.items.map((key) => ({ ...key, createdByEmail: emails.get(key.createdBy) ?? null }));
  return { items, nextCursor: page.nextCursor };
}
