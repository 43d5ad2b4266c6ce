import { and, eq, isNull, ne, type SQL, sql } from "drizzle-orm";
import { accounts, passwordResets, sessions } from "../../schema/tables/accounts.ts";
import type { Platform } from "../platform.ts";

/**
 * The statements that follow from a new password, for one D1 batch: it is stored, open resets are worth nothing any more,
 * and sessions end. The last two happen only where the first did: its hash, which has a salt of its own, is looked for.
 * @param when what must hold for the account's row at the moment of writing
 * @param kept the session that goes on
 */
export function replacePassword(platform: Platform, accountId: string, passwordHash: string, when: SQL, kept?: string) {
  const db = platform.everyTenant;
  const now = platform.now();
  const done = sql`EXISTS (SELECT 1 FROM accounts WHERE id = ${accountId} AND password_hash = ${passwordHash})`;
  return [
    db
      .update(accounts)
      .set({ passwordHash, updatedAt: now })
      .where(and(eq(accounts.id, accountId), when))
      .returning({ email: accounts.email }),
    db
      .update(passwordResets)
      .set({ usedAt: now })
      .where(and(eq(passwordResets.accountId, accountId), isNull(passwordResets.usedAt), done)),
    db
      .update(sessions)
      .set({ revokedAt: now })
      .where(
        and(
          eq(sessions.accountId, accountId),
          isNull(sessions.revokedAt),
          kept === undefined ? undefined : ne(sessions.id, kept),
          done,
        ),
      ),
  ] as const;
}
