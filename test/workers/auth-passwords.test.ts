import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { errorCode } from "../../core/errors.ts";
import { changePassword } from "../../services/auth/change-password.ts";
import {
  addMember,
  Browser,
  createAccount,
  createMember,
  freshEmail,
  guardConsole,
  mailsTo,
  meanwhile,
  PASSWORD,
  resetTokenOf,
  sql,
} from "./support/auth.ts";
import { answers } from "./support/channels.ts";
import { advance, stopClock } from "./support/clock.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);
guardConsole();

const NEXT = "eleven quiet lighthouses";
const HOUR = 3600_000;
const GONE = { status: 400, code: "invalid_token" };

const forgot = (email: string) => new Browser().outcome("/auth/password/forgot", { body: { email } });
const reset = (token: string, password = NEXT) =>
  new Browser().outcome("/auth/password/reset", { body: { token, password } });

async function somebody() {
  return await createMember(await createTenant());
}

const hashOf = async (accountId: string) =>
  (await sql("SELECT password_hash FROM accounts WHERE id = ?", accountId)).results[0]?.password_hash;

describe("a forgotten password", () => {
  test("is replaced once, with a link that came by e-mail; all sessions end, and the owner is told", async () => {
    const { email } = await somebody();
    const browser = new Browser();
    await browser.login(email);
    expect(await forgot(email.toUpperCase())).toEqual({ status: 202 });
    const token = await resetTokenOf(email);
    expect((await mailsTo(email))[0]).toContain("http://127.0.0.1:8787/reset-password#l0p_");
    expect(await reset(token)).toEqual({ status: 204 });
    expect(await browser.outcome("/auth/refresh")).toMatchObject({ status: 401 });
    expect(await browser.tryLogin(email)).toEqual({ status: 401, code: "invalid_credentials" });
    await browser.login(email, NEXT);
    expect(await reset(token, "yet another pass phrase")).toEqual(GONE);
    await browser.login(email, NEXT);
    const mails = await mailsTo(email);
    expect(mails).toHaveLength(2);
    expect(mails[1]).toMatch(/was changed/);
    expect(mails.join()).not.toContain(NEXT);
  });

  test("gives the same answer where there is no account, and no mail", async () => {
    const email = freshEmail();
    expect(await forgot(email)).toEqual({ status: 202 });
    expect(await mailsTo(email)).toEqual([]);
  });

  test("gives the same answer when the mail cannot be sent", async () => {
    const { email } = await somebody();
    await answers(email, [{ status: 500 }]);
    expect(await forgot(email)).toEqual({ status: 202 });
  });

  test("sends three mails an hour at most", async () => {
    const { email } = await somebody();
    await Promise.all([forgot(email), forgot(email), forgot(email), forgot(email), forgot(email)]);
    expect(await mailsTo(email)).toHaveLength(3);
    advance(HOUR);
    await forgot(email);
    expect(await mailsTo(email)).toHaveLength(4);
  });

  test("has a link that lives for an hour", async () => {
    const { email } = await somebody();
    await forgot(email);
    const token = await resetTokenOf(email);
    advance(HOUR - 1);
    expect(await reset(token, "short")).toEqual({ status: 400, code: "weak_password" });
    advance(1);
    expect(await reset(token)).toEqual(GONE);
  });

  test("ends all other links when one was used", async () => {
    const { email } = await somebody();
    await forgot(email);
    const first = await resetTokenOf(email);
    await forgot(email);
    expect(await reset(await resetTokenOf(email))).toEqual({ status: 204 });
    expect(await reset(first)).toEqual(GONE);
  });

  test("is replaced by one of two who use the link at once", async () => {
    const { email } = await somebody();
    await forgot(email);
    const token = await resetTokenOf(email);
    const passwords = ["the first of two passwords", "the second of two passwords"];
    const outcomes = await Promise.all(passwords.map((password) => reset(token, password)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual([204, 400]);
    const winner = outcomes.findIndex(({ status }) => status === 204);
    expect(await new Browser().tryLogin(email, passwords[winner])).toEqual({ status: 200 });
    expect(await new Browser().tryLogin(email, passwords[1 - winner])).toMatchObject({ status: 401 });
  });

  test("can be a first one", async () => {
    const email = freshEmail();
    await addMember(await createTenant(), await createAccount(email, null), email, "member");
    expect(await new Browser().tryLogin(email, NEXT)).toMatchObject({ code: "invalid_credentials" });
    await forgot(email);
    expect(await reset(await resetTokenOf(email))).toEqual({ status: 204 });
    await new Browser().login(email, NEXT);
  });

  test("opens an account again that guesses have closed", async () => {
    const { email } = await somebody();
    for (let n = 0; n < 5; n++) await new Browser().tryLogin(email, `wrong password ${n}`);
    expect(await new Browser().tryLogin(email)).toMatchObject({ status: 429 });
    await forgot(email);
    await reset(await resetTokenOf(email));
    await new Browser().login(email, NEXT);
  });
});

describe("a password that is changed", () => {
  const change = (browser: Browser, current: string, password: string) =>
    browser.outcome("/auth/password", { method: "PUT", body: { current, password } });

  test("keeps this session and ends the others, and open links with them", async () => {
    const { email } = await somebody();
    const [here, there] = [new Browser(), new Browser()];
    for (const browser of [here, there]) await browser.login(email);
    await forgot(email);
    const token = await resetTokenOf(email);
    expect(await change(here, PASSWORD, NEXT)).toEqual({ status: 204 });
    expect(await there.outcome("/auth/refresh")).toMatchObject({ status: 401 });
    await here.refresh();
    expect(await here.works()).toBe(200);
    expect(await reset(token, "yet another pass phrase")).toEqual(GONE);
    await there.login(email, NEXT);
  });

  test("must be known, and strong", async () => {
    const { email } = await somebody();
    const browser = new Browser();
    await browser.login(email);
    expect(await change(browser, "wrong password 1", NEXT)).toEqual({ status: 401, code: "invalid_credentials" });
    expect(await change(browser, PASSWORD, "password")).toEqual({ status: 400, code: "weak_password" });
    expect(await change(new Browser(), PASSWORD, NEXT)).toEqual({ status: 401, code: "unauthorized" });
    await browser.login(email);
  });

  test("by two at once is one of theirs", async () => {
    const { email } = await somebody();
    const [a, b] = [new Browser(), new Browser()];
    for (const browser of [a, b]) await browser.login(email);
    const outcomes = await Promise.all([change(a, PASSWORD, NEXT), change(b, PASSWORD, "yet another pass phrase")]);
    expect(outcomes.map(({ status }) => status === 204).sort()).toEqual([false, true]);
  });
});

test("a change that comes too late changes nothing, and ends no session", async () => {
  const { email, accountId } = await somebody();
  const browser = new Browser();
  const sessionId = "that of another browser";
  await browser.login(email);
  const platform = meanwhile('update "accounts"', () =>
    sql("UPDATE accounts SET password_hash = 'another' WHERE id = ?", accountId),
  );
  const late = changePassword(
    platform,
    { accountId, sessionId, email },
    { current: PASSWORD, password: NEXT },
    browser.address,
  );
  expect(await late.catch(errorCode)).toBe("conflict");
  expect(await hashOf(accountId)).toBe("another");
  await browser.refresh();
});

describe("a stored hash", () => {
  test("of an older cost is made anew at the next sign-in, and only when the password was right", async () => {
    // Of PASSWORD, with a 32nd of the work.
    const old = "$scrypt$ln=10,r=8,p=1$BwcHBwcHBwcHBwcHBwcHBw$LHZ58ohnX2UuYB857v3ar5vBrb3SC7BxOkOoXWBrX0A";
    const email = freshEmail();
    const accountId = await createAccount(email, old);
    await addMember(await createTenant(), accountId, email, "member");
    expect(await new Browser().tryLogin(email, "wrong password 1")).toMatchObject({ status: 401 });
    expect(await hashOf(accountId)).toBe(old);
    await new Browser().login(email);
    const fresh = await hashOf(accountId);
    expect(fresh).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$/);
    await new Browser().login(email);
    expect(await hashOf(accountId)).toBe(fresh);
  });
});
