import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { call, problemOf } from "./support/http.ts";
import { feedsOf, LiveClient, line, soon, store, tailAlarm, upgrade, watch } from "./support/live-tail.ts";
import { createKey, createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const CHECK_MS = 15_000;

function revoke(tenant: Tenant): Promise<unknown> {
  const sql =
    "UPDATE api_keys SET revoked_at = ? WHERE tenant_id = ? AND created_at = (SELECT min(created_at) FROM api_keys WHERE tenant_id = ?2)";
  return env.DB.prepare(sql).bind(Date.now(), tenant.id).run();
}

function suspend(tenant: Tenant): Promise<unknown> {
  return env.DB.prepare("UPDATE tenants SET status = 'suspended' WHERE id = ?").bind(tenant.id).run();
}

describe("a live tail is opened", () => {
  const keys: [string, (key: string) => Record<string, string>, string | null][] = [
    ["X-API-Key", (key) => ({ "x-api-key": key }), null],
    ["a bearer token", (key) => ({ authorization: `Bearer ${key}` }), null],
    ["the second subprotocol", (key) => ({ "sec-websocket-protocol": `log0, ${key}` }), "log0"],
    ["X-API-Key, beside the subprotocol", (key) => ({ "x-api-key": key, "sec-websocket-protocol": "log0" }), "log0"],
  ];
  test.each(keys)("with the key as %s", async (_how, headersOf, protocol) => {
    const tenant = await createTenant();
    for (const path of ["/live/logs", "/api/v1/live", "/v1/live"]) {
      const response = await upgrade(path, headersOf(tenant.key));
      expect(response.status).toBe(101);
      expect(response.headers.get("sec-websocket-protocol")).toBe(protocol);
      if (response.webSocket === null) throw new Error("no socket");
      const client = new LiveClient(response.webSocket, false);
      await expect.poll(() => client.of("ready"), soon).toHaveLength(1);
      client.close();
    }
  });

  const refusals: [string, string, (key: string) => Record<string, string>, number][] = [
    ["without a key", "/live/logs", () => ({}), 401],
    ["with a key that is none", "/live/logs", () => ({ "x-api-key": "l0_x" }), 401],
    ["with the key as the only subprotocol", "/live/logs", (key) => ({ "sec-websocket-protocol": key }), 401],
    ["with a parameter that does not exist", "/live/logs?key=secret", (key) => ({ "x-api-key": key }), 400],
    ["with a level that does not exist", "/live/logs?level=loud", (key) => ({ "x-api-key": key }), 400],
    ["with a query that cannot be read", "/live/logs?q=%28", (key) => ({ "x-api-key": key }), 400],
    ["with too many services", `/live/logs?service=${"a,".repeat(17)}a`, (key) => ({ "x-api-key": key }), 400],
  ];
  test.each(refusals)("not %s", async (_what, path, headersOf, status) => {
    const tenant = await createTenant();
    expect(await problemOf(await upgrade(path, headersOf(tenant.key)))).toMatchObject({ status });
  });

  test("not with the key in the URL", async () => {
    const { key } = await createTenant();
    expect((await upgrade(`/live/logs?key=${key}`, {})).status).toBe(401);
  });

  test("not by a plain request", async () => {
    const { key } = await createTenant();
    expect((await call("/api/v1/live", { headers: { "x-api-key": key } })).status).toBe(400);
  });

  test("not for a suspended tenant", async () => {
    const { key } = await createTenant({ status: "suspended" });
    expect((await upgrade("/live/logs", { "x-api-key": key })).status).toBe(403);
  });
});

describe("an open socket", () => {
  test("is closed with 4401 when its key is revoked; those of other keys stay", async () => {
    const tenant = await createTenant();
    advance(1);
    const other = await createKey(tenant.id, { sourceId: tenant.sourceId });
    const [revoked, stays] = [await watch(tenant), await watch({ key: other })];
    await revoke(tenant);
    advance(CHECK_MS);
    await tailAlarm(tenant);
    await revoked.isClosed(4401, /revoked/);
    await store({ ...tenant, key: other }, [line("after")]);
    await stays.sees("after");
    expect(revoked.lines).toEqual([]);
  });

  test("is closed with 4401 when its key expires", async () => {
    const tenant = await createTenant({ expiresAt: Date.now() + CHECK_MS - 1 });
    const client = await watch(tenant);
    advance(CHECK_MS);
    await tailAlarm(tenant);
    await client.isClosed(4401, /expired/);
  });

  test("is closed with 4403 when the tenant is suspended, with all others, and the stores stop", async () => {
    const tenant = await createTenant();
    const clients = [await watch(tenant), await watch(tenant), await watch({ key: await createKey(tenant.id) })];
    await store(tenant, [line("1")]);
    for (const client of clients) await client.sees("1");
    await suspend(tenant);
    advance(CHECK_MS);
    await tailAlarm(tenant);
    for (const client of clients) await client.isClosed(4403, /suspended/);
    const calls = feedsOf(tenant);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(feedsOf(tenant)).toBe(calls);
  });

  test("stays while D1 does not answer, and is closed when that takes longer than a minute", async () => {
    const tenant = await createTenant();
    const client = await watch(tenant);
    fail("db", 'from "api_keys" where');
    for (let n = 0; n < 3; n++) {
      await tailAlarm(tenant);
      advance(CHECK_MS);
    }
    await store(tenant, [line("meanwhile")]);
    await client.sees("meanwhile");
    advance(CHECK_MS);
    await tailAlarm(tenant);
    await client.isClosed(1013, /could not be checked/);
  });

  test("is trusted anew when D1 answers again", async () => {
    const tenant = await createTenant();
    const client = await watch(tenant);
    fail("db", 'from "api_keys" where', { times: 1 });
    for (let n = 0; n < 8; n++) {
      await tailAlarm(tenant);
      advance(CHECK_MS);
    }
    await store(tenant, [line("still here")]);
    await client.sees("still here");
  });

  test("is told when a store cannot be watched yet, and fed once it can", async () => {
    const tenant = await createTenant();
    const fault = fail("store", tenant.id, { times: 1 });
    const client = await watch(tenant);
    expect(client.of("ready")).toMatchObject([{ complete: false }]);
    expect(fault.tripped).toBe(1);
    await tailAlarm(tenant);
    await store(tenant, [line("now")]);
    await client.sees("now");
  });
});
