import { and, eq, gt, isNull, ne } from "drizzle-orm";
import { hashToken } from "../../core/auth/opaque-token.ts";
import { Log0Error } from "../../core/errors.ts";
import { invitations } from "../../schema/tables/accounts.ts";
import { tenants } from "../../schema/tables/tenants.ts";
import type { Platform } from "../platform.ts";
import { refuseSuspended } from "../tenants/authenticate.ts";

export function refusedInvitation(): Log0Error {
  return new Log0Error("invalid_token", "the invitation is not valid, has expired, or was used");
}

/** An invitation that can still be accepted. @throws Log0Error invalid_token, tenant_suspended */
export async function findInvitation(platform: Platform, token: string) {
  const hash = hashToken("invitation", token);
  if (hash === undefined) throw refusedInvitation();
  const found = await platform.everyTenant
    .select({
      id: invitations.id,
      tenantId: invitations.tenantId,
      tenant: tenants.name,
      status: tenants.status,
      email: invitations.email,
      role: invitations.role,
      invitedBy: invitations.invitedBy,
      expiresAt: invitations.expiresAt,
    })
    .from(invitations)
    .innerJoin(tenants, eq(tenants.id, invitations.tenantId))
    .where(
      and(
        eq(invitations.hash, hash),
        isNull(invitations.acceptedAt),
        isNull(invitations.revokedAt),
        gt(invitations.expiresAt, platform.now()),
        ne(tenants.status, "deleting"),
      ),
    )
    .get();
  if (found === undefined) throw refusedInvitation();
  refuseSuspended(found.status === "active");
  return found;
}
export type OpenInvitation = Awaited<ReturnType<typeof findInvitation>>;
