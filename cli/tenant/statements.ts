import type { NewApiKey } from "../../core/auth/api-key.ts";
import type { DedupMode, Plan } from "../../schema/contracts/plans.ts";
import type { Scope } from "../../schema/contracts/roles.ts";
import { sql } from "./sql.ts";

// Each builder returns one list of statements, which D1 runs as one transaction. The list is also written so that it is
// harmless if it were not: what depends on an earlier statement looks for that statement's row.

export interface NewTenant {
  id: string;
  name: string;
  plan: Plan;
  adminEmail: string;
  shards: number;
  ownerId: string;
  sourceId: string;
  keyId: string;
  /** Of the first key, in the order of SCOPES. */
  scopes: readonly Scope[];
  key: NewApiKey;
  /** Unix ms. */
  now: number;
}

/**
 * A tenant, its owner, its first source and its first API key, both "default". A second tenant of the name breaks the unique index
 * `tenants_name`, and with it the whole list. Each statement returns the id that it inserted.
 */
export function createTenant(tenant: NewTenant): string[] {
  const { id, name, plan, adminEmail, shards, ownerId, sourceId, keyId, key, scopes, now } = tenant;
  return [
    sql`INSERT INTO tenants (id, name, plan, status, admin_email, shards, settings, created_at)
      VALUES (${id}, ${name}, ${plan}, 'active', ${adminEmail}, ${shards}, '{}', ${now}) RETURNING id`,
    sql`INSERT INTO users (id, tenant_id, email, role, created_at)
      SELECT ${ownerId}, id, admin_email, 'owner', ${now} FROM tenants WHERE id = ${id} RETURNING id`,
    sql`INSERT INTO sources (id, tenant_id, name, created_at)
      SELECT ${sourceId}, id, 'default', ${now} FROM tenants WHERE id = ${id} RETURNING id`,
    sql`INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes, source_id, created_by, created_at)
      SELECT ${keyId}, id, 'default', ${key.prefix}, ${key.hash}, ${scopes.join(" ")}, ${sourceId}, 'operator', ${now}
      FROM tenants WHERE id = ${id} RETURNING id`,
  ];
}

/** Every tenant by name, with the number of keys that work at `now` (Unix ms). */
export function listTenants(now: number): string[] {
  return [
    sql`SELECT t.name, t.plan, t.status, t.admin_email, t.shards, t.created_at,
        (SELECT COUNT(*) FROM api_keys k WHERE k.tenant_id = t.id AND k.revoked_at IS NULL
          AND (k.expires_at IS NULL OR k.expires_at > ${now})) AS live_keys
      FROM tenants t ORDER BY t.name`,
  ];
}

/** Returns the tenant (none when there is none of the name), then the tenant again if its status changed. */
export function setTenantStatus(name: string, status: "active" | "suspended"): string[] {
  return [
    findTenant(name),
    sql`UPDATE tenants SET status = ${status} WHERE name = ${name} AND status <> ${status} RETURNING id`,
  ];
}

export interface NewKey {
  id: string;
  tenant: string;
  name: string;
  key: NewApiKey;
  dedup: DedupMode;
  /** Unix ms. */
  now: number;
  /** Unix ms; null never. */
  expiresAt: number | null;
}

/**
 * Returns the tenant, then the key's id unless a key of the name works already. The index `api_keys_live_name` cannot
 * see to that alone: it knows no clock, so it leaves out keys that expire.
 */
export function createKey({ id, tenant, name, key, dedup, now, expiresAt }: NewKey): string[] {
  return [
    findTenant(tenant),
    sql`INSERT INTO api_keys (id, tenant_id, name, prefix, hash, dedup, created_at, expires_at)
      SELECT ${id}, t.id, ${name}, ${key.prefix}, ${key.hash}, ${dedup}, ${now}, ${expiresAt} FROM tenants t
      WHERE t.name = ${tenant} AND NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.tenant_id = t.id AND k.name = ${name}
        AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${now}))
      RETURNING id`,
  ];
}

/** Returns the tenant, then the keys of the name that worked until now; a rotation may have left two. */
export function revokeKey(tenant: string, name: string, now: number): string[] {
  return [
    findTenant(tenant),
    sql`UPDATE api_keys SET revoked_at = ${now}
      WHERE tenant_id = (SELECT id FROM tenants WHERE name = ${tenant}) AND name = ${name} AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > ${now})
      RETURNING prefix`,
  ];
}

export interface KeyRotation {
  id: string;
  tenant: string;
  name: string;
  key: NewApiKey;
  /** Unix ms. */
  now: number;
  /** How long the old key still works, in ms. */
  overlapMs: number;
}

/**
 * A new key beside the newest working one of the name, with its deduplication and its lifetime; the old ones end with
 * the overlap. Returns the tenant, the new key's id (none when no key of the name works), the old keys, the new key.
 */
export function rotateKey({ id, tenant, name, key, now, overlapMs }: KeyRotation): string[] {
  const until = now + overlapMs;
  return [
    findTenant(tenant),
    // Born revoked: two keys of one name that never expire would break the unique index.
    sql`INSERT INTO api_keys (id, tenant_id, name, prefix, hash, dedup, created_at, expires_at, revoked_at)
      SELECT ${id}, k.tenant_id, k.name, ${key.prefix}, ${key.hash}, k.dedup, ${now},
        CASE WHEN k.expires_at IS NULL THEN NULL ELSE ${now} + k.expires_at - k.created_at END, ${now}
      FROM api_keys k JOIN tenants t ON t.id = k.tenant_id
      WHERE t.name = ${tenant} AND k.name = ${name} AND k.revoked_at IS NULL
        AND (k.expires_at IS NULL OR k.expires_at > ${now})
      ORDER BY k.created_at DESC, k.rowid DESC LIMIT 1 RETURNING id`,
    sql`UPDATE api_keys SET expires_at = MIN(COALESCE(expires_at, ${until}), ${until})
      WHERE tenant_id = (SELECT tenant_id FROM api_keys WHERE id = ${id}) AND name = ${name} AND id <> ${id}
        AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${now})
      RETURNING prefix, expires_at`,
    sql`UPDATE api_keys SET revoked_at = NULL WHERE id = ${id} RETURNING dedup, expires_at`,
  ];
}

/** Returns the tenant, then all its keys, the oldest first. */
export function listKeys(tenant: string): string[] {
  return [
    findTenant(tenant),
    sql`SELECT name, prefix, dedup, created_at, expires_at, revoked_at FROM api_keys
      WHERE tenant_id = (SELECT id FROM tenants WHERE name = ${tenant}) ORDER BY created_at, rowid`,
  ];
}

function findTenant(name: string): string {
  return sql`SELECT id, status FROM tenants WHERE name = ${name}`;
}
