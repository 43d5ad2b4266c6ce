import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { createToken, hashToken, TOKEN_BYTES } from "../../core/auth/opaque-token.ts";
import { judgeRefresh, refreshExpiry } from "../../core/auth/session.ts";
import { Log0Error } from "../../core/errors.ts";
import { accounts, refreshTokens, sessions } from "../../schema/tables/accounts.ts";
import type { Platform } from "../platform.ts";
import { revokeSession } from "./end-session.ts";
import { type Granted, grantAccess } from "./grant-access.ts";
import { chooseMembership, type Membership, membershipsOf } from "./memberships.ts";

/** A session that goes on; without a refresh token where another request of the same browser has got it just now. */
export interface RefreshedSession extends Granted {
  next: { token: string; expiresAt: number } | undefined;
}

/** A token that lost a race is judged again, by what has become of it. */
const ROUNDS = 3;

const over = () => new Log0Error("unauthorized", "the session is over; sign in again");

/** A token with its session, and how many came after it: none, one, or two for more. Its successor was made as it was used. */
async function findToken(platform: Platform, hash: string) {
  const later = sql<number>`CASE WHEN ${refreshTokens.usedAt} IS NULL THEN 0 ELSE
    (SELECT count(*) FROM (SELECT 1 FROM refresh_tokens AS later WHERE later.session_id = ${refreshTokens.sessionId}
      AND later.created_at >= ${refreshTokens.usedAt} AND later.hash <> ${refreshTokens.hash} LIMIT 2)) END`;
  return await platform.everyTenant
    .select({
      hash: refreshTokens.hash,
      issuedAt: refreshTokens.createdAt,
      usedAt: refreshTokens.usedAt,
      later,
      sessionId: sessions.id,
      tenantId: sessions.tenantId,
      startedAt: sessions.createdAt,
      revokedAt: sessions.revokedAt,
      account: accounts,
    })
    .from(refreshTokens)
    .innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
    .innerJoin(accounts, eq(accounts.id, sessions.accountId))
    .where(eq(refreshTokens.hash, hash))
    .get();
}

type Found = NonNullable<Awaited<ReturnType<typeof findToken>>>;

/** The next token in the place of this one; undefined when somebody else was faster, or the session was ended. */
async function rotate(platform: Platform, found: Found, chosen: Membership): Promise<RefreshedSession["next"]> {
  const now = platform.now();
  const db = platform.everyTenant;
  const { token, hash } = createToken("refresh", platform.random(TOKEN_BYTES));
  const expiresAt = refreshExpiry(found, now);
  const alive = sql`EXISTS (SELECT 1 FROM sessions WHERE id = ${found.sessionId} AND revoked_at IS NULL)`;
  const issued: SQL = sql`EXISTS (SELECT 1 FROM refresh_tokens WHERE hash = ${hash})`;
  const [[used]] = await db.batch([
    db
      .update(refreshTokens)
      .set({ usedAt: now })
      .where(and(eq(refreshTokens.hash, found.hash), isNull(refreshTokens.usedAt), alive))
      .returning({ sessionId: refreshTokens.sessionId }),
    db
      .insert(refreshTokens)
      .select(sql`SELECT ${hash}, ${found.sessionId}, ${now}, ${expiresAt}, NULL WHERE changes() > 0`),
    db
      .update(sessions)
      .set({ lastUsedAt: now, expiresAt, ...(chosen.id === found.tenantId ? {} : { tenantId: chosen.id }) })
      .where(and(eq(sessions.id, found.sessionId), issued)),
  ]);
  return used === undefined ? undefined : { token, expiresAt };
}

/**
 * Goes on with a session: a new access token, and a new refresh token in the place of the one that is shown. A token that
 * comes again ends the session (core/auth/session.ts says when). Whoever is no longer in the session's tenant goes on in
 * another one of the account.
 * @throws Log0Error unauthorized; tenant_suspended or forbidden when the account is in no active tenant
 */
export async function refreshSession(platform: Platform, token: string | undefined): Promise<RefreshedSession> {
  const hash = token === undefined ? undefined : hashToken("refresh", token);
  if (hash === undefined) throw over();
  for (let round = 0; round < ROUNDS; round++) {
    const found = await findToken(platform, hash);
    if (found === undefined) throw over();
    const { startedAt, revokedAt, issuedAt, usedAt, later } = found;
    const session = { generation: later, startedAt, rotatedAt: usedAt ?? issuedAt, revokedAt };
    const verdict = judgeRefresh({ generation: 0, issuedAt }, session, platform.now());
    if (verdict === "reused") {
      await revokeSession(platform, found.sessionId);
      console.warn({ message: "a refresh token came again; its session is ended", session: found.sessionId });
    }
    if (verdict !== "rotate" && verdict !== "leeway") throw over();
    const memberships = await membershipsOf(platform, found.account.id);
    const chosen = chooseMembership(memberships, {}, [found.tenantId]);
    const next = verdict === "rotate" ? await rotate(platform, found, chosen) : undefined;
    if (verdict === "rotate" && next === undefined) continue;
    return { ...(await grantAccess(platform, found.account, found.sessionId, chosen, memberships.active)), next };
  }
  throw new Log0Error("unavailable", "the session is being changed; try again");
}
