import { and, eq, gt, isNull } from "drizzle-orm";
import { permissionsOfScopes, ROLE_PERMISSIONS } from "../../core/auth/permissions.ts";
import { sessions } from "../../schema/tables/accounts.ts";
import { apiKeys, users } from "../../schema/tables/tenants.ts";
import { living, scopesOf } from "../keys/key.ts";
import type { Platform, TenantScope } from "../platform.ts";

/** Who began an installation. */
export interface Installer {
  /** `user:<id>` or `key:<id>`. */
  actor: string;
  /** Of a person; null for an API key. */
  sessionId: string | null;
}

/** What whoever began an installation may do at the moment: it is finished minutes later, without their credential. */
async function permissionsOf(platform: Platform, scope: TenantScope, { actor, sessionId }: Installer) {
  const now = scope.now();
  const [kind, id = ""] = actor.split(":");
  if (kind === "key") {
    const key = await scope.db
      .select({ scopes: apiKeys.scopes })
      .from(apiKeys)
      .where(and(eq(apiKeys.tenantId, scope.tenantId), eq(apiKeys.id, id), living(now)))
      .get();
    return permissionsOfScopes(key === undefined ? [] : scopesOf(key.scopes));
  }
  const person = await platform.everyTenant
    .select({ role: users.role })
    .from(users)
    .innerJoin(sessions, eq(sessions.accountId, users.accountId))
    .where(
      and(
        eq(users.tenantId, scope.tenantId),
        eq(users.id, id),
        eq(sessions.id, sessionId ?? ""),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, now),
      ),
    )
    .get();
  return person === undefined ? undefined : ROLE_PERMISSIONS[person.role];
}

/** Whether whoever began an installation may still have one: not signed out, not removed, no less than they were. */
export async function mayInstall(platform: Platform, scope: TenantScope, installer: Installer): Promise<boolean> {
  return (await permissionsOf(platform, scope, installer))?.has("channels.manage") ?? false;
}
