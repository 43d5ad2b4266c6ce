import { inArray, lte, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { FORGET_MS } from "../../core/auth/attempts.ts";
import { invitations, passwordResets, refreshTokens, sessions, signInAttempts } from "../../schema/tables/accounts.ts";
import type { Platform } from "../platform.ts";

/** Rows of a table that a round takes. */
const SWEEP_ROWS = 5_000;
/** What they do not reach waits for the next hour. A browser that is open all day leaves four tokens an hour. */
const MAX_ROUNDS = 20;

/** Forgets sessions, tokens, resets, invitations and attempts whose time is over. */
export async function expireSessions(platform: Platform): Promise<void> {
  const db = platform.everyTenant;
  const now = platform.now();
  const old = (table: SQLiteTable, column: SQLiteColumn, until: number) => {
    const rows = db.select({ rowid: sql`rowid` }).from(table).where(lte(column, until)).limit(SWEEP_ROWS);
    return db.delete(table).where(inArray(sql`rowid`, rows));
  };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const swept = await db.batch([
      old(refreshTokens, refreshTokens.expiresAt, now),
      old(sessions, sessions.expiresAt, now),
      old(passwordResets, passwordResets.expiresAt, now),
      // Accepted and revoked ones, too: the audit log knows of them.
      old(invitations, invitations.expiresAt, now),
      old(signInAttempts, signInAttempts.lastAt, now - FORGET_MS),
    ]);
    if (swept.every(({ meta }) => meta.changes < SWEEP_ROWS)) return;
  }
}
