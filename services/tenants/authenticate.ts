import { and, eq, isNull } from "drizzle-orm";
import { hashApiKey } from "../../core/auth/api-key.ts";
import { permissionsOfScopes } from "../../core/auth/permissions.ts";
import { Log0Error } from "../../core/errors.ts";
import { TtlCache } from "../../core/ttl-cache.ts";
import { apiKeys, sources, tenants } from "../../schema/tables/tenants.ts";
import { living, scopesOf } from "../keys/key.ts";
import { noteUse } from "../keys/note-use.ts";
import type { Platform } from "../platform.ts";
import type { Principal } from "./principal.ts";

/** A revoked key, or a suspended tenant, is refused everywhere within this time. */
const CACHE_MS = 10_000;
const cache = new TtlCache<{ principal: Principal; active: boolean; expiresAt: number }>(CACHE_MS, 10_000);

/** Credentials that turned out to be nobody's: they never become somebody's, and need not be asked for again and again. */
const unknown = new TtlCache<true>(CACHE_MS, 10_000);

function refused(): Log0Error {
  return new Log0Error("unauthorized", "the API key is unknown, expired or revoked");
}

/** What the edge has a say in when a credential has to be looked up. */
export interface LookUp {
  /** Before D1 is asked. @throws what the caller is to get instead */
  admit(): void;
  /** The credential is nobody's. */
  refused(): void;
  /** Lets work outlive the request. */
  keepAlive(work: Promise<void>): void;
}

/** @throws Log0Error tenant_suspended */
export function refuseSuspended(active: boolean): void {
  if (!active) throw new Log0Error("tenant_suspended", "the tenant is suspended; its data is kept");
}

async function findKey(platform: Platform, hash: string) {
  return await platform.everyTenant
    .select({
      tenantId: apiKeys.tenantId,
      keyId: apiKeys.id,
      scopes: apiKeys.scopes,
      expiresAt: apiKeys.expiresAt,
      plan: tenants.plan,
      shards: tenants.shards,
      blockedUntil: tenants.blockedUntil,
      status: tenants.status,
      source: {
        sourceId: sources.id,
        name: sources.name,
        environment: sources.environment,
        parserHint: sources.parserHint,
        dedup: sources.dedup,
      },
    })
    .from(apiKeys)
    .innerJoin(tenants, eq(tenants.id, apiKeys.tenantId))
    .leftJoin(
      sources,
      and(eq(sources.tenantId, apiKeys.tenantId), eq(sources.id, apiKeys.sourceId), isNull(sources.deletedAt)),
    )
    .where(and(eq(apiKeys.hash, hash), living(platform.now())))
    .get();
}

type KeyRow = NonNullable<Awaited<ReturnType<typeof findKey>>>;

function principalOf({ tenantId, keyId, scopes, plan, shards, blockedUntil, source }: KeyRow): Principal {
  return {
    tenantId,
    actor: `key:${keyId}`,
    credential: `key:${keyId}`,
    // A key whose source is gone cannot send any more, whatever its scopes say.
    permissions: permissionsOfScopes(scopesOf(scopes).filter((scope) => scope !== "ingest" || source !== null)),
    plan,
    shards,
    blockedUntil,
    source: source === null ? undefined : { ...source, tenantId, shards },
    user: undefined,
  };
}

/**
 * Finds the tenant of an API key. A new one works at once: nobody can have asked for it before.
 * @throws Log0Error unauthorized, tenant_suspended, and what `lookUp` throws
 */
export async function authenticate(platform: Platform, key: string | undefined, lookUp: LookUp): Promise<Principal> {
  const hash = key === undefined ? undefined : hashApiKey(key);
  if (hash === undefined) throw new Log0Error("unauthorized", "an API key is needed: X-API-Key: l0_…");
  const now = platform.now();
  let known = cache.get(hash, now);
  if (known === undefined) {
    if (unknown.get(hash, now) === true) throw refused();
    lookUp.admit();
    const row = await findKey(platform, hash);
    // A tenant that is being deleted is gone for those outside.
    if (row === undefined || row.status === "deleting") {
      unknown.set(hash, true, now);
      lookUp.refused();
      throw refused();
    }
    known = {
      principal: principalOf(row),
      active: row.status === "active",
      expiresAt: row.expiresAt ?? Number.POSITIVE_INFINITY,
    };
    cache.set(hash, known, now);
    const noting = noteUse(platform, row.tenantId, row.keyId);
    if (noting !== undefined) lookUp.keepAlive(noting);
  }
  if (known.expiresAt <= now) throw refused();
  refuseSuspended(known.active);
  return known.principal;
}
