import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { scheduled } from "../../workers/scheduled.ts";
import {
  addMember,
  atWork,
  Browser,
  createMember,
  guardConsole,
  invite,
  livingSessions,
  mailsTo,
  PASSWORD,
  sql,
} from "./support/auth.ts";
import { advance, stopClock } from "./support/clock.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);
guardConsole();

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const OVER = { status: 401, code: "unauthorized" };

test("the whole life: invited, accepted, signed in, refreshed, copied, ended", async () => {
  const tenant = await createTenant();
  const email = "ada@acme.test";
  const browser = new Browser();
  const token = await invite(tenant, email, { role: "viewer" });
  const joined = await browser.granted("/auth/invitations/accept", { token, name: "Ada", password: PASSWORD });
  expect(joined).toMatchObject({ user: { email, name: "Ada", role: "viewer" }, tenant: { id: tenant.id } });
  expect(await browser.works()).toBe(200);

  const second = new Browser();
  await second.login("ADA@acme.test ");
  const thief = second.copy();
  advance(MINUTE);
  await second.refresh();
  expect(await second.works()).toBe(200);
  advance(MINUTE);
  expect(await thief.outcome("/auth/refresh")).toEqual(OVER);
  expect(await second.outcome("/auth/refresh")).toEqual(OVER);
  advance(10_000);
  expect(await second.works()).toBe("unauthorized");

  // The family that was ended is that of one sign-in.
  await browser.refresh();
  const third = new Browser();
  await third.login(email);
  expect(await third.outcome("/auth/logout-everywhere")).toEqual({ status: 204 });
  expect(third.cookie).toBeUndefined();
  advance(10_000);
  for (const one of [browser, third]) {
    expect(await one.works()).toBe("unauthorized");
    expect(await one.outcome("/auth/refresh")).toEqual(OVER);
  }
  expect(await mailsTo(email)).toEqual([]);
});

describe("a sign-in", () => {
  test("gives an access token of 15 minutes, and a cookie of 7 days that no script and no other site can use", async () => {
    const { browser, granted, member, tenant } = await atWork();
    expect(granted).toMatchObject({
      user: { id: member.userId, accountId: member.accountId, email: member.email, role: "member" },
      tenant: { id: tenant.id, name: tenant.name },
      tenants: [{ id: tenant.id, name: tenant.name, role: "member" }],
    });
    expect(granted.expiresAt - Math.floor(Date.now() / 1000) * 1000).toBe(15 * MINUTE);
    const attributes = browser.setCookie?.replace(/^log0_refresh=l0r_[\w-]{43}/, "").split("; ");
    expect(attributes?.sort()).toEqual(["", "HttpOnly", "Max-Age=604800", "Path=/api/v1/auth", "SameSite=Strict"]);
    expect(JSON.stringify(granted)).not.toContain("l0r_");
  });

  test("over https has a cookie that is Secure, under a name that only https can set", async () => {
    const { member } = await atWork();
    const { PUBLIC_URL } = env;
    Object.assign(env, { PUBLIC_URL: "https://log0.example" });
    try {
      const browser = new Browser();
      await browser.login(member.email);
      expect(browser.setCookie).toMatch(/^__Secure-log0_refresh=l0r_/);
      expect(browser.setCookie?.split("; ")).toContain("Secure");
      await browser.refresh();
      expect(browser.setCookie).toMatch(/^__Secure-log0_refresh=l0r_/);
    } finally {
      Object.assign(env, { PUBLIC_URL });
    }
  });

  test("says of a session how it began, on which device, and which is this one", async () => {
    const { browser, member } = await atWork();
    advance(1_000);
    await new Browser().login(member.email);
    const response = await browser.ask("/auth/sessions", { method: "GET" });
    expect(await response.json()).toMatchObject({
      sessions: [
        { method: "password", device: "Browser/1.0 (test)", current: false },
        { current: true, createdAt: Date.now() - 1_000 },
      ],
    });
  });

  test("leads to the tenant that is asked for, else to the one used last, else to the first by name", async () => {
    const [a, b, suspended] = [await createTenant(), await createTenant(), await createTenant({ status: "suspended" })];
    const stranger = await createTenant();
    const { email, accountId } = await createMember(a);
    for (const tenant of [b, suspended]) await addMember(tenant, accountId, email, "viewer");
    const [first, last] = [a, b].sort((x, y) => (x.name < y.name ? -1 : 1));
    const browser = new Browser();
    const granted = await browser.login(email);
    expect(granted.tenant.id).toBe(first?.id);
    expect(granted.tenants.map(({ name }) => name)).toEqual([first?.name, last?.name]);
    advance(1);
    expect((await browser.login(email, PASSWORD, last?.name)).tenant.id).toBe(last?.id);
    expect((await browser.login(email)).tenant.id).toBe(last?.id);
    for (const [tenant, code] of [
      [suspended.name, "tenant_suspended"],
      [stranger.name, "forbidden"],
      ["no such", "forbidden"],
    ]) {
      const body = { email, password: PASSWORD, tenant };
      expect(await browser.outcome("/auth/login", { body })).toEqual({ status: 403, code });
    }
  });

  test("of somebody who is in no tenant is refused, after the password", async () => {
    const { member, browser } = await atWork();
    await sql("DELETE FROM users WHERE account_id = ?", member.accountId);
    expect(await browser.tryLogin(member.email)).toEqual({ status: 403, code: "forbidden" });
    expect(await browser.tryLogin(member.email, "wrong password 1")).toMatchObject({ code: "invalid_credentials" });
  });
});

describe("an access token", () => {
  test("ends after 15 minutes", async () => {
    const { browser, granted } = await atWork();
    advance(granted.expiresAt - 1 - Date.now());
    expect(await browser.works()).toBe(200);
    advance(1);
    expect(await browser.works()).toBe("unauthorized");
    await browser.refresh();
    expect(await browser.works()).toBe(200);
  });
});

describe("signing out", () => {
  test("ends the session at once for its refresh token, within 10 s for its access token, and takes the cookie back", async () => {
    const { browser } = await atWork();
    const other = browser.copy();
    expect(await browser.works()).toBe(200);
    expect(await browser.outcome("/auth/logout")).toEqual({ status: 204 });
    expect(browser.setCookie).toMatch(/^log0_refresh=; Max-Age=0; Path=\/api\/v1\/auth/);
    expect(await other.outcome("/auth/refresh")).toEqual(OVER);
    advance(10_000);
    expect(await browser.works()).toBe("unauthorized");
  });

  test("is fine for whoever is signed out", async () => {
    expect(await new Browser().outcome("/auth/logout")).toEqual({ status: 204 });
  });

  test("of one other session leaves this one; of somebody else's is not found", async () => {
    const { browser, member } = await atWork();
    const stranger = await atWork();
    const other = new Browser();
    await other.login(member.email);
    const ids = (await sql("SELECT id FROM sessions WHERE account_id = ? ORDER BY rowid", member.accountId)).results;
    const path = `/auth/sessions/${String(ids[1]?.id)}`;
    const missing = { status: 404, code: "not_found" };
    expect(await stranger.browser.outcome(path, { method: "DELETE" })).toEqual(missing);
    expect(await browser.outcome(path, { method: "DELETE" })).toEqual({ status: 204 });
    expect(await browser.outcome(path, { method: "DELETE" })).toEqual(missing);
    expect(await other.outcome("/auth/refresh")).toEqual(OVER);
    await browser.refresh();
  });
});

test("what is over is swept, however much it is, what lives stays", async () => {
  const { tenant, member, browser } = await atWork();
  const gone = await atWork();
  await invite(gone.tenant, "late@acme.test");
  await sql(
    `INSERT INTO sign_in_attempts WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
      SELECT 'account:' || i, 1, ?, 0 FROM n`,
    Date.now(),
  );
  await gone.browser.tryLogin(gone.member.email, "wrong password 1");
  advance(6 * DAY);
  await browser.refresh();
  await invite(tenant, "new@acme.test");
  advance(2 * DAY);
  const now = Math.floor(Date.now() / 3600_000) * 3600_000 + 17 * MINUTE;
  await scheduled(now, gone.tenant.platform, env);
  expect((await sql("SELECT id FROM sessions WHERE account_id = ?", gone.member.accountId)).results).toEqual([]);
  expect(await livingSessions(member.accountId)).toBe(1);
  const { results } = await sql("SELECT count(*) AS n FROM refresh_tokens WHERE expires_at <= ?", Date.now());
  expect(results).toEqual([{ n: 0 }]);
  expect((await sql("SELECT count(*) AS n FROM sign_in_attempts")).results).toEqual([{ n: 0 }]);
  expect((await sql("SELECT email FROM invitations")).results).toEqual([{ email: "new@acme.test" }]);
  await browser.refresh();
});
