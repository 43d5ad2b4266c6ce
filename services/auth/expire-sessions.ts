import { inArray, lte, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { FORGET_MS } from "../../core/auth/attempts.ts";
import { passwordResets, refreshTokens, sessions, signInAttempts } from "../../schema/tables/accounts.ts";
import type { Platform } from "../platform.ts";

/** Rows of a table that a sweep takes: the rest waits for the next hour. */
const SWEEP_ROWS = 5_000;

/** Forgets sessions, tokens, resets and attempts whose time is over. */
export async function expireSessions(platform: Platform): Promise<void> {
  const db = platform.everyTenant;
  const now = platform.now();
  const old = (table: SQLiteTable, column: SQLiteColumn, until: number) => {
    const rows = db.select({ rowid: sql`rowid` }).from(table).where(lte(column, until)).limit(SWEEP_ROWS);
    return db.delete(table).where(inArray(sql`rowid`, rows));
  };
  await db.batch([
    old(refreshTokens, refreshTokens.expiresAt, now),
    old(sessions, sessions.expiresAt, now),
    old(passwordResets, passwordResets.expiresAt, now),
    old(signInAttempts, signInAttempts.lastAt, now - FORGET_MS),
  ]);
}
