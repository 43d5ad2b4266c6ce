import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { slackInstalls } from "../../schema/tables/slack.ts";
import { addMember, atWork, Browser, sql } from "./support/auth.ts";
import { advance, stopClock } from "./support/clock.ts";
import { accepted, ask, call, changeStatus, deadLettersOf, incidentsOf, problemOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { exhaust, messagesAt, settle } from "./support/pipeline.ts";
import { callsAt, script, slackCalls, slackId } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(() => Object.assign(env, { SLACK_CLIENT_ID: undefined, SLACK_CLIENT_SECRET: undefined }));

const SIGNING_SECRET = "0123456789abcdef0123456789abcdef";

const Install = z.object({
  install: z
    .strictObject({
      kind: z.string(),
      team: z.object({ id: z.string(), name: z.string() }),
      botUserId: z.string(),
      installedBy: z.string(),
      createdAt: z.number(),
      updatedAt: z.number(),
      status: z.string(),
      error: z.string().nullable(),
      brokenSince: z.number().nullable(),
    })
    .nullable(),
  authorizeUrl: z.string().nullable().optional(),
});

const show = (tenant: Tenant) => ask(tenant, Install, "/api/v1/slack/install");

function put(tenant: Tenant, body: unknown): Promise<Response> {
  return call("/api/v1/slack/install", {
    method: "PUT",
    headers: { "x-api-key": tenant.key, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function installed(): Promise<{ tenant: Tenant; team: string; token: string }> {
  const tenant = await createTenant();
  const team = slackId("T");
  const token = `xoxb-${team}-own`;
  const response = await put(tenant, { botToken: token, signingSecret: SIGNING_SECRET });
  expect(response.status).toBe(200);
  return { tenant, team, token };
}

const rowOf = (tenant: Tenant) =>
  tenant.scope.db.select().from(slackInstalls).where(eq(slackInstalls.tenantId, tenant.id)).get();

describe("a pasted token", () => {
  test("is kept once Slack knows it, and never shown", async () => {
    const { tenant, team, token } = await installed();
    const shown = await show(tenant);
    expect(shown.install).toMatchObject({
      kind: "token",
      team: { id: team, name: "A team" },
      status: "ok",
      error: null,
    });
    expect(JSON.stringify(shown)).not.toContain(token);
    expect((await callsAt(token)).map(({ method }) => method)).toEqual(["auth.test"]);
  });

  test("is sealed at rest, with the tenant's id: another tenant's row cannot be opened", async () => {
    const { tenant, token } = await installed();
    const row = await rowOf(tenant);
    expect(JSON.stringify(row)).not.toContain(token);
    expect(JSON.stringify(row)).not.toContain(SIGNING_SECRET);
    const { scope } = tenant;
    expect(await scope.secrets().open(tenant.id, row?.botToken ?? "")).toBe(token);
    await expect(scope.secrets().open(crypto.randomUUID(), row?.botToken ?? "")).rejects.toThrow("cannot be opened");
  });

  test("carries the tenant's messages from then on, and another tenant's go on as before", async () => {
    const { tenant, token } = await installed();
    const other = await createTenant();
    for (const one of [tenant, other]) {
      await accepted(one.key, events(12));
      await settle(one);
    }
    expect(new Set((await slackCalls(tenant)).map((one) => one.authorization))).toEqual(new Set([`Bearer ${token}`]));
    expect((await slackCalls(other))[0]?.authorization).toBe(`Bearer ${env.SLACK_BOT_TOKEN}`);
  });

  test("in the place of the platform's: an incident that the other bot has posted is posted anew, not edited", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    await settle(tenant);
    const before = (await slackCalls(tenant)).length;
    await put(tenant, { botToken: `xoxb-${slackId("T")}-own`, signingSecret: SIGNING_SECRET });
    const [incident] = await incidentsOf(tenant);
    await changeStatus(tenant, incident?.id ?? "", "RESOLVED");
    await settle(tenant);
    expect((await slackCalls(tenant)).slice(before).map(({ method }) => method)).toEqual(["chat.postMessage"]);
    expect(await deadLettersOf(tenant)).toEqual([]);
  });

  const bad = [
    { name: "that Slack refuses", body: { botToken: "xoxb-T1-revoked", signingSecret: SIGNING_SECRET } },
    { name: "of a user", body: { botToken: "xoxp-1", signingSecret: SIGNING_SECRET } },
    { name: "with a line break", body: { botToken: "xoxb-1\r\nx", signingSecret: SIGNING_SECRET } },
    { name: "without a signing secret", body: { botToken: "xoxb-T1-x" } },
    { name: "with a signing secret that is none", body: { botToken: "xoxb-T1-x", signingSecret: "" } },
  ];
  test.each(bad)("$name → 400, and nothing is kept", async ({ body }) => {
    const tenant = await createTenant();
    const response = await put(tenant, body);
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({ code: "invalid_query" });
    expect((await show(tenant)).install).toBeNull();
  });

  test("is gone when it is removed, and the platform's Slack serves again", async () => {
    const { tenant } = await installed();
    const remove = () => call("/api/v1/slack/install", { method: "DELETE", headers: { "x-api-key": tenant.key } });
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(404);
    expect(await rowOf(tenant)).toBeUndefined();
    await accepted(tenant.key, events(12));
    await settle(tenant);
    expect((await slackCalls(tenant))[0]?.authorization).toBe(`Bearer ${env.SLACK_BOT_TOKEN}`);
  });

  test.each(["GET", "PUT", "DELETE"])("%s without an API key → 401", async (method) => {
    expect((await call("/api/v1/slack/install", { method })).status).toBe(401);
  });
});

describe("a broken install", () => {
  test.each([
    ["token_revoked", { status: 200, body: { ok: false, error: "token_revoked" } }],
    ["http_503", { status: 503, body: {} }],
  ])("shows %s, and since when, until something arrives again", async (error, answer) => {
    const { tenant } = await installed();
    await accepted(tenant.key, events(12));
    const [message] = await messagesAt("notification-events", tenant);
    if (message === undefined) throw new Error("nothing to show");
    const since = Date.now();
    await script(
      tenant,
      Array.from({ length: 9 }, () => answer),
    );
    await exhaust("notification-events", message);
    expect(await deadLettersOf(tenant)).toMatchObject([{ errorCode: "delivery_failed" }]);
    advance(5_000);
    expect((await show(tenant)).install).toMatchObject({ status: "broken", error, brokenSince: since });
    await script(tenant, []);
    await call("/api/v1/dead-letters/replay", { method: "POST", headers: { "x-api-key": tenant.key } });
    await settle(tenant);
    expect((await show(tenant)).install).toMatchObject({ status: "ok", error: null, brokenSince: null });
  });

  test.each([
    ["a channel that is not there", { status: 200, body: { ok: false, error: "channel_not_found" } }],
    ["haste", { status: 429, headers: { "retry-after": "1" }, body: {} }],
  ])("is none for %s", async (_, answer) => {
    const { tenant } = await installed();
    await accepted(tenant.key, events(12));
    await script(tenant, [answer]);
    await settle(tenant);
    expect((await show(tenant)).install).toMatchObject({ status: "ok" });
  });
});

describe("OAuth", () => {
  const withApp = () => Object.assign(env, { SLACK_CLIENT_ID: "client-id", SLACK_CLIENT_SECRET: "client-secret" });

  async function begun(tenant: Tenant): Promise<URL> {
    return new URL((await show(tenant)).authorizeUrl ?? "");
  }

  const callback = (query: Record<string, string>) =>
    call(`/api/v1/slack/oauth/callback?${new URLSearchParams(query)}`);

  test("leads to Slack's page, and back with a code to a token that the tenant alone has", async () => {
    withApp();
    const tenant = await createTenant();
    const url = await begun(tenant);
    expect(url.pathname).toBe("/oauth/v2/authorize");
    expect(url.searchParams.get("client_id")).toBe("client-id");
    expect(url.searchParams.get("scope")?.split(",")).toContain("users:read.email");
    expect(url.searchParams.get("redirect_uri")).toBe(`${env.PUBLIC_URL}/api/v1/slack/oauth/callback`);
    const team = slackId("T");
    const response = await callback({ code: `code-${team}-1`, state: url.searchParams.get("state") ?? "" });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`Team ${team}`);
    expect((await show(tenant)).install).toMatchObject({ kind: "oauth", team: { id: team }, status: "ok" });
  });

  test("state is good once, for ten minutes, and for nobody else", async () => {
    withApp();
    const tenant = await createTenant();
    const other = await createTenant();
    const state = (await begun(tenant)).searchParams.get("state") ?? "";
    const team = slackId("T");
    const tampered = [
      "",
      "x",
      state.slice(0, -2),
      state.replace(tenant.id, other.id),
      `${tenant.id}.${await tenant.scope.secrets().seal(tenant.id, "xoxb-other-secret", tenant.scope.random(12))}`,
    ];
    for (const forged of tampered) {
      const response = await callback({ code: `code-${team}-f`, state: forged });
      expect([400, 401]).toContain(response.status);
    }
    const old = (await begun(tenant)).searchParams.get("state") ?? "";
    advance(10 * 60_000 + 1);
    expect((await callback({ code: `code-${team}-o`, state: old })).status).toBe(401);
    const fresh = (await begun(tenant)).searchParams.get("state") ?? "";
    expect((await callback({ code: `code-${team}-1`, state: fresh })).status).toBe(200);
    // Base64 can be written in several ways that say the same.
    for (const again of [fresh, `${fresh}=`, `${fresh}.x`]) {
      expect((await callback({ code: `code-${team}-2`, state: again })).status).toBe(401);
    }
    expect((await show(other)).install).toBeNull();
  });

  /** Somebody in a browser who begins one. */
  async function begunByPerson() {
    withApp();
    const scene = await atWork("admin");
    const begin = async () => {
      const response = await scene.browser.ask("/slack/install", { method: "GET" });
      const { authorizeUrl } = Install.parse(await response.json());
      return new URL(authorizeUrl ?? "").searchParams.get("state") ?? "";
    };
    return { ...scene, begin, state: await begin(), team: slackId("T") };
  }
  const comeBack = (browser: Browser, code: string, state: string) =>
    browser.ask(`/slack/oauth/callback?${new URLSearchParams({ code, state })}`, { method: "GET" });

  test("that a person has begun ends in the same browser alone", async () => {
    const { tenant, browser, begin, state, team } = await begunByPerson();
    for (const part of ["HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/api/v1/slack/oauth/callback"]) {
      expect(browser.setCookie).toContain(part);
    }
    const stranger = (await begunByPerson()).browser;
    const forged = Object.assign(browser.copy(), { cookie: `${browser.cookie}x` });
    for (const other of [new Browser(), stranger, forged]) {
      expect((await comeBack(other, `code-${team}-1`, state)).status).toBe(401);
    }
    expect((await show(tenant)).install).toBeNull();
    // Another tab asks how it stands.
    await begin();
    expect((await comeBack(browser, `code-${team}-2`, state)).status).toBe(200);
    expect(browser.setCookie).toMatch(/^log0_slack=; Max-Age=0; Path=\/api\/v1\/slack\/oauth\/callback/);
    expect((await show(tenant)).install).toMatchObject({ kind: "oauth", team: { id: team } });
  });

  test.each<[string, (scene: Awaited<ReturnType<typeof begunByPerson>>) => Promise<unknown>]>([
    ["is signed out", ({ member }) => sql("UPDATE sessions SET revoked_at = 1 WHERE account_id = ?", member.accountId)],
    ["is removed", ({ member }) => sql("DELETE FROM users WHERE id = ?", member.userId)],
    ["may no longer do it", ({ member }) => sql("UPDATE users SET role = 'member' WHERE id = ?", member.userId)],
  ])("that somebody has begun who %s meanwhile is over", async (_what, happen) => {
    const scene = await begunByPerson();
    await happen(scene);
    expect((await comeBack(scene.browser, `code-${scene.team}-1`, scene.state)).status).toBe(401);
    expect((await show(scene.tenant)).install).toBeNull();
  });

  test("that somebody has begun who works in another tenant meanwhile goes on", async () => {
    const { tenant, member, browser, state, team } = await begunByPerson();
    const other = await createTenant();
    await addMember(other, member.accountId, member.email, "viewer");
    await sql("UPDATE sessions SET tenant_id = ? WHERE account_id = ?", other.id, member.accountId);
    expect((await comeBack(browser, `code-${team}-1`, state)).status).toBe(200);
    expect((await show(tenant)).install).toMatchObject({ kind: "oauth", team: { id: team } });
    expect((await show(other)).install).toBeNull();
  });

  test("that a key has begun needs no cookie, and is over when the key is revoked", async () => {
    withApp();
    const tenant = await createTenant();
    const response = await call("/api/v1/slack/install", { headers: { "x-api-key": tenant.key } });
    expect(response.headers.get("set-cookie")).toBeNull();
    const state = (await begun(tenant)).searchParams.get("state") ?? "";
    await sql("UPDATE api_keys SET revoked_at = 1 WHERE tenant_id = ?", tenant.id);
    expect((await callback({ code: `code-${slackId("T")}-1`, state })).status).toBe(401);
    expect(await rowOf(tenant)).toBeUndefined();
  });

  test("with a code that Slack refuses → 400, and nothing is kept", async () => {
    withApp();
    const tenant = await createTenant();
    const state = (await begun(tenant)).searchParams.get("state") ?? "";
    expect((await callback({ code: "wrong", state })).status).toBe(400);
    expect((await show(tenant)).install).toBeNull();
  });

  test("that somebody called off → 400", async () => {
    withApp();
    expect((await callback({ error: "access_denied" })).status).toBe(400);
  });

  test("is not offered where the deployment has no app", async () => {
    expect((await show(await createTenant())).authorizeUrl).toBeNull();
    expect((await callback({ code: "x", state: "x" })).status).toBe(404);
  });
});
