import { eq } from "drizzle-orm";
import { accounts } from "../../schema/tables/accounts.ts";
import type { Platform } from "../platform.ts";

export type Account = typeof accounts.$inferSelect;

/** An address as accounts, invitations and attempts keep it. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** The account with this address, in whatever case it is written. */
export async function accountByEmail(platform: Platform, email: string): Promise<Account | undefined> {
  return await platform.everyTenant
    .select()
    .from(accounts)
    .where(eq(accounts.email, normalizeEmail(email)))
    .get();
}

/** Of an account that is known to exist: from a session, an invitation … */
export async function accountById(platform: Platform, id: string): Promise<Account | undefined> {
  return await platform.everyTenant.select().from(accounts).where(eq(accounts.id, id)).get();
}
