import { and, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { sessions } from "../../schema/tables/accounts.ts";
import { apiKeys, tenants, users } from "../../schema/tables/tenants.ts";
import { living } from "../keys/key.ts";
import type { TenantScope } from "../platform.ts";

/** What a tenant's connections may go on with. */
export interface Access {
  suspended: boolean;
  shards: number;
  /** Those of the credentials that still stand. */
  valid: ReadonlySet<string>;
}

/** An answer that is sent for a long time looks as often whether it may go on. */
const RECHECK_MS = 10_000;

/** One parameter, whatever their number: a statement takes a hundred. */
function idsOf(credentials: readonly string[], kind: "key" | "session") {
  const ids = credentials.filter((one) => one.startsWith(`${kind}:`)).map((one) => one.slice(kind.length + 1));
  return sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;
}

/**
 * Asks D1 itself, past every cache, for connections that outlive their first check. A tenant that is gone counts as
 * suspended; a session stands as long as it is not revoked and its account is a member of the tenant.
 * @param credentials `key:<id>` or `session:<id>`
 */
export async function checkAccess(scope: TenantScope, credentials: readonly string[]): Promise<Access> {
  const { db, tenantId } = scope;
  const now = scope.now();
  const [[tenant], keys, signedIn] = await db.batch([
    db.select({ status: tenants.status, shards: tenants.shards }).from(tenants).where(eq(tenants.id, tenantId)),
    db
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(and(eq(apiKeys.tenantId, tenantId), inArray(apiKeys.id, idsOf(credentials, "key")), living(now))),
    db
      .select({ id: sessions.id })
      .from(sessions)
      .innerJoin(users, and(eq(users.tenantId, tenantId), eq(users.accountId, sessions.accountId)))
      .where(
        and(
          eq(sessions.tenantId, tenantId),
          inArray(sessions.id, idsOf(credentials, "session")),
          isNull(sessions.revokedAt),
          gt(sessions.expiresAt, now),
        ),
      ),
  ]);
  return {
    suspended: tenant?.status !== "active",
    shards: tenant?.shards ?? 1,
    valid: new Set([...keys.map(({ id }) => `key:${id}`), ...signedIn.map(({ id }) => `session:${id}`)]),
  };
}

/**
 * A check for each piece of an answer that may be sent for longer than a credential lives.
 * @param credential that was found good just now
 * @returns what throws Log0Error unauthorized once the credential, or its tenant, does not stand any more
 */
export function accessChecks(scope: TenantScope, credential: string): () => Promise<void> {
  let checkedAt = scope.now();
  return async () => {
    const now = scope.now();
    if (now - checkedAt < RECHECK_MS) return;
    const { suspended, valid } = await checkAccess(scope, [credential]);
    if (suspended || !valid.has(credential)) throw new Log0Error("unauthorized", "who asked may not read any more");
    checkedAt = now;
  };
}
