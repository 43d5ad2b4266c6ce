import { and, eq, gt, inArray, isNull, or, sql } from "drizzle-orm";
import { apiKeys, tenants } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";

/** What a tenant's connections may go on with. */
export interface Access {
  suspended: boolean;
  shards: number;
  /** Those of the keys that are neither revoked nor expired. */
  keyIds: ReadonlySet<string>;
}

/**
 * Asks D1 itself, past every cache, for connections that outlive their first check. A tenant that is gone counts as
 * suspended.
 */
export async function checkAccess(scope: TenantScope, keyIds: readonly string[]): Promise<Access> {
  // One parameter, whatever their number: a statement takes a hundred.
  const wanted = sql`(SELECT value FROM json_each(${JSON.stringify(keyIds)}))`;
  const [[tenant], keys] = await scope.db.batch([
    scope.db
      .select({ status: tenants.status, shards: tenants.shards })
      .from(tenants)
      .where(eq(tenants.id, scope.tenantId)),
    scope.db
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(
        and(
          eq(apiKeys.tenantId, scope.tenantId),
          inArray(apiKeys.id, wanted),
          isNull(apiKeys.revokedAt),
          or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, scope.now())),
        ),
      ),
  ]);
  return {
    suspended: tenant?.status !== "active",
    shards: tenant?.shards ?? 1,
    keyIds: new Set(keys.map((key) => key.id)),
  };
}
