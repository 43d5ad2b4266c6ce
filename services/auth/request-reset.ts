import { sql } from "drizzle-orm";
import { resetNotice } from "../../core/auth/mails.ts";
import { createToken, TOKEN_BYTES } from "../../core/auth/opaque-token.ts";
import { passwordResets } from "../../schema/tables/accounts.ts";
import type { Mailer } from "../channels/access.ts";
import type { Platform } from "../platform.ts";
import { normalizeEmail } from "./find-account.ts";
import { sendMail } from "./send-mail.ts";

export const RESET_MS = 60 * 60_000;
/** Mails an account gets in that time: nobody shall fill somebody's inbox. */
const MAX_RESETS = 3;

/**
 * Sends a link for a new password to an address, if there is such an account. Whoever asks learns nothing of it: edges
 * answer first, and call this afterwards.
 * @param publicUrl what the link begins with
 * @throws Log0Error delivery_failed
 */
export async function requestReset(
  platform: Platform,
  mailer: Mailer,
  publicUrl: string,
  email: string,
): Promise<void> {
  const now = platform.now();
  const to = normalizeEmail(email);
  const { token, hash } = createToken("passwordReset", platform.random(TOKEN_BYTES));
  const [asked] = await platform.everyTenant
    .insert(passwordResets)
    .select(
      sql`SELECT ${hash}, id, ${now}, ${now + RESET_MS}, NULL FROM accounts WHERE email = ${to} AND ${MAX_RESETS} >
        (SELECT count(*) FROM password_resets WHERE account_id = accounts.id AND created_at > ${now - RESET_MS})`,
    )
    .returning({ accountId: passwordResets.accountId });
  if (asked === undefined) return;
  // In the fragment: browsers do not send it, so that no server's log has it.
  const link = `${publicUrl}/reset-password#${token}`;
  await sendMail(platform, mailer, to, resetNotice(link, now));
}
