import { and, desc, eq, gt, isNull } from "drizzle-orm";
import { invitations } from "../../schema/tables/accounts.ts";
import type { TenantScope } from "../platform.ts";

/** Open invitations, the newest first; never their links. Times are Unix ms. */
export function listInvitations(scope: TenantScope) {
  const { id, email, role, invitedBy, createdAt, expiresAt, acceptedAt, revokedAt } = invitations;
  return scope.db
    .select({ id, email, role, invitedBy, createdAt, expiresAt })
    .from(invitations)
    .where(
      and(eq(invitations.tenantId, scope.tenantId), isNull(acceptedAt), isNull(revokedAt), gt(expiresAt, scope.now())),
    )
    .orderBy(desc(createdAt), desc(id));
}
