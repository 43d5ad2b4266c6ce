import { and, asc, eq, gt, isNull } from "drizzle-orm";
import { Log0Error } from "../../../core/errors.ts";
import { invitations } from "../../../schema/tables/accounts.ts";
import { tenants } from "../../../schema/tables/tenants.ts";
import type { Platform } from "../../platform.ts";
import { join } from "../accept-invitation.ts";
import { accountByEmail } from "../find-account.ts";
import { type StartedSession, startSession } from "../start-session.ts";
import type { Person } from "./finish.ts";

/** Invitations that one sign-in accepts; the next one goes on. */
const MAX_INVITATIONS = 10;

export interface Arrival extends Person {
  method: "oidc" | "access";
  /** User agent. */
  device: string;
  requestId: string | undefined;
}

/** One answer whether or not there is an account: who is known here is nobody's business. */
function notAMember(): Log0Error {
  return new Log0Error(
    "forbidden",
    "you are a member of no tenant; an invitation's link, or somebody who is, lets you in",
  );
}

async function openInvitations(platform: Platform, email: string) {
  const { id, tenantId, role } = invitations;
  return await platform.everyTenant
    .select({ id, tenantId, email: invitations.email, role })
    .from(invitations)
    .innerJoin(tenants, and(eq(tenants.id, invitations.tenantId), eq(tenants.status, "active")))
    .where(
      and(
        eq(invitations.email, email),
        isNull(invitations.acceptedAt),
        isNull(invitations.revokedAt),
        gt(invitations.expiresAt, platform.now()),
      ),
    )
    .orderBy(asc(invitations.id))
    .limit(MAX_INVITATIONS);
}

/**
 * Begins a session of the person whom a trusted issuer vouches for. Only members and those who are invited come in: a
 * verified address is what an invitation's link proves as well. An account that has a password accepts with that, by the
 * link (see `join`). Never makes a tenant.
 * @throws Log0Error forbidden for anybody else; tenant_suspended
 */
export async function signInPerson(platform: Platform, arrival: Arrival): Promise<StartedSession> {
  const { email, method, device } = arrival;
  const known = await accountByEmail(platform, email);
  if (known === undefined || known.passwordHash === null) {
    for (const invitation of await openInvitations(platform, email)) await join(platform, invitation, arrival, null);
  }
  const account = known ?? (await accountByEmail(platform, email));
  if (account === undefined) throw notAMember();
  try {
    return await startSession(platform, { accountId: account.id, method, device });
  } catch (error) {
    throw error instanceof Log0Error && error.code === "forbidden" ? notAMember() : error;
  }
}
