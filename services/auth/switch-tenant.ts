import { and, eq, isNull, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { isTenantId } from "../../schema/contracts/tenant-id.ts";
import { sessions } from "../../schema/tables/accounts.ts";
import type { Platform } from "../platform.ts";
import type { SignedIn } from "../tenants/principal.ts";
import { accountById } from "./find-account.ts";
import { type Granted, grantAccess } from "./grant-access.ts";
import { chooseMembership, membershipsOf } from "./memberships.ts";

/**
 * Leads a session to another tenant of its account: the access tokens of the one before end with it.
 * @param wanted id of a tenant, as a client sends it: the membership vouches for it
 * @throws Log0Error forbidden, tenant_suspended; unauthorized when the session was ended meanwhile
 */
export async function switchTenant(
  platform: Platform,
  { accountId, sessionId }: Pick<SignedIn, "accountId" | "sessionId">,
  wanted: string,
): Promise<Granted> {
  const [account, memberships] = await Promise.all([
    accountById(platform, accountId),
    membershipsOf(platform, accountId),
  ]);
  if (account === undefined || !isTenantId(wanted))
    throw new Log0Error("forbidden", "you are no member of this tenant");
  const chosen = chooseMembership(memberships, { tenantId: wanted });
  const [switched] = await platform.everyTenant
    .update(sessions)
    .set({ tenantId: chosen.id, lastUsedAt: platform.now() })
    .where(
      and(
        eq(sessions.id, sessionId),
        eq(sessions.accountId, accountId),
        isNull(sessions.revokedAt),
        sql`EXISTS (SELECT 1 FROM users WHERE tenant_id = ${chosen.id} AND account_id = ${accountId})`,
      ),
    )
    .returning({ id: sessions.id });
  if (switched === undefined) throw new Log0Error("unauthorized", "the session is over; sign in again");
  return await grantAccess(platform, account, sessionId, chosen, memberships.active);
}
