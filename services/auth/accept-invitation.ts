import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { verifyPassword } from "../../core/auth/password.ts";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { accounts, invitations } from "../../schema/tables/accounts.ts";
import { users } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import { type Platform, scopeTo } from "../platform.ts";
import { countAttempt, forgive } from "./attempts.ts";
import { accountByEmail } from "./find-account.ts";
import { findInvitation, type OpenInvitation } from "./find-invitation.ts";
import { hashNewPassword } from "./new-password.ts";
import { type StartedSession, startSession } from "./start-session.ts";

export interface Acceptance {
  token: string;
  /** Of a new account; the present one where there is an account with the address already. */
  password: string;
  /** Of a new account. */
  name: string;
  /** User agent. */
  device: string;
  /** IP address. */
  address: string;
  requestId: string | undefined;
}

/**
 * The hash that proves whose the account is: of the new password, or the stored one that the present password was checked
 * against. An account without a password sets one by a reset first: an invitation's link, which others may have seen,
 * must not be the way into it.
 */
async function proveHash(platform: Platform, email: string, { password }: Acceptance): Promise<string> {
  const account = await accountByEmail(platform, email);
  if (account === undefined) return await hashNewPassword(platform, password, email);
  await countAttempt(platform, { email });
  const stored = account.passwordHash ?? undefined;
  if (!(await verifyPassword(password, stored)) || stored === undefined) {
    throw new Log0Error("invalid_credentials", "this is not the password of the account that this address has");
  }
  return stored;
}

/**
 * Makes whoever an invitation is for a member, and an account where the address has none.
 * @param passwordHash what proves whose the account is; null where somebody trusted vouches for the address, and then only
 *   an account without a password joins: another may know the password of one that has it, and must not get in as well
 * @returns whether this one made it, of several at once
 */
export async function join(
  platform: Platform,
  invitation: Pick<OpenInvitation, "id" | "tenantId" | "email" | "role">,
  { name, requestId }: Pick<Acceptance, "name" | "requestId">,
  passwordHash: string | null,
): Promise<boolean> {
  const db = platform.everyTenant;
  const now = platform.now();
  const { id, tenantId, email, role } = invitation;
  const member = and(eq(users.tenantId, tenantId), eq(users.email, email));
  // An operator may have named the member before: incidents are assigned to that id.
  const present = await db.select({ id: users.id }).from(users).where(member).get();
  const userId = present?.id ?? uuidV7(now, platform.random(10));
  const open = and(
    eq(invitations.id, id),
    isNull(invitations.acceptedAt),
    isNull(invitations.revokedAt),
    gt(invitations.expiresAt, now),
    sql`EXISTS (SELECT 1 FROM tenants WHERE id = ${tenantId} AND status = 'active')`,
    sql`(SELECT id FROM users WHERE tenant_id = ${tenantId} AND email = ${email}) IS ${present?.id ?? null}`,
  );
  const scope = { ...scopeTo(platform, tenantId), ...(requestId === undefined ? {} : { requestId }) };
  const [, accepted] = await db.batch([
    db
      .insert(accounts)
      .select(
        sql`SELECT ${uuidV7(now, platform.random(10))}, ${email}, ${name}, ${passwordHash}, ${now}, ${now}
          FROM invitations WHERE ${open}`,
      )
      .onConflictDoNothing(),
    // The hash has a salt of its own: the account that has it is the one that was made or proved here.
    db
      .update(invitations)
      .set({ acceptedAt: now })
      .where(
        and(open, sql`EXISTS (SELECT 1 FROM accounts WHERE email = ${email} AND password_hash IS ${passwordHash})`),
      )
      .returning({ id: invitations.id }),
    db
      .insert(users)
      .select(
        sql`SELECT ${userId}, ${tenantId}, ${email}, ${role}, id, ${now} FROM accounts
          WHERE email = ${email} AND changes() > 0`,
      )
      .onConflictDoUpdate({
        target: [users.tenantId, users.email],
        // Who is a member already keeps the role: an old invitation must not take the last owner away.
        set: {
          accountId: sql`excluded.account_id`,
          role: sql`CASE WHEN account_id IS NULL THEN excluded.role ELSE role END`,
        },
      }),
    auditIfChanged(scope, {
      actor: `user:${userId}`,
      action: "member.joined",
      target: `user:${userId}`,
      detail: { role },
    }),
  ]);
  return accepted.length > 0;
}

/**
 * Accepts an invitation: makes the account, or takes the one that the address has, makes it a member, and signs it in.
 * @throws Log0Error invalid_token, invalid_credentials, weak_password, too_many_attempts, tenant_suspended; conflict when
 *   something else was changed at the same moment
 */
export async function acceptInvitation(platform: Platform, acceptance: Acceptance): Promise<StartedSession> {
  const { token, device, address } = acceptance;
  await countAttempt(platform, { address });
  const invitation = await findInvitation(platform, token);
  const { email, tenantId } = invitation;
  const passwordHash = await proveHash(platform, email, acceptance);
  if (!(await join(platform, invitation, acceptance, passwordHash))) {
    await findInvitation(platform, token);
    throw new Log0Error("conflict", "something was changed at the same moment; try again");
  }
  await forgive(platform, { email, address });
  const account = await accountByEmail(platform, email);
  if (account === undefined) throw new Log0Error("conflict", "the account is gone");
  return await startSession(platform, { accountId: account.id, tenantId, method: "password", device, passwordHash });
}
