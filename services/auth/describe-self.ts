import { Log0Error } from "../../core/errors.ts";
import type { Platform } from "../platform.ts";
import type { Principal, SignedIn } from "../tenants/principal.ts";
import { accountById } from "./find-account.ts";
import { describePerson } from "./grant-access.ts";
import { chooseMembership, membershipsOf } from "./memberships.ts";

/** Who one is, where, and what one may do there. @throws Log0Error forbidden, tenant_suspended */
export async function describeSelf(platform: Platform, principal: Principal, { accountId, sessionId }: SignedIn) {
  const [account, memberships] = await Promise.all([
    accountById(platform, accountId),
    membershipsOf(platform, accountId),
  ]);
  if (account === undefined) throw new Log0Error("forbidden", "the account is gone");
  const chosen = chooseMembership(memberships, { tenantId: principal.tenantId });
  return {
    ...describePerson(account, chosen, memberships.active),
    permissions: [...principal.permissions],
    hasPassword: account.passwordHash !== null,
    sessionId,
  };
}
