import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { beforeAll, describe, expect, test } from "vitest";
import { FORGET_MS } from "../../core/auth/attempts.ts";
import { verifyPassword } from "../../core/auth/password.ts";
import { errorCode, Log0Error } from "../../core/errors.ts";
import { countAttempt } from "../../services/auth/attempts.ts";
import { signIn } from "../../services/auth/sign-in.ts";
import { platformOf } from "../../workers/platform.ts";
import {
  addMember,
  Browser,
  createAccount,
  createMember,
  freshEmail,
  guardConsole,
  invite,
  sql,
} from "./support/auth.ts";
import { advance, stopClock } from "./support/clock.ts";
import { createTenant } from "./support/tenant.ts";
import { wrap } from "./support/wrap.ts";

beforeAll(stopClock);
guardConsole();

const WRONG = "a wrong password of some length";

async function somebody() {
  return await createMember(await createTenant());
}

/** A guess from a browser, or from an address that nobody has used. */
const guess = (email: string, browser = new Browser()) => browser.tryLogin(email, WRONG);

/** The seconds that a refused attempt is told to wait; undefined when it was let through. */
async function waitOf(email: string, browser = new Browser()): Promise<number | undefined> {
  const response = await browser.ask("/auth/login", { body: { email, password: WRONG } });
  await response.text();
  return response.status === 429 ? Number(response.headers.get("retry-after")) : undefined;
}

function retryAfterOf(error: unknown): number | undefined {
  return error instanceof Log0Error ? error.retryAfter : undefined;
}

function statuses(outcomes: { status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of outcomes) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** An attempt that says nothing of an account, and costs no hash. */
const knock = (browser: Browser) => browser.outcome("/auth/password/reset", { body: { token: "x", password: WRONG } });

describe("guesses at an account", () => {
  test("made at once, from many addresses, are let through five times", async () => {
    const { email } = await somebody();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => guess(email)));
    expect(statuses(outcomes)).toEqual({ 401: 5, 429: 7 });
    expect(await new Browser().tryLogin(email)).toEqual({ status: 429, code: "too_many_attempts" });
  });

  test("wait twice as long each time, five minutes at most; knocking does not lengthen it", async () => {
    const platform = platformOf(env);
    const email = freshEmail();
    const waitOf = async () => await countAttempt(platform, { email }).then(() => 0, retryAfterOf);
    for (let n = 0; n < 5; n++) expect(await waitOf()).toBe(0);
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
      for (let n = 0; n < 3; n++) expect(await waitOf()).toBe(seconds);
      advance(seconds * 1000 - 1);
      expect(await waitOf()).toBe(1);
      advance(1);
      expect(await waitOf()).toBe(0);
    }
  });

  test("are forgotten after a success, and after a day", async () => {
    const { email } = await somebody();
    const browser = new Browser();
    for (let n = 0; n < 4; n++) await guess(email, browser);
    await browser.login(email);
    for (let n = 0; n < 5; n++) expect(await guess(email)).toMatchObject({ status: 401 });
    expect(await waitOf(email)).toBe(1);
    advance(FORGET_MS);
    for (let n = 0; n < 5; n++) expect(await guess(email)).toMatchObject({ status: 401 });
    expect(await waitOf(email)).toBe(1);
  });

  test("count however the address is written, and wherever the password is asked for", async () => {
    const tenant = await createTenant();
    const { email } = await createMember(await createTenant());
    const browser = new Browser();
    await browser.login(email);
    const token = await invite(tenant, email);
    await guess(` ${email.toUpperCase()}`);
    await guess(email);
    const accept = { body: { token, password: WRONG } };
    expect(await new Browser().outcome("/auth/invitations/accept", accept)).toMatchObject({ status: 401 });
    const change = { method: "PUT", body: { current: WRONG, password: "eleven quiet lighthouses" } };
    for (let n = 0; n < 2; n++) {
      expect(await browser.outcome("/auth/password", change)).toEqual({ status: 401, code: "invalid_credentials" });
    }
    const refused = { status: 429, code: "too_many_attempts" };
    expect(await guess(email)).toEqual(refused);
    expect(await new Browser().outcome("/auth/invitations/accept", accept)).toEqual(refused);
    expect(await browser.outcome("/auth/password", change)).toEqual(refused);
  });
});

describe("guesses from an address", () => {
  test("at many accounts are let through twenty times", async () => {
    const browser = new Browser();
    const outcomes = await Promise.all(Array.from({ length: 25 }, () => guess(freshEmail(), browser)));
    expect(statuses(outcomes)).toEqual({ 401: 20, 429: 5 });
    const { email } = await somebody();
    expect(await browser.tryLogin(email)).toEqual({ status: 429, code: "too_many_attempts" });
    await new Browser().login(email);
  });

  test("of the same /64 count together; of another do not", async () => {
    const browser = new Browser();
    for (let n = 1; n <= 20; n++) {
      browser.address = `2001:db8:0:1::${n.toString(16)}`;
      expect(await knock(browser)).toMatchObject({ status: 400 });
    }
    browser.address = "2001:db8:0:1:ffff::1";
    expect(await knock(browser)).toMatchObject({ status: 429 });
    browser.address = "2001:db8:0:2::1";
    expect(await knock(browser)).toMatchObject({ status: 400 });
  });

  test("are not bought with successes at an account of one's own", async () => {
    const { email } = await somebody();
    const browser = new Browser();
    for (let n = 0; n < 19; n++) await knock(browser);
    await browser.login(email);
    expect(await guess(freshEmail(), browser)).toMatchObject({ status: 401 });
    expect(await waitOf(freshEmail(), browser)).toBe(1);
  });

  test("that an account's wait refuses do not count", async () => {
    const { email } = await somebody();
    for (let n = 0; n < 5; n++) await guess(email);
    const browser = new Browser();
    for (let n = 0; n < 30; n++) expect(await guess(email, browser)).toMatchObject({ status: 429 });
    expect(await guess(freshEmail(), browser)).toMatchObject({ status: 401 });
  });

  test("with tokens that are none count, too", async () => {
    for (const path of ["/auth/password/reset", "/auth/invitations/accept"]) {
      const browser = new Browser();
      const asking = { body: { token: "x".repeat(47), password: WRONG } };
      const outcomes = await Promise.all(Array.from({ length: 22 }, () => browser.outcome(path, asking)));
      expect(statuses(outcomes)).toEqual({ 400: 20, 429: 2 });
    }
  });
});

describe("nobody can find out who has an account", () => {
  const kinds: [string, () => Promise<string>][] = [
    ["nobody", async () => freshEmail()],
    ["somebody", async () => (await somebody()).email],
    [
      "somebody without a password",
      async () => {
        const email = freshEmail();
        await addMember(await createTenant(), await createAccount(email, null), email, "member");
        return email;
      },
    ],
  ];

  test("by the answers to guesses: all alike, from the first to the wait", async () => {
    const answers: unknown[] = [];
    for (const [, make] of kinds) {
      const email = await make();
      const seen = [];
      for (let n = 0; n < 7; n++) {
        const response = await new Browser().ask("/auth/login", { body: { email, password: WRONG } });
        const { requestId: _, ...body } = await response.json<Record<string, unknown>>();
        const headers = [...response.headers].filter(([name]) => name !== "x-request-id");
        seen.push({ status: response.status, headers, body });
      }
      answers.push(seen);
    }
    expect(answers[0]).toMatchObject([{ status: 401, body: { code: "invalid_credentials" } }, ...Array(6).fill({})]);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  test("by the work that a guess makes: one hash of the same cost, and the same statements", async () => {
    const work: unknown[] = [];
    for (const [, make] of kinds) {
      const email = await make();
      const statements: string[] = [];
      const db = wrap(env.DB, {
        prepare(statement: string) {
          statements.push(statement);
          return env.DB.prepare(statement);
        },
      });
      const { platform } = await createTenant();
      let hashes = 0;
      const verify: typeof verifyPassword = (...args) => {
        hashes++;
        return verifyPassword(...args);
      };
      const guessing = signIn(
        { ...platform, everyTenant: drizzle(db) },
        { email, password: WRONG, device: "", address: new Browser().address },
        verify,
      );
      expect(await guessing.catch(errorCode)).toBe("invalid_credentials");
      expect(hashes).toBe(1);
      expect(statements.length).toBeGreaterThan(1);
      work.push(statements);
    }
    expect(work[1]).toEqual(work[0]);
    expect(work[2]).toEqual(work[0]);
  });
});

test("what is counted does not say who tried", async () => {
  const browser = new Browser();
  const email = freshEmail();
  await guess(email, browser);
  const rows = JSON.stringify((await sql("SELECT * FROM sign_in_attempts")).results);
  expect(rows).not.toContain(browser.address);
  expect(rows).not.toContain(email);
});
