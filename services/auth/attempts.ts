import { eq, inArray, sql } from "drizzle-orm";
import { attemptSubject } from "../../core/auth/attempt-subject.ts";
import { type AttemptKind, CURVES, FORGET_MS, waitAfter } from "../../core/auth/attempts.ts";
import { Log0Error } from "../../core/errors.ts";
import { signInAttempts } from "../../schema/tables/accounts.ts";
import type { Platform } from "../platform.ts";
import { normalizeEmail } from "./find-account.ts";

/** Who tries: from where, and at whose account, whether there is one or not. What is left out is not counted. */
export interface Trier {
  /** IP address. */
  address?: string;
  email?: string;
}

function subjectsOf({ address, email }: Trier): Record<AttemptKind, string | undefined> {
  return {
    address: address === undefined ? undefined : attemptSubject("address", address),
    account: email === undefined ? undefined : attemptSubject("account", normalizeEmail(email)),
  };
}

/** `waitAfter` in SQL, of a number of failures. */
function waitSql(kind: AttemptKind, failures: ReturnType<typeof sql>) {
  const { free, maxMs } = CURVES[kind];
  return sql`CASE WHEN ${failures} < ${free} THEN 0 ELSE min(${maxMs}, 1000 * (1 << min(${failures} - ${free}, 20))) END`;
}

/**
 * Counts an attempt as failed before it is made, so that guesses made at once do not all pass; `forgive` takes it back.
 * All subjects are counted by one statement, or none is: who knocks at an account that waits lengthens nobody's wait.
 * @throws Log0Error too_many_attempts, with the time to wait
 */
export async function countAttempt(platform: Platform, trier: Trier): Promise<void> {
  const db = platform.everyTenant;
  const now = platform.now();
  const subjects = Object.values(subjectsOf(trier)).filter((subject) => subject !== undefined);
  const list = JSON.stringify(subjects);
  const failures = sql`(CASE WHEN ${now} - last_at >= ${FORGET_MS} THEN 1 ELSE failures + 1 END)`;
  const wait = sql`CASE WHEN subject LIKE 'account:%' THEN ${waitSql("account", failures)} ELSE ${waitSql("address", failures)} END`;
  const [counted, known] = await db.batch([
    db
      .insert(signInAttempts)
      .select(
        sql`SELECT value, 1, ${now}, ${now} + CASE WHEN value LIKE 'account:%' THEN ${waitAfter("account", 1)}
            ELSE ${waitAfter("address", 1)} END FROM json_each(${list})
          WHERE NOT EXISTS (SELECT 1 FROM sign_in_attempts WHERE blocked_until > ${now}
            AND subject IN (SELECT value FROM json_each(${list})))`,
      )
      .onConflictDoUpdate({
        target: signInAttempts.subject,
        set: { failures, lastAt: now, blockedUntil: sql`${now} + ${wait}` },
      })
      .returning({ subject: signInAttempts.subject }),
    db
      .select({ blockedUntil: signInAttempts.blockedUntil })
      .from(signInAttempts)
      .where(inArray(signInAttempts.subject, subjects)),
  ]);
  if (counted.length > 0) return;
  const retryAfter = Math.ceil(Math.max(1000, ...known.map(({ blockedUntil }) => blockedUntil - now)) / 1000);
  throw new Log0Error("too_many_attempts", `too many attempts; try again in ${retryAfter} s`, { retryAfter });
}

/** Takes back what was counted, after a success: all of the account's failures, and of the address that one. */
export async function forgive(platform: Platform, trier: Trier): Promise<void> {
  const db = platform.everyTenant;
  const { account = "", address = "" } = subjectsOf(trier);
  await db.batch([
    db.delete(signInAttempts).where(eq(signInAttempts.subject, account)),
    db
      .update(signInAttempts)
      .set({ failures: sql`max(failures - 1, 0)`, blockedUntil: 0 })
      .where(eq(signInAttempts.subject, address)),
  ]);
}
