import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { invitationNotice } from "../../core/auth/mails.ts";
import {
  checkInvitation,
  INVITATION_MS,
  INVITATIONS_A_DAY,
  lostInvitations,
  MAX_OPEN_INVITATIONS,
} from "../../core/auth/membership.ts";
import { createToken, TOKEN_BYTES } from "../../core/auth/opaque-token.ts";
import { errorMessage, Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import type { Role } from "../../schema/contracts/roles.ts";
import { invitations } from "../../schema/tables/accounts.ts";
import { tenants, users } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import { sendMail } from "../auth/send-mail.ts";
import { type ChannelAccess, type Mailer, mailerOf } from "../channels/access.ts";
import type { TenantScope } from "../platform.ts";
import { loadTenant } from "../tenants/load-tenant.ts";
import type { SignedIn } from "../tenants/principal.ts";
import { stillIs } from "./conditions.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

export interface NewInvitation {
  /** Lower case. */
  email: string;
  role: Role;
}

/** An invitation as its sender sees it. Times are Unix ms. */
export interface SentInvitation extends NewInvitation {
  id: string;
  createdAt: number;
  expiresAt: number;
  /**
   * With the token, this once; null where tenants are strangers to each other: whoever has the link can make the account
   * of that address, so only its mailbox gets it.
   */
  link: string | null;
  emailed: boolean;
}

function memberOf(scope: TenantScope, email: string) {
  return scope.db
    .select({ role: users.role, accountId: users.accountId })
    .from(users)
    .where(and(eq(users.tenantId, scope.tenantId), sql`lower(${users.email}) = ${email}`))
    .get();
}

/** What the address was given and has not taken yet: by an operator who named the member, by an open invitation. */
async function offeredTo(scope: TenantScope, email: string): Promise<Role[]> {
  const { tenantId, acceptedAt, revokedAt, expiresAt, role } = invitations;
  const [member, open] = await Promise.all([
    memberOf(scope, email),
    scope.db
      .select({ role })
      .from(invitations)
      .where(
        and(
          eq(tenantId, scope.tenantId),
          eq(invitations.email, email),
          isNull(acceptedAt),
          isNull(revokedAt),
          gt(expiresAt, scope.now()),
        ),
      )
      .get(),
  ]);
  const named = member?.accountId === null ? [member.role] : [];
  return open === undefined ? named : [...named, open.role];
}

/** Invitations of the last 24 hours, whatever became of them: all of the tenant's, or those of an address. */
function sentOfLate(scope: TenantScope, email?: string) {
  const ofAddress = email === undefined ? sql`` : sql`AND late.email = ${email}`;
  return sql<number>`(SELECT count(*) FROM invitations AS late WHERE late.tenant_id = ${scope.tenantId}
    AND late.created_at > ${scope.now() - DAY_MS} ${ofAddress})`;
}

/** @returns whether it is on its way; an invitation stands without it, and another try makes a new one */
async function send(
  scope: TenantScope,
  mailer: Mailer | undefined,
  { id, email }: { id: string; email: string },
  invitation: Parameters<typeof invitationNotice>[0],
): Promise<boolean> {
  if (mailer === undefined) return false;
  try {
    await sendMail(scope, mailer, email, invitationNotice(invitation, scope.now()));
    return true;
  } catch (error) {
    console.error({ message: "invitation not sent", invitationId: id, error: errorMessage(error) });
    return false;
  }
}

/**
 * Asks somebody into the tenant, for seven days, by e-mail where the deployment sends any. A second invitation of an
 * address takes the place of the first, whose link is then worth nothing, unless that was not the sender's to take back.
 * @throws Log0Error forbidden; conflict for a member, or when 100 invitations are open; rate_limited after 200 a day, or 5 of
 *   one address; delivery_failed where mail is the only way and there is none
 */
export async function invite(
  scope: TenantScope,
  { email, role }: NewInvitation,
  by: SignedIn,
  access: Pick<ChannelAccess, "publicUrl" | "mailer" | "tenantsTrusted">,
): Promise<SentInvitation> {
  const { publicUrl, tenantsTrusted } = access;
  const mailer = tenantsTrusted ? access.mailer : mailerOf(access);
  checkInvitation(by.role, role, await offeredTo(scope, email));
  const { tenantId } = scope;
  const now = scope.now();
  const expiresAt = now + INVITATION_MS;
  const id = uuidV7(now, scope.random(10));
  const actor = `user:${by.userId}`;
  const { token, hash } = createToken("invitation", scope.random(TOKEN_BYTES));
  const may = and(
    stillIs(scope, { id: by.userId, role: by.role }),
    sql`NOT EXISTS (SELECT 1 FROM users WHERE tenant_id = ${tenantId} AND lower(email) = ${email}
      AND account_id IS NOT NULL)`,
    sql`(SELECT count(*) FROM invitations AS open WHERE open.tenant_id = ${tenantId} AND open.email <> ${email}
      AND open.accepted_at IS NULL AND open.revoked_at IS NULL AND open.expires_at > ${now}) < ${MAX_OPEN_INVITATIONS}`,
    sql`NOT EXISTS (SELECT 1 FROM invitations AS higher WHERE higher.tenant_id = ${tenantId} AND higher.email = ${email}
      AND higher.accepted_at IS NULL AND higher.revoked_at IS NULL AND higher.expires_at > ${now}
      AND higher.role IN (SELECT value FROM json_each(${JSON.stringify(lostInvitations(by.role))})))`,
    sql`${sentOfLate(scope)} < ${INVITATIONS_A_DAY.tenant}`,
    sql`${sentOfLate(scope, email)} < ${INVITATIONS_A_DAY.address}`,
  );
  const [, made] = await scope.db.batch([
    scope.db
      .update(invitations)
      .set({ revokedAt: now })
      .where(
        and(
          eq(invitations.tenantId, tenantId),
          eq(invitations.email, email),
          isNull(invitations.acceptedAt),
          isNull(invitations.revokedAt),
          may,
        ),
      ),
    scope.db
      .insert(invitations)
      .select(
        sql`SELECT ${id}, ${tenantId}, ${hash}, ${email}, ${role}, ${actor}, ${now}, ${expiresAt}, NULL, NULL WHERE ${may}`,
      )
      .returning({ id: invitations.id }),
    auditIfChanged(scope, { actor, action: "member.invited", target: `invitation:${id}`, detail: { email, role } }),
  ]);
  if (made.length === 0) await refuse(scope, { email, role }, by);
  // Behind `#`: browsers send that part to nobody, and no log has it.
  const link = `${publicUrl}/join#${token}`;
  const { name: tenant } = await loadTenant(scope);
  const emailed = await send(scope, mailer, { id, email }, { tenant, role, inviter: by.email, link });
  return { id, email, role, createdAt: now, expiresAt, link: tenantsTrusted ? link : null, emailed };
}

/** @throws Log0Error always: forbidden or conflict */
async function refuse(scope: TenantScope, { email, role }: NewInvitation, by: SignedIn): Promise<never> {
  const member = await memberOf(scope, email);
  if (member !== undefined && member.accountId !== null) {
    throw new Log0Error("conflict", `${email} is a member already`);
  }
  const mine = and(eq(users.tenantId, scope.tenantId), eq(users.id, by.userId), eq(users.role, by.role));
  const acting = await scope.db.select({ id: users.id }).from(users).where(mine).get();
  if (acting === undefined) throw new Log0Error("forbidden", `you are no ${by.role} any more`);
  checkInvitation(by.role, role, await offeredTo(scope, email));
  const [late] = await scope.db
    .select({ tenant: sentOfLate(scope), address: sentOfLate(scope, email) })
    .from(tenants)
    .where(eq(tenants.id, scope.tenantId));
  if (late !== undefined && (late.tenant >= INVITATIONS_A_DAY.tenant || late.address >= INVITATIONS_A_DAY.address)) {
    const whose = late.address >= INVITATIONS_A_DAY.address ? email : "the tenant";
    throw new Log0Error("rate_limited", `${whose} has had enough invitations for today`, { retryAfter: DAY_MS / 1000 });
  }
  throw new Log0Error("conflict", `there are ${MAX_OPEN_INVITATIONS} open invitations already`);
}
