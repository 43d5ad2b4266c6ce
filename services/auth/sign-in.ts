import { and, eq } from "drizzle-orm";
import { hashPassword, needsRehash, verifyPassword } from "../../core/auth/password.ts";
import { Log0Error } from "../../core/errors.ts";
import { accounts } from "../../schema/tables/accounts.ts";
import type { Platform } from "../platform.ts";
import { countAttempt, forgive } from "./attempts.ts";
import { accountByEmail } from "./find-account.ts";
import { SALT_BYTES } from "./new-password.ts";
import { type StartedSession, startSession } from "./start-session.ts";

export interface Credentials {
  email: string;
  password: string;
  tenantName?: string | undefined;
  /** User agent. */
  device: string;
  /** IP address. */
  address: string;
}

/** The same for an address that nobody has and for a password that is wrong. */
export function wrongCredentials(): Log0Error {
  return new Log0Error("invalid_credentials", "the e-mail address or the password is wrong");
}

/** Hashes a password that was right anew where the cost was raised since. @returns the hash that is stored now */
async function keepUpToDate(platform: Platform, accountId: string, password: string, stored: string): Promise<string> {
  if (!needsRehash(stored)) return stored;
  const passwordHash = await hashPassword(password, platform.random(SALT_BYTES));
  const [changed] = await platform.everyTenant
    .update(accounts)
    .set({ passwordHash })
    .where(and(eq(accounts.id, accountId), eq(accounts.passwordHash, stored)))
    .returning({ id: accounts.id });
  return changed === undefined ? stored : passwordHash;
}

/**
 * Signs in with a password.
 * @param verify for tests that count what it costs
 * @throws Log0Error invalid_credentials, too_many_attempts; tenant_suspended, forbidden as `startSession`
 */
export async function signIn(
  platform: Platform,
  { email, password, tenantName, device, address }: Credentials,
  verify = verifyPassword,
): Promise<StartedSession> {
  await countAttempt(platform, { email, address });
  const account = await accountByEmail(platform, email);
  const stored = account?.passwordHash ?? undefined;
  // Also where there is no account: it must take the same time.
  const right = await verify(password, stored);
  if (!right || account === undefined || stored === undefined) throw wrongCredentials();
  await forgive(platform, { email, address });
  const passwordHash = await keepUpToDate(platform, account.id, password, stored);
  return await startSession(platform, { accountId: account.id, tenantName, method: "password", device, passwordHash });
}
