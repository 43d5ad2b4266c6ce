import "./support/bindings.ts";
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { app } from "../../workers/app.ts";
import { ACCESS, OPEN } from "../../workers/routes/access.ts";
import { LIMIT_CLASSES, limitClassOf } from "../../workers/routes/limits.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { call, post, problemOf } from "./support/http.ts";
import { fieldOf, limitsOf, storedLimits } from "./support/limits.ts";
import { createKey, createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const get = (key: string, path: string) => call(`/api/v1${path}`, { headers: { "x-api-key": key } });
const exportLogs = (tenant: Tenant, key = tenant.key) => get(key, "/logs/export?format=ndjson");

/** How many of `tries` exports are let through. */
async function letThrough(tries: number, once: () => Promise<Response>): Promise<number> {
  let ok = 0;
  for (let n = 0; n < tries; n++) {
    const response = await once();
    await response.body?.cancel();
    if (response.status !== 429) ok++;
  }
  return ok;
}

describe("every route", () => {
  const walked = new Set(
    app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replace(/^(\/api)?\/v1(?=\/)/, "")}`),
  );

  test.each([...walked].filter((route) => route !== "GET /health"))("%s has a class", (route) => {
    const limitClass = limitClassOf(route);
    expect(["ingest", "search", "export", "read", "write", "open", "unlimited"]).toContain(limitClass);
    if (ACCESS[route] === OPEN) expect(["open", "unlimited"]).toContain(limitClass);
    else expect(["open", "unlimited"]).not.toContain(limitClass);
    if (/^(PUT|PATCH|DELETE) /.test(route)) expect(limitClass).toBe("write");
  });

  test("that is named in the table exists", () => {
    expect(Object.keys(LIMIT_CLASSES).filter((route) => !walked.has(route))).toEqual([]);
  });
});

describe("a limit", () => {
  test("is exact: ten exports a minute of a key, and the eleventh is refused with the way on", async () => {
    const tenant = await createTenant();
    expect(await letThrough(10, () => exportLogs(tenant))).toBe(10);
    const refused = await exportLogs(tenant);
    expect(refused.status).toBe(429);
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(fieldOf(refused, "RateLimit-Policy")).toEqual({ export: { q: 10, w: 60 } });
    expect(fieldOf(refused, "RateLimit")).toEqual({ export: { r: 0, t: wait } });
    expect(await problemOf(refused)).toMatchObject({ status: 429, code: "rate_limited" });

    advance(wait * 1_000);
    expect(await letThrough(11, () => exportLogs(tenant))).toBe(10);
  });

  test("is of a key and a class: another key, and other routes, have their own", async () => {
    const tenant = await createTenant();
    await letThrough(11, () => exportLogs(tenant));
    const other = await createKey(tenant.id);
    expect((await exportLogs(tenant, other)).status).toBe(200);
    expect((await get(tenant.key, "/logs")).status).toBe(200);
    expect((await get(tenant.key, "/incidents")).status).toBe(200);
    expect((await exportLogs(await createTenant())).status).toBe(200);
  });

  test("is told with every answer, also with a mistake", async () => {
    const tenant = await createTenant();
    const first = await get(tenant.key, "/logs");
    expect(fieldOf(first, "RateLimit-Policy")).toEqual({ search: { q: 600, w: 60 } });
    const mistake = await get(tenant.key, "/logs?limit=nonsense");
    expect(mistake.status).toBe(400);
    expect(fieldOf(mistake, "RateLimit").search?.r).toBe(598);
    const stated = await post(tenant.key, { message: "m" });
    expect(stated.status).toBe(202);
    expect(fieldOf(stated, "RateLimit-Policy")).toEqual({
      ingest: { q: 60_000, w: 60 },
      month: { q: 5_000_000_000, qu: "content-bytes", w: expect.any(Number) },
    });
    expect(fieldOf(stated, "RateLimit").ingest?.r).toBe(59_999);
    expect(fieldOf(stated, "RateLimit").month?.r).toBe(5_000_000_000 - 119);
  });

  test("outlives the object: what was granted before a restart is not granted again", async () => {
    const tenant = await createTenant();
    expect(await letThrough(6, () => exportLogs(tenant))).toBe(6);
    await evictDurableObject(limitsOf(tenant));
    expect(await letThrough(6, () => exportLogs(tenant))).toBe(4);
  });

  test("holds for requests at the same moment", async () => {
    const tenant = await createTenant();
    const answers = await Promise.all(Array.from({ length: 30 }, () => exportLogs(tenant)));
    await Promise.all(answers.map((answer) => answer.body?.cancel()));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  });

  test("leaves nothing behind: counters that are over are swept, and then the object is empty", async () => {
    const tenant = await createTenant();
    await exportLogs(tenant);
    await post(tenant.key, { message: "m" });
    expect([...(await storedLimits(tenant)).keys()].map((key) => key.split(":")[0])).toEqual([
      ...["counter", "counter", "ledger", "sweepAt"],
    ]);
    advance(60 * 60_000);
    await exportLogs(tenant);
    await runDurableObjectAlarm(limitsOf(tenant));
    expect([...(await storedLimits(tenant)).keys()].filter((key) => key.startsWith("counter"))).toHaveLength(1);
    advance(60 * 60_000);
    await runDurableObjectAlarm(limitsOf(tenant));
    expect([...(await storedLimits(tenant)).keys()]).toEqual(["ledger", "sweepAt"]);
    await exportLogs(tenant);
    expect((await storedLimits(tenant)).get("sweepAt")).toBe(Date.now() + 60 * 60_000);
    advance(32 * 86_400_000);
    await runDurableObjectAlarm(limitsOf(tenant));
    expect((await storedLimits(tenant)).size).toBe(0);
  });

  test("is forgotten with the tenant", async () => {
    const tenant = await createTenant();
    await letThrough(10, () => exportLogs(tenant));
    await limitsOf(tenant).wipe();
    expect((await storedLimits(tenant)).size).toBe(0);
  });
});

describe("routes without a credential are limited by address", () => {
  const open = (address: string | undefined) =>
    call("/api/v1/slack/oauth/callback", { headers: address === undefined ? {} : { "cf-connecting-ip": address } });

  test("sixty a minute, and IPv6 by its /64", async () => {
    expect(await letThrough(70, () => open("192.0.2.1"))).toBe(60);
    expect(await letThrough(5, () => open("192.0.2.2"))).toBe(5);
    let host = 0;
    expect(await letThrough(70, () => open(`2001:db8:1:2::${(++host).toString(16)}`))).toBe(60);
    expect(await letThrough(1, () => open("2001:db8:1:3::1"))).toBe(1);
    const refused = await open("192.0.2.1");
    expect(await problemOf(refused)).toMatchObject({ code: "rate_limited" });
    expect(fieldOf(refused, "RateLimit").open?.r).toBe(0);
  });

  test("not where no edge names one, and not for Slack's own calls", async () => {
    expect(await letThrough(61, () => open(undefined))).toBe(61);
    const click = () =>
      call("/api/v1/slack/interactions", { method: "POST", headers: { "cf-connecting-ip": "192.0.2.9" } });
    expect(await letThrough(61, click)).toBe(61);
    expect((await click()).headers.get("ratelimit")).toBeNull();
  });
});

describe("while the object does not answer", () => {
  test("an isolate lets through what the limit allows, on its own", async () => {
    const tenant = await createTenant();
    const fault = fail("limits", tenant.id);
    expect((await post(tenant.key, { message: "m" })).status).toBe(202);
    expect((await get(tenant.key, "/logs")).status).toBe(200);
    expect(await letThrough(12, () => exportLogs(tenant))).toBe(10);
    expect(fault.tripped).toBeGreaterThan(0);
    repair();
    advance(60_000);
    expect(await letThrough(12, () => exportLogs(tenant))).toBe(10);
    expect([...(await storedLimits(tenant)).keys()].some((key) => key.startsWith("counter:export"))).toBe(true);
  });
});
