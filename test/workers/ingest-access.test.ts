import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, call, post, problemOf, storedLogs } from "./support/http.ts";
import { middling, noise } from "./support/logs.ts";
import { settle } from "./support/pipeline.ts";
import { queued } from "./support/queues.ts";
import { createKey, createTenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

describe("the credential", () => {
  const never = `l0_${"A".repeat(43)}`;
  const cases: { name: string; status: number; code: string; key: () => Promise<string> }[] = [
    { name: "a key of a wrong form", status: 401, code: "unauthorized", key: async () => "nonsense" },
    { name: "a key that never was", status: 401, code: "unauthorized", key: async () => never },
    {
      name: "a revoked key",
      status: 401,
      code: "unauthorized",
      key: async () => (await createTenant({ revokedAt: 1 })).key,
    },
    {
      name: "an expired key",
      status: 401,
      code: "unauthorized",
      key: async () => (await createTenant({ expiresAt: Date.now() - 1 })).key,
    },
    {
      name: "a suspended tenant",
      status: 403,
      code: "tenant_suspended",
      key: async () => (await createTenant({ status: "suspended" })).key,
    },
  ];
  test.each(cases)("$name → $status $code", async ({ status, code, key }) => {
    const response = await post(await key(), { message: "m" });
    expect(response.status).toBe(status);
    expect(await problemOf(response)).toMatchObject({ code });
  });

  test.each(["/api/v1/logs", "/v1/ingest", "/api/v1/incidents", "/api/v1/dead-letters"])(
    "%s without a key → 401",
    async (path) => {
      const response = await call(path, path.endsWith("ingest") ? { method: "POST", body: "x" } : {});
      expect(response.status).toBe(401);
      expect(await problemOf(response)).toMatchObject({ code: "unauthorized" });
    },
  );

  test("is taken as a bearer, too", async () => {
    const tenant = await createTenant();
    expect((await call("/api/v1/logs", { headers: { authorization: `Bearer ${tenant.key}` } })).status).toBe(200);
  });

  test("a key stops at its expiry, though it is remembered", async () => {
    const tenant = await createTenant({ expiresAt: Date.now() + 5_000 });
    await accepted(tenant.key, { message: "m" });
    advance(5_001);
    expect((await post(tenant.key, { message: "m" })).status).toBe(401);
  });

  test("a revoked key stops within ten seconds", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, { message: "m" });
    await env.DB.prepare("UPDATE api_keys SET revoked_at = 1 WHERE tenant_id = ?").bind(tenant.id).run();
    advance(10_001);
    expect((await post(tenant.key, { message: "m" })).status).toBe(401);
  });

  test("the tenant comes from the key, whatever the body or a header says", async () => {
    const mine = await createTenant();
    const other = await createTenant();
    await accepted(mine.key, { message: "m", tenantId: other.id }, { headers: { "x-tenant-id": other.id } });
    await settle(mine);
    expect(await storedLogs(mine)).toMatchObject([{ tenantId: mine.id }]);
    expect(await storedLogs(other)).toEqual([]);
  });
});

describe("the rate limit", () => {
  afterEach(() => Object.assign(env, { INGEST_RATE: { limit: async () => ({ success: true }) } }));

  test("refuses with 429 and Retry-After, by key, and keeps nothing", async () => {
    const tenant = await createTenant();
    const spare = await createKey(tenant.id, { sourceId: tenant.sourceId });
    const asked: string[] = [];
    const limit = async ({ key }: RateLimitOptions): Promise<RateLimitOutcome> => {
      asked.push(key);
      return { success: asked.filter((one) => one === key).length <= 2 };
    };
    Object.assign(env, { INGEST_RATE: { limit } });

    // An admission by the binding may serve several requests, but not for ever.
    let refused: Response | undefined;
    let kept = 0;
    while (refused === undefined && kept < 1_000) {
      const response = await post(tenant.key, { message: "m" });
      if (response.status === 202) kept++;
      else refused = response;
    }
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(refused?.status).toBe(429);
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused && (await problemOf(refused))).toMatchObject({ code: "rate_limited" });
    await accepted(spare, { message: "of another key" });
    expect(new Set(asked).size).toBe(2);
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(kept + 1);
  });
});

describe("a queue that refuses → 503 with Retry-After, and nothing sent", () => {
  const large = () => Array.from({ length: 90 }, () => ({ message: noise(9_900) }));
  const cases: { name: string; body: () => unknown; headers?: Record<string, string> }[] = [
    { name: "one event", body: () => ({ message: "m" }) },
    { name: "a request of several messages", body: () => middling() },
    { name: "a request with an Idempotency-Key", body: () => ({ message: "m" }), headers: { "idempotency-key": "k" } },
    { name: "a request above one sendBatch", body: large },
  ];
  test.each(cases)("$name", async ({ body, headers = {} }) => {
    const tenant = await createTenant();
    const fault = fail("queue", "raw-logs", { times: 1 });
    const response = await post(tenant.key, body(), { headers });
    expect(fault.tripped).toBe(1);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await problemOf(response)).toMatchObject({ code: "unavailable" });
    expect(queued("raw-logs", tenant.id)).toEqual([]);
    expect((await post(tenant.key, body(), { headers })).status).toBe(202);
  });

  test("every request that shared the message is told", async () => {
    const tenant = await createTenant();
    fail("queue", "raw-logs");
    const responses = await Promise.all(Array.from({ length: 5 }, (_, n) => post(tenant.key, { message: `${n}` })));
    expect(responses.map((response) => response.status)).toEqual([503, 503, 503, 503, 503]);
  });

  test("R2 refuses the spool object → 503, and no pointer is sent", async () => {
    const tenant = await createTenant();
    fail("bucket.put", "spool/");
    expect((await post(tenant.key, large())).status).toBe(503);
    expect(queued("raw-logs", tenant.id)).toEqual([]);
  });

  test("D1 that does not answer → 503, not 401", async () => {
    const tenant = await createTenant();
    fail("db", "api_keys");
    const response = await post(tenant.key, { message: "m" });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).not.toBeNull();
  });
});
