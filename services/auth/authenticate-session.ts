import { and, eq, isNull } from "drizzle-orm";
import type { AccessClaims } from "../../core/auth/access-token.ts";
import { ROLE_PERMISSIONS } from "../../core/auth/permissions.ts";
import { Log0Error } from "../../core/errors.ts";
import { TtlCache } from "../../core/ttl-cache.ts";
import { isTenantId } from "../../schema/contracts/tenant-id.ts";
import { accounts, sessions } from "../../schema/tables/accounts.ts";
import { tenants, users } from "../../schema/tables/tenants.ts";
import type { Platform } from "../platform.ts";
import { type LookUp, refuseSuspended } from "../tenants/authenticate.ts";
import type { Principal } from "../tenants/principal.ts";

/** A log-out, a change of role, a removal or a suspension holds everywhere within this time. */
const CACHE_MS = 10_000;
const cache = new TtlCache<{ principal: Principal; active: boolean; expiresAt: number }>(CACHE_MS, 10_000);

function refused(): Log0Error {
  return new Log0Error("unauthorized", "the session is over; refresh it, or sign in again");
}

async function findSession(platform: Platform, { sessionId, accountId, tenantId }: AccessClaims) {
  if (!isTenantId(tenantId)) return undefined;
  return await platform.everyTenant
    .select({
      tenantId: sessions.tenantId,
      expiresAt: sessions.expiresAt,
      email: accounts.email,
      userId: users.id,
      role: users.role,
      plan: tenants.plan,
      shards: tenants.shards,
      blockedUntil: tenants.blockedUntil,
      status: tenants.status,
    })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.id, sessions.accountId))
    .innerJoin(tenants, eq(tenants.id, sessions.tenantId))
    .innerJoin(users, and(eq(users.tenantId, sessions.tenantId), eq(users.accountId, sessions.accountId)))
    .where(
      and(
        eq(sessions.id, sessionId),
        eq(sessions.accountId, accountId),
        // A token for the tenant that the session has left is worth nothing.
        eq(sessions.tenantId, tenantId),
        isNull(sessions.revokedAt),
      ),
    )
    .get();
}

type SessionRow = NonNullable<Awaited<ReturnType<typeof findSession>>>;

function principalOf({ sessionId, accountId }: AccessClaims, row: SessionRow): Principal {
  const { tenantId, userId, email, role, plan, shards, blockedUntil } = row;
  return {
    tenantId,
    actor: `user:${userId}`,
    credential: `session:${sessionId}`,
    permissions: ROLE_PERMISSIONS[role],
    plan,
    shards,
    blockedUntil,
    source: undefined,
    user: { userId, accountId, sessionId, email, role },
  };
}

/**
 * Finds who holds an access token. The token says which session; whether it lives, and the role, are asked of D1, and
 * believed for 10 s. Who is no longer a member gets 401, too: a refresh leads to another tenant, or says that there is none.
 * @throws Log0Error unauthorized, tenant_suspended, and what `lookUp` throws
 */
export async function authenticateSession(platform: Platform, token: string, lookUp: LookUp): Promise<Principal> {
  const now = platform.now();
  const claims = await platform.accessTokens().verify(token, now);
  const key = `${claims.sessionId}:${claims.tenantId}`;
  let known = cache.get(key, now);
  if (known === undefined) {
    lookUp.admit();
    const row = await findSession(platform, claims);
    if (row === undefined || row.status === "deleting") {
      lookUp.refused();
      throw refused();
    }
    known = { principal: principalOf(claims, row), active: row.status === "active", expiresAt: row.expiresAt };
    cache.set(key, known, now);
  }
  if (known.expiresAt <= now) throw refused();
  refuseSuspended(known.active);
  return known.principal;
}
