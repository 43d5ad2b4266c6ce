import type { NewApiKey } from "../../../core/auth/api-key.ts";
import { MAX_LIVING_KEYS } from "../../../core/auth/key-rules.ts";
import type { Scope } from "../../../schema/contracts/roles.ts";
import { type Fragment, fragment, sql } from "../sql.ts";
import { auditEach, findTenant, tenantId } from "./common.ts";

const HOUR_MS = 3_600_000;

/** Of several rows `k` of api_keys the newest. */
const NEWEST = fragment`ORDER BY k.created_at DESC, k.rowid DESC LIMIT 1`;

export interface NewKey {
  id: string;
  /** The tenant's name. */
  tenant: string;
  name: string;
  key: NewApiKey;
  /** In the order of SCOPES. */
  scopes: readonly Scope[];
  /** Name of the source that it sends for; null for a key that cannot send. */
  source: string | null;
  /** Unix ms. */
  now: number;
  /** Unix ms; null never. */
  expiresAt: number | null;
}

/**
 * Returns the tenant; the id of its source of the name, and how many keys work; then the key's id unless the source is
 * missing, there are MAX_LIVING_KEYS, or a key of the name works already. The index `api_keys_live_name` cannot see to the
 * last alone: it knows no clock, so it leaves out keys that expire.
 */
export function createKey({ id, tenant, name, key, scopes, source, now, expiresAt }: NewKey): string[] {
  return [
    findTenant(tenant),
    sql`SELECT (SELECT id FROM sources WHERE ${isSource(tenant, source)}) AS source_id, ${living(tenant, now)} AS living`,
    sql`INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes, source_id, created_by, created_at, expires_at)
      SELECT ${id}, t.id, ${name}, ${key.prefix}, ${key.hash}, ${scopes.join(" ")},
        (SELECT id FROM sources WHERE ${isSource(tenant, source)}), 'operator', ${now}, ${expiresAt}
      FROM tenants t WHERE t.id = ${tenantId(tenant)}
        AND (${source} IS NULL OR EXISTS (SELECT 1 FROM sources WHERE ${isSource(tenant, source)}))
        AND ${living(tenant, now)} < ${MAX_LIVING_KEYS}
        AND NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.tenant_id = t.id AND k.name = ${name} AND ${works(now)})
      RETURNING id`,
    auditEach({
      action: "key.created",
      now,
      rows: fragment`SELECT tenant_id, 'key:' || id AS target, json_object('name', name, 'prefix', prefix,
        'scopes', scopes, 'sourceId', source_id, 'expiresAt', expires_at) AS detail FROM api_keys WHERE id = ${id}`,
    }),
  ];
}

/** Returns the tenant, then the keys of the name that worked until now; a rotation may have left two. */
export function revokeKey(tenant: string, name: string, now: number): string[] {
  return [
    findTenant(tenant),
    sql`UPDATE api_keys AS k SET revoked_at = ${now}
      WHERE k.tenant_id = ${tenantId(tenant)} AND k.name = ${name} AND ${works(now)} RETURNING prefix`,
    auditEach({
      action: "key.revoked",
      now,
      rows: fragment`SELECT tenant_id, 'key:' || id AS target, json_object('name', name) AS detail FROM api_keys
        WHERE tenant_id = ${tenantId(tenant)} AND name = ${name} AND revoked_at = ${now}`,
    }),
  ];
}

export interface KeyRotation {
  id: string;
  /** The tenant's name. */
  tenant: string;
  name: string;
  key: NewApiKey;
  /** Unix ms. */
  now: number;
  /** How long the old key still works. */
  overlapHours: number;
}

/**
 * A new key beside the newest working one of the name, with its scopes, its source and its lifetime; the old ones end with
 * the overlap. Returns the tenant, how many keys work, the new key's id (none when no key of the name works, or with an
 * overlap one key too many would), an audit entry, the old keys, the new key.
 */
export function rotateKey({ id, tenant, name, key, now, overlapHours }: KeyRotation): string[] {
  const until = now + overlapHours * HOUR_MS;
  // Without an overlap the old one makes room.
  const most = overlapHours === 0 ? MAX_LIVING_KEYS + 1 : MAX_LIVING_KEYS;
  const old = fragment`k.tenant_id = ${tenantId(tenant)} AND k.name = ${name} AND k.id <> ${id} AND ${works(now)}`;
  return [
    findTenant(tenant),
    sql`SELECT ${living(tenant, now)} AS living`,
    // Born revoked: two keys of one name that never expire would break the unique index.
    sql`INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes, source_id, created_by, created_at, expires_at,
        revoked_at)
      SELECT ${id}, k.tenant_id, k.name, ${key.prefix}, ${key.hash}, k.scopes, k.source_id, 'operator', ${now},
        CASE WHEN k.expires_at IS NULL THEN NULL ELSE ${now} + k.expires_at - k.created_at END, ${now}
      FROM api_keys k WHERE ${old} AND ${living(tenant, now)} < ${most} ${NEWEST} RETURNING id`,
    auditEach({
      action: "key.rotated",
      now,
      rows: fragment`SELECT tenant_id, 'key:' || id AS target, json_object('name', name, 'newKey', ${`key:${id}`},
        'prefix', ${key.prefix}, 'overlapHours', ${overlapHours}) AS detail FROM api_keys k WHERE ${old} ${NEWEST}`,
    }),
    sql`UPDATE api_keys AS k SET expires_at = MIN(COALESCE(k.expires_at, ${until}), ${until})
      WHERE ${old} AND EXISTS (SELECT 1 FROM api_keys WHERE id = ${id}) RETURNING prefix, expires_at`,
    sql`UPDATE api_keys SET revoked_at = NULL WHERE id = ${id} RETURNING scopes, expires_at`,
  ];
}

/** Returns the tenant, then all its keys, the oldest first. */
export function listKeys(tenant: string): string[] {
  return [
    findTenant(tenant),
    sql`SELECT k.name, k.prefix, k.scopes, s.name AS source, s.deleted_at AS source_deleted_at, k.created_at,
        k.last_used_at, k.expires_at, k.revoked_at
      FROM api_keys k LEFT JOIN sources s ON s.tenant_id = k.tenant_id AND s.id = k.source_id
      WHERE k.tenant_id = ${tenantId(tenant)} ORDER BY k.created_at, k.rowid`,
  ];
}

/** How many keys of the tenant work. */
function living(tenant: string, now: number): Fragment {
  return fragment`(SELECT COUNT(*) FROM api_keys k WHERE k.tenant_id = ${tenantId(tenant)} AND ${works(now)})`;
}

/** Of a row `k` of api_keys. */
function works(now: number): Fragment {
  return fragment`k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${now})`;
}

function isSource(tenant: string, source: string | null): Fragment {
  return fragment`tenant_id = ${tenantId(tenant)} AND name = ${source} AND deleted_at IS NULL`;
}
