import { and, eq, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import { lostInvitations, type Membership } from "../../core/auth/membership.ts";
import type { Role } from "../../schema/contracts/roles.ts";
import { invitations } from "../../schema/tables/accounts.ts";
import type { TenantScope } from "../platform.ts";

// What must still hold at the moment of writing: of two who act on members at once, the second finds what the first did.

/** Whether whoever acts is still what they were when it was judged what they may. */
export function stillIs(scope: TenantScope, by: Membership): SQL {
  return sql`EXISTS (SELECT 1 FROM users AS acting WHERE acting.tenant_id = ${scope.tenantId}
    AND acting.id = ${by.id} AND acting.role = ${by.role})`;
}

/** Whether the tenant has an owner who has joined besides the row of `users` that the statement is about, or needs none. */
export function keepsOwner(scope: TenantScope): SQL {
  return sql`(${sql.raw("users.role")} <> 'owner' OR ${sql.raw("users.account_id")} IS NULL OR EXISTS (
    SELECT 1 FROM users AS other WHERE other.tenant_id = ${scope.tenantId} AND other.role = 'owner'
      AND other.account_id IS NOT NULL AND other.id <> ${sql.raw("users.id")}))`;
}

/**
 * Ends the open invitations that a member may not have sent any more, and those to a member who is gone. A statement for
 * the batch of the change; nothing happens where that did not.
 * @param role what the member is now; undefined when they are gone
 */
export function endInvitations(scope: TenantScope, member: { id: string; email: string }, role: Role | undefined) {
  const { tenantId } = scope;
  const present = sql`SELECT 1 FROM users WHERE tenant_id = ${tenantId} AND id = ${member.id}`;
  const sent = and(
    eq(invitations.invitedBy, `user:${member.id}`),
    inArray(invitations.role, [...lostInvitations(role)]),
  );
  return scope.db
    .update(invitations)
    .set({ revokedAt: scope.now() })
    .where(
      and(
        eq(invitations.tenantId, tenantId),
        isNull(invitations.acceptedAt),
        isNull(invitations.revokedAt),
        role === undefined ? or(sent, eq(invitations.email, member.email.toLowerCase())) : sent,
        role === undefined ? sql`NOT EXISTS (${present})` : sql`EXISTS (${present} AND role = ${role})`,
      ),
    );
}
