import { and, eq, gt, isNull, or } from "drizzle-orm";
import { hashApiKey } from "../../core/auth/api-key.ts";
import { Log0Error } from "../../core/errors.ts";
import type { Source } from "../../core/ingest/chunks.ts";
import { TtlCache } from "../../core/ttl-cache.ts";
import { apiKeys, tenants } from "../../schema/tables/tenants.ts";
import type { Platform } from "../platform.ts";

/** Who calls, as the credential says it. */
export interface Principal extends Source {
  /** LogStore objects that the tenant's chunks are spread over. */
  shards: number;
  /** Until then (Unix ms) a store of the tenant is full. */
  blockedUntil: number;
}

/** A revoked key, or a suspended tenant, is refused everywhere within this time. */
const CACHE_MS = 10_000;
const cache = new TtlCache<{ principal: Principal; suspended: boolean; expiresAt: number }>(CACHE_MS, 10_000);

/**
 * Finds the tenant of an API key. Only keys that exist are remembered, so that a new one works at once.
 * @throws Log0Error unauthorized, tenant_suspended
 */
export async function authenticate(platform: Platform, key: string | undefined): Promise<Principal> {
  const hash = key === undefined ? undefined : hashApiKey(key);
  if (hash === undefined) throw new Log0Error("unauthorized", "an API key is needed: X-API-Key: l0_…");
  const now = platform.now();
  let known = cache.get(hash, now);
  if (known === undefined) {
    const row = await platform.db
      .select({
        tenantId: apiKeys.tenantId,
        keyId: apiKeys.id,
        dedup: apiKeys.dedup,
        expiresAt: apiKeys.expiresAt,
        shards: tenants.shards,
        blockedUntil: tenants.blockedUntil,
        status: tenants.status,
      })
      .from(apiKeys)
      .innerJoin(tenants, eq(tenants.id, apiKeys.tenantId))
      .where(
        and(
          eq(apiKeys.hash, hash),
          isNull(apiKeys.revokedAt),
          or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)),
        ),
      )
      .get();
    if (row === undefined) throw new Log0Error("unauthorized", "the API key is unknown, expired or revoked");
    const { status, expiresAt, ...principal } = row;
    known = { principal, suspended: status === "suspended", expiresAt: expiresAt ?? Number.POSITIVE_INFINITY };
    cache.set(hash, known, now);
  }
  if (known.expiresAt <= now) throw new Log0Error("unauthorized", "the API key is unknown, expired or revoked");
  if (known.suspended) throw new Log0Error("tenant_suspended", "the tenant is suspended; its data is kept");
  return known.principal;
}
