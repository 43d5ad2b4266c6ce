import { and, eq, isNull, sql } from "drizzle-orm";
import { checkRemoval, type Membership } from "../../core/auth/membership.ts";
import { sessions } from "../../schema/tables/accounts.ts";
import { users } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import { explainRefusal } from "./change-role.ts";
import { endInvitations, keepsOwner, stillIs } from "./conditions.ts";
import { loadMember } from "./member.ts";

/**
 * Removes a member, or lets somebody leave. Their sessions in this tenant end; what was assigned to them stays so, by
 * name, and API keys that they made go on.
 * @throws Log0Error not_found, forbidden; conflict for the last owner, or when somebody else changed it meanwhile
 */
export async function removeMember(scope: TenantScope, userId: string, by: Membership): Promise<void> {
  const member = await loadMember(scope, userId);
  checkRemoval(by, member);
  const { tenantId } = scope;
  const gone = sql`NOT EXISTS (SELECT 1 FROM users WHERE tenant_id = ${tenantId} AND id = ${userId})`;
  const [removed] = await scope.db.batch([
    scope.db
      .delete(users)
      .where(
        and(
          eq(users.tenantId, tenantId),
          eq(users.id, userId),
          eq(users.role, member.role),
          stillIs(scope, by),
          keepsOwner(scope),
        ),
      )
      .returning({ id: users.id }),
    auditIfChanged(scope, {
      actor: `user:${by.id}`,
      action: "member.removed",
      target: `user:${userId}`,
      detail: { email: member.email, role: member.role },
    }),
    scope.db
      .update(sessions)
      .set({ revokedAt: scope.now() })
      .where(
        and(
          eq(sessions.tenantId, tenantId),
          eq(sessions.accountId, member.accountId ?? ""),
          isNull(sessions.revokedAt),
          gone,
        ),
      ),
    endInvitations(scope, member, undefined),
  ]);
  if (removed.length === 0) await explainRefusal(scope, member, by);
}
