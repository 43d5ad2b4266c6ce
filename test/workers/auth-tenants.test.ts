import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { AccessTokens } from "../../core/auth/access-token.ts";
import { ROLE_PERMISSIONS } from "../../core/auth/permissions.ts";
import { ROLES } from "../../schema/contracts/roles.ts";
import { addMember, atWork, Browser, guardConsole, signedIn, sql } from "./support/auth.ts";
import { advance, stopClock } from "./support/clock.ts";
import { call } from "./support/http.ts";
import { LiveClient, soon, tailAlarm, upgrade } from "./support/live-tail.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
guardConsole();

/** A change holds everywhere after this time. */
const CACHE_MS = 10_000;
const OVER = { status: 401, code: "unauthorized" };

const setStatus = (tenant: Tenant, status: string) =>
  sql("UPDATE tenants SET status = ? WHERE id = ?", status, tenant.id);
const remove = (tenant: Tenant, accountId: string) =>
  sql("DELETE FROM users WHERE tenant_id = ? AND account_id = ?", tenant.id, accountId);

/** Whether one may act on incidents: there is none of this id. */
const act = (browser: Browser) =>
  browser.outcome(`/incidents/${crypto.randomUUID()}/comments`, { body: { text: "hello" } });

describe("within 10 s, for a session that goes on,", () => {
  test("a change of role holds, both ways", async () => {
    const { browser, member } = await atWork("viewer");
    const setRole = (role: string) => sql("UPDATE users SET role = ? WHERE id = ?", role, member.userId);
    expect(await act(browser)).toEqual({ status: 403, code: "forbidden" });
    await setRole("member");
    advance(CACHE_MS);
    expect(await act(browser)).toEqual({ status: 404, code: "not_found" });
    await setRole("viewer");
    advance(CACHE_MS - 1);
    expect(await act(browser)).toMatchObject({ status: 404 });
    advance(1);
    expect(await act(browser)).toEqual({ status: 403, code: "forbidden" });
  });

  test("a removed member is out, and out for good", async () => {
    const { browser, member, tenant } = await atWork();
    expect(await browser.works()).toBe(200);
    await remove(tenant, member.accountId);
    advance(CACHE_MS);
    expect(await browser.works()).toBe("unauthorized");
    expect(await browser.outcome("/auth/refresh")).toEqual({ status: 403, code: "forbidden" });
  });

  test("a member who is removed goes on in another tenant, where there is one", async () => {
    const { browser, member, tenant } = await atWork();
    const other = await createTenant();
    await addMember(other, member.accountId, member.email, "viewer");
    await remove(tenant, member.accountId);
    advance(CACHE_MS);
    expect(await browser.works()).toBe("unauthorized");
    expect(await browser.refresh()).toMatchObject({ tenant: { id: other.id }, user: { role: "viewer" } });
    expect(await browser.works()).toBe(200);
  });

  test("a suspended tenant lets nobody in, and everybody again when it is active", async () => {
    const { browser, member, tenant } = await atWork();
    expect(await browser.works()).toBe(200);
    await setStatus(tenant, "suspended");
    advance(CACHE_MS);
    const suspended = { status: 403, code: "tenant_suspended" };
    expect(await browser.works()).toBe("tenant_suspended");
    expect(await browser.outcome("/auth/refresh")).toEqual(suspended);
    expect(await new Browser().tryLogin(member.email)).toEqual(suspended);
    await setStatus(tenant, "active");
    advance(CACHE_MS);
    await browser.refresh();
    expect(await browser.works()).toBe(200);
  });

  test("a tenant that is on its way out is gone", async () => {
    const { browser, member, tenant } = await atWork();
    await setStatus(tenant, "deleting");
    advance(CACHE_MS);
    expect(await browser.works()).toBe("unauthorized");
    expect(await new Browser().tryLogin(member.email)).toEqual({ status: 403, code: "forbidden" });
  });
});

describe("a switch of tenants", () => {
  test("gives the other tenant's access, with the role there, and takes the one before", async () => {
    const { browser, member, tenant } = await atWork("owner");
    const other = await createTenant();
    await addMember(other, member.accountId, member.email, "viewer");
    const before = browser.copy();
    const granted = await browser.granted("/auth/switch", { tenantId: other.id });
    expect(granted).toMatchObject({ tenant: { id: other.id }, user: { role: "viewer" } });
    expect(await act(browser)).toEqual({ status: 403, code: "forbidden" });
    advance(CACHE_MS);
    expect(await before.works()).toBe("unauthorized");
    expect((await browser.refresh()).tenant.id).toBe(other.id);
    expect((await browser.granted("/auth/switch", { tenantId: tenant.id })).user.role).toBe("owner");
  });

  test("leads nowhere where one is no member, by id or by name, nor into a suspended tenant", async () => {
    const { browser, member } = await atWork();
    const [stranger, suspended] = [await createTenant(), await createTenant({ status: "suspended" })];
    await addMember(suspended, member.accountId, member.email, "owner");
    for (const tenantId of [stranger.id, "no such", crypto.randomUUID()]) {
      const outcome = await browser.outcome("/auth/switch", { body: { tenantId } });
      expect(outcome).toEqual({ status: 403, code: "forbidden" });
    }
    const outcome = await browser.outcome("/auth/switch", { body: { tenantId: suspended.id } });
    expect(outcome).toEqual({ status: 403, code: "tenant_suspended" });
    expect(await browser.works()).toBe(200);
  });

  test("of a session that was just ended gives nothing", async () => {
    const { browser, tenant } = await atWork();
    expect(await browser.works()).toBe(200);
    await browser.copy().outcome("/auth/logout");
    expect(await browser.outcome("/auth/switch", { body: { tenantId: tenant.id } })).toEqual(OVER);
  });
});

describe("an access token", () => {
  const key = (fill: number) => `local:${Buffer.alloc(32, fill).toString("base64")}`;

  test("of another deployment, of another key, or with another tenant in it, is worth nothing", async () => {
    const { browser, member, tenant } = await atWork();
    const other = await createTenant();
    const id = (await sql("SELECT id FROM sessions WHERE account_id = ?", member.accountId)).results[0]?.id;
    const claims = { accountId: member.accountId, sessionId: String(id), tenantId: String(tenant.id) };
    const mine = (issuer: string) => new AccessTokens(env.SECRET_KEYS ?? "", issuer);
    const forged = [
      await mine("https://log0.other.example").sign(claims, Date.now()),
      await new AccessTokens(key(9), env.PUBLIC_URL).sign(claims, Date.now()),
      await mine(env.PUBLIC_URL).sign({ ...claims, tenantId: other.id }, Date.now()),
      await mine(env.PUBLIC_URL).sign({ ...claims, accountId: crypto.randomUUID() }, Date.now()),
      await mine(env.PUBLIC_URL).sign({ ...claims, sessionId: crypto.randomUUID() }, Date.now()),
      await mine(env.PUBLIC_URL).sign({ ...claims, tenantId: "x" }, Date.now()),
    ];
    for (const { token } of forged) {
      browser.accessToken = token;
      expect(await browser.works()).toBe("unauthorized");
    }
    browser.accessToken = (await mine(env.PUBLIC_URL).sign(claims, Date.now())).token;
    expect(await browser.works()).toBe(200);
  });

  test("is no API key, and an API key has no account", async () => {
    const { browser, tenant } = await atWork();
    const headers = { "x-api-key": browser.accessToken ?? "" };
    expect((await call("/api/v1/incidents", { headers })).status).toBe(401);
    for (const [method, path] of [
      ["GET", "/auth/me"],
      ["GET", "/auth/sessions"],
      ["POST", "/auth/logout-everywhere"],
    ] as const) {
      const response = await call(`/api/v1${path}`, { method, headers: { "x-api-key": tenant.key } });
      expect(response.status).toBe(403);
    }
  });

  test("reads its own tenant only, and cannot send logs", async () => {
    const { browser } = await atWork("owner");
    expect(await browser.outcome("/logs", { body: { message: "m" } })).toEqual({ status: 403, code: "forbidden" });
  });

  test.each(ROLES)("of a %s says who one is and what one may do", async (role) => {
    const tenant = await createTenant();
    const browser = new Browser();
    const person = await signedIn(tenant, role);
    browser.accessToken = person.accessToken;
    const me = await (await browser.ask("/auth/me", { method: "GET" })).json();
    expect(me).toEqual({
      user: { id: person.userId, accountId: person.accountId, email: person.email, name: "", role },
      tenant: { id: tenant.id, name: tenant.name },
      tenants: [{ id: tenant.id, name: tenant.name, role }],
      permissions: [...ROLE_PERMISSIONS[role]],
      hasPassword: false,
      sessionId: expect.any(String),
    });
  });
});

test("a live socket of a session is closed with 4401 when the session is ended", async () => {
  const { browser, tenant } = await atWork();
  const stays = await signedIn(tenant);
  const watch = async (token = "") => {
    const response = await upgrade("/api/v1/live", { "sec-websocket-protocol": `log0, ${token}` });
    if (response.webSocket === null) throw new Error(`no socket, but ${response.status}`);
    const client = new LiveClient(response.webSocket, false);
    await expect.poll(() => client.of("ready"), soon).toHaveLength(1);
    return client;
  };
  const [ended, other] = [await watch(browser.accessToken), await watch(stays.accessToken)];
  await browser.outcome("/auth/logout");
  advance(15_000);
  await tailAlarm(tenant);
  await ended.isClosed(4401, /revoked/);
  expect(other.closed).toBeUndefined();
  other.close();
});
