import { and, asc, eq, ne } from "drizzle-orm";
import { MAX_ENGINEERS } from "../../core/notifications/slack-modal.ts";
import { users } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";

/** Users who may take incidents, by e-mail: as many as a menu of Slack holds. */
export function listEngineers(scope: TenantScope): Promise<{ id: string; name: string }[]> {
  return scope.db
    .select({ id: users.id, name: users.email })
    .from(users)
    .where(and(eq(users.tenantId, scope.tenantId), ne(users.role, "viewer")))
    .orderBy(asc(users.email))
    .limit(MAX_ENGINEERS);
}
