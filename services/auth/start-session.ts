import { desc, eq, sql } from "drizzle-orm";
import { createToken, TOKEN_BYTES } from "../../core/auth/opaque-token.ts";
import { refreshExpiry } from "../../core/auth/session.ts";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import type { TenantId } from "../../schema/contracts/tenant-id.ts";
import { refreshTokens, sessions } from "../../schema/tables/accounts.ts";
import type { Platform } from "../platform.ts";
import { accountById } from "./find-account.ts";
import { type Granted, grantAccess } from "./grant-access.ts";
import { type Asked, chooseMembership, membershipsOf } from "./memberships.ts";

/** What is kept of a user agent. */
const DEVICE_CHARACTERS = 200;
/** Sign-ins that are looked at for the tenant that was used last. */
const RECENT_SESSIONS = 10;

/** Who signs in, and how. Where no tenant is asked for, it is the one that was used last, else the first by name. */
export interface SignIn extends Asked {
  accountId: string;
  method: (typeof sessions.$inferSelect)["method"];
  /** User agent. */
  device: string;
  /** The hash that the password was checked against: it must still be the account's when the session begins. */
  passwordHash?: string;
}

/** A session that begins, or goes on. */
export interface StartedSession extends Granted {
  /** Goes into the cookie, and nowhere else. */
  refreshToken: string;
  /** Unix ms. */
  refreshExpiresAt: number;
}

async function recentTenants(platform: Platform, accountId: string): Promise<TenantId[]> {
  const rows = await platform.everyTenant
    .select({ tenantId: sessions.tenantId })
    .from(sessions)
    .where(eq(sessions.accountId, accountId))
    .orderBy(desc(sessions.lastUsedAt))
    .limit(RECENT_SESSIONS);
  return rows.map((row) => row.tenantId);
}

/**
 * Begins a session of somebody who has proved who it is.
 * @throws Log0Error tenant_suspended; forbidden when the account is in no active tenant, or not in the one asked for;
 *   invalid_credentials when its password was changed meanwhile
 */
export async function startSession(platform: Platform, signIn: SignIn): Promise<StartedSession> {
  const { accountId, method, passwordHash } = signIn;
  const [account, memberships, recent] = await Promise.all([
    accountById(platform, accountId),
    membershipsOf(platform, accountId),
    recentTenants(platform, accountId),
  ]);
  if (account === undefined) throw new Log0Error("forbidden", "the account is gone");
  const chosen = chooseMembership(memberships, signIn, recent);
  const now = platform.now();
  const id = uuidV7(now, platform.random(10));
  const { token, hash } = createToken("refresh", platform.random(TOKEN_BYTES));
  const refreshExpiresAt = refreshExpiry({ startedAt: now }, now);
  const device = signIn.device.slice(0, DEVICE_CHARACTERS);
  const db = platform.everyTenant;
  // A reset that ended all sessions while the old password was being checked must not find a new one afterwards.
  const unchanged = passwordHash === undefined ? sql`true` : sql`password_hash = ${passwordHash}`;
  const [[started]] = await db.batch([
    db
      .insert(sessions)
      .select(
        sql`SELECT ${id}, id, ${chosen.id}, ${method}, ${device}, ${now}, ${now}, ${refreshExpiresAt}, NULL
          FROM accounts WHERE id = ${accountId} AND ${unchanged}`,
      )
      .returning({ id: sessions.id }),
    db
      .insert(refreshTokens)
      .select(sql`SELECT ${hash}, id, ${now}, ${refreshExpiresAt}, NULL FROM sessions WHERE id = ${id}`),
  ]);
  if (started === undefined) throw new Log0Error("invalid_credentials", "the e-mail address or the password is wrong");
  const granted = await grantAccess(platform, account, id, chosen, memberships.active);
  return { ...granted, refreshToken: token, refreshExpiresAt };
}
