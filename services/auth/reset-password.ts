import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { hashToken } from "../../core/auth/opaque-token.ts";
import { Log0Error } from "../../core/errors.ts";
import { accounts, passwordResets } from "../../schema/tables/accounts.ts";
import type { Platform } from "../platform.ts";
import { countAttempt, forgive } from "./attempts.ts";
import { hashNewPassword } from "./new-password.ts";
import { replacePassword } from "./replace-password.ts";

const refused = () => new Log0Error("invalid_token", "the link is not valid, has expired, or was used");

/**
 * Sets a password with a token that came by e-mail: once, and all sessions end. Of two at once, one wins. A password that
 * is too weak does not use the token up.
 * @param address IP address
 * @returns whose it was
 * @throws Log0Error invalid_token, weak_password, too_many_attempts
 */
export async function resetPassword(
  platform: Platform,
  { token, password, address }: { token: string; password: string; address: string },
): Promise<{ email: string }> {
  await countAttempt(platform, { address });
  const hash = hashToken("passwordReset", token);
  if (hash === undefined) throw refused();
  const db = platform.everyTenant;
  const now = platform.now();
  const usable = and(eq(passwordResets.hash, hash), isNull(passwordResets.usedAt), gt(passwordResets.expiresAt, now));
  const account = await db
    .select({ id: accounts.id, email: accounts.email })
    .from(passwordResets)
    .innerJoin(accounts, eq(accounts.id, passwordResets.accountId))
    .where(usable)
    .get();
  if (account === undefined) throw refused();
  const passwordHash = await hashNewPassword(platform, password, account.email);
  const [[used]] = await db.batch([
    db.update(passwordResets).set({ usedAt: now }).where(usable).returning({ hash: passwordResets.hash }),
    ...replacePassword(platform, account.id, passwordHash, sql`changes() > 0`),
  ]);
  if (used === undefined) throw refused();
  // Whoever reads the account's mail need not wait for those who guessed at its password.
  await forgive(platform, { email: account.email, address });
  return { email: account.email };
}
