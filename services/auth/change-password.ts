import { sql } from "drizzle-orm";
import { verifyPassword } from "../../core/auth/password.ts";
import { Log0Error } from "../../core/errors.ts";
import type { Platform } from "../platform.ts";
import type { SignedIn } from "../tenants/principal.ts";
import { countAttempt, forgive } from "./attempts.ts";
import { accountById } from "./find-account.ts";
import { hashNewPassword } from "./new-password.ts";
import { replacePassword } from "./replace-password.ts";

/**
 * Changes one's own password. This session goes on, all others end. An account that has none sets its first by a reset:
 * whoever finds a browser signed in must not be able to.
 * @param address IP address
 * @throws Log0Error invalid_credentials, weak_password, too_many_attempts; conflict when it was changed meanwhile
 */
export async function changePassword(
  platform: Platform,
  { accountId, sessionId, email }: Pick<SignedIn, "accountId" | "sessionId" | "email">,
  passwords: { current: string; password: string },
  address: string,
): Promise<void> {
  await countAttempt(platform, { email, address });
  const stored = (await accountById(platform, accountId))?.passwordHash ?? undefined;
  if (!(await verifyPassword(passwords.current, stored)) || stored === undefined) {
    throw new Log0Error("invalid_credentials", "the present password is wrong");
  }
  await forgive(platform, { email, address });
  const hash = await hashNewPassword(platform, passwords.password, email);
  const [[changed]] = await platform.everyTenant.batch([
    ...replacePassword(platform, accountId, hash, sql`password_hash = ${stored}`, sessionId),
  ]);
  if (changed === undefined) throw new Log0Error("conflict", "the password was changed meanwhile");
}
