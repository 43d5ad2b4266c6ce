import { and, eq, inArray, isNull, type SQL } from "drizzle-orm";
import { hashToken } from "../../core/auth/opaque-token.ts";
import { Log0Error } from "../../core/errors.ts";
import { refreshTokens, sessions } from "../../schema/tables/accounts.ts";
import type { Platform } from "../platform.ts";

async function revoke(platform: Platform, which: SQL | undefined): Promise<number> {
  const ended = await platform.everyTenant
    .update(sessions)
    .set({ revokedAt: platform.now() })
    .where(and(which, isNull(sessions.revokedAt)))
    .returning({ id: sessions.id });
  return ended.length;
}

/** Ends a session, and with it the whole family of its refresh tokens. */
export async function revokeSession(platform: Platform, sessionId: string): Promise<void> {
  await revoke(platform, eq(sessions.id, sessionId));
}

/** Signs out: ends the session of a refresh token, whichever of the family it is. One that nobody knows ends nothing. */
export async function endSession(platform: Platform, token: string | undefined): Promise<void> {
  const hash = token === undefined ? undefined : hashToken("refresh", token);
  if (hash === undefined) return;
  const family = platform.everyTenant
    .select({ id: refreshTokens.sessionId })
    .from(refreshTokens)
    .where(eq(refreshTokens.hash, hash));
  await revoke(platform, inArray(sessions.id, family));
}

/** Ends one of an account's own sessions. @throws Log0Error not_found */
export async function endOwnSession(platform: Platform, accountId: string, sessionId: string): Promise<void> {
  const ended = await revoke(platform, and(eq(sessions.id, sessionId), eq(sessions.accountId, accountId)));
  if (ended === 0) throw new Log0Error("not_found", "no such session");
}

/** Ends all sessions of an account. */
export async function endAllSessions(platform: Platform, accountId: string): Promise<void> {
  await revoke(platform, eq(sessions.accountId, accountId));
}
