import { and, eq, gt, isNull } from "drizzle-orm";
import { checkInvitation, type Membership } from "../../core/auth/membership.ts";
import { Log0Error } from "../../core/errors.ts";
import { invitations } from "../../schema/tables/accounts.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import { stillIs } from "./conditions.ts";

/** Takes an open invitation back. @throws Log0Error forbidden; not_found, also for one that was accepted */
export async function revokeInvitation(scope: TenantScope, id: string, by: Membership): Promise<void> {
  const now = scope.now();
  const open = and(
    eq(invitations.tenantId, scope.tenantId),
    eq(invitations.id, id),
    isNull(invitations.acceptedAt),
    isNull(invitations.revokedAt),
    gt(invitations.expiresAt, now),
  );
  const invitation = await scope.db.select().from(invitations).where(open).get();
  if (invitation === undefined) throw new Log0Error("not_found", "no such open invitation");
  const { email, role } = invitation;
  checkInvitation(by.role, role, []);
  const [revoked] = await scope.db.batch([
    scope.db
      .update(invitations)
      .set({ revokedAt: now })
      .where(and(open, stillIs(scope, by)))
      .returning({ id: invitations.id }),
    auditIfChanged(scope, {
      actor: `user:${by.id}`,
      action: "member.invitation-revoked",
      target: `invitation:${id}`,
      detail: { email, role },
    }),
  ]);
  if (revoked.length === 0) throw new Log0Error("not_found", "no such open invitation");
}
