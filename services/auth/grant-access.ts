import type { Role } from "../../schema/contracts/roles.ts";
import type { TenantId } from "../../schema/contracts/tenant-id.ts";
import type { Platform } from "../platform.ts";
import type { Account } from "./find-account.ts";
import type { Membership } from "./memberships.ts";

/** What a session gives to whoever holds it. */
export interface Granted {
  accessToken: string;
  /** Of the access token, Unix ms. */
  expiresAt: number;
  user: {
    /** `users.id`: who one is in this tenant, as assignments and the audit log name it. */
    id: string;
    accountId: string;
    email: string;
    name: string;
    role: Role;
  };
  /** The one that the access token is for. */
  tenant: { id: TenantId; name: string };
  /** All active ones of the account: `POST /auth/switch` leads to them. */
  tenants: { id: TenantId; name: string; role: Role }[];
}

/** Who somebody is, in the words of the answers. */
export function describePerson(
  account: Pick<Account, "id" | "email" | "name">,
  chosen: Membership,
  memberships: readonly Membership[],
): Omit<Granted, "accessToken" | "expiresAt"> {
  const { id: accountId, email, name } = account;
  return {
    user: { id: chosen.userId, accountId, email, name, role: chosen.role },
    tenant: { id: chosen.id, name: chosen.name },
    tenants: memberships.map(({ userId: _, ...membership }) => membership),
  };
}

/** Signs an access token for a session's tenant. */
export async function grantAccess(
  platform: Platform,
  account: Account,
  sessionId: string,
  chosen: Membership,
  memberships: readonly Membership[],
): Promise<Granted> {
  const claims = { accountId: account.id, sessionId, tenantId: chosen.id };
  const { token, expiresAt } = await platform.accessTokens().sign(claims, platform.now());
  return { accessToken: token, expiresAt, ...describePerson(account, chosen, memberships) };
}
