import { and, eq } from "drizzle-orm";
import type { Role } from "../../schema/contracts/roles.ts";
import { accounts } from "../../schema/tables/accounts.ts";
import { users } from "../../schema/tables/tenants.ts";
import type { Platform } from "../platform.ts";
import { accountByEmail } from "./find-account.ts";
import { findInvitation, type OpenInvitation } from "./find-invitation.ts";

/** What the holder of an invitation is shown before accepting it. */
export interface ShownInvitation {
  /** Name. */
  tenant: string;
  email: string;
  role: Role;
  /** Accepting asks for the account's present password then. */
  hasAccount: boolean;
  /** Name or address; null for the operator. */
  inviter: string | null;
  /** Unix ms. */
  expiresAt: number;
}

async function inviterOf(platform: Platform, { tenantId, invitedBy }: OpenInvitation): Promise<string | null> {
  const id = /^user:(.+)$/.exec(invitedBy)?.[1];
  if (id === undefined) return null;
  const inviter = await platform.everyTenant
    .select({ email: users.email, name: accounts.name })
    .from(users)
    .leftJoin(accounts, eq(accounts.id, users.accountId))
    .where(and(eq(users.tenantId, tenantId), eq(users.id, id)))
    .get();
  return inviter?.name || inviter?.email || null;
}

/** @throws Log0Error invalid_token, tenant_suspended */
export async function showInvitation(platform: Platform, token: string): Promise<ShownInvitation> {
  const invitation = await findInvitation(platform, token);
  const [account, inviter] = await Promise.all([
    accountByEmail(platform, invitation.email),
    inviterOf(platform, invitation),
  ]);
  const { tenant, email, role, expiresAt } = invitation;
  return { tenant, email, role, hasAccount: account !== undefined, inviter, expiresAt };
}
