import { type SQL, sql } from "drizzle-orm";
import { ROLE_PERMISSIONS } from "../../core/auth/permissions.ts";
import { Log0Error } from "../../core/errors.ts";
import { ROLES } from "../../schema/contracts/roles.ts";
import { tenants } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";
import type { Principal } from "../tenants/principal.ts";
import { livesAs } from "./key.ts";

/** Who makes a key. */
export type KeyMaker = Pick<Principal, "actor" | "credential" | "permissions">;

const MANAGERS = ROLES.filter((role) => ROLE_PERMISSIONS[role].has("keys.manage"));

/**
 * Whether whoever makes a key may at the moment of writing, past every cache: a credential that has just come to an end
 * must leave no new one behind.
 */
export function stillManages({ tenantId }: TenantScope, { actor, credential }: KeyMaker, now: number): SQL {
  const id = credential.slice(credential.indexOf(":") + 1);
  if (credential.startsWith("key:")) {
    return sql`EXISTS (SELECT 1 FROM api_keys AS acting WHERE acting.tenant_id = ${tenantId} AND acting.id = ${id}
      AND ${livesAs("acting", now)})`;
  }
  return sql`EXISTS (SELECT 1 FROM users AS acting JOIN sessions AS open ON open.account_id = acting.account_id
    WHERE acting.tenant_id = ${tenantId} AND 'user:' || acting.id = ${actor}
      AND acting.role IN (SELECT value FROM json_each(${JSON.stringify(MANAGERS)}))
      AND open.tenant_id = ${tenantId} AND open.id = ${id} AND open.revoked_at IS NULL AND open.expires_at > ${now})`;
}

/** @throws Log0Error forbidden when that is why nothing was written */
export async function mustStillManage(scope: TenantScope, by: KeyMaker, now: number): Promise<void> {
  const still = await scope.db
    .select({ still: sql<number>`${stillManages(scope, by, now)}` })
    .from(tenants)
    .where(sql`${tenants.id} = ${scope.tenantId}`)
    .get();
  if (still?.still !== 1) throw new Log0Error("forbidden", "you may not make keys any more");
}
