import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { advance, stopClock } from "./support/clock.ts";
import { accepted, ask, call, logPage, problemOf } from "./support/http.ts";
import { bufferOf, settle, storeAlarm } from "./support/pipeline.ts";
import { rangeQuery } from "./support/sample.ts";
import { indexOf } from "./support/segments.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const Exactness = z.object({ from: z.enum(["rollups", "logs"]), exact: z.boolean() });
const Histogram = z.object({
  buckets: z.array(z.object({ start: z.number(), count: z.number() })),
  source: Exactness,
});

/** A log of each level of each of many services, in each of some minutes before now. */
async function manyServices(tenant: Tenant, services: number, minutes: number, levels = ["INFO"]): Promise<void> {
  for (let minute = 1; minute <= minutes; minute++) {
    const timestamp = new Date(Date.now() - minute * MINUTE_MS).toISOString();
    const names = Array.from({ length: services }, (_, n) => `s${n}`);
    const body = names.flatMap((service) => levels.map((level) => ({ message: "hi", service, level, timestamp })));
    await accepted(tenant.key, body);
  }
  await settle(tenant);
}

describe("a buffer with more than the index would count by the minute and by name", () => {
  const count = (buckets: readonly { count: number }[]) => buckets.reduce((sum, bucket) => sum + bucket.count, 0);

  test("is counted so all the same", async () => {
    const tenant = await createTenant();
    // 450 services, 2 levels, 15 minutes: 13,500 cells, where the index has 12,000.
    await manyServices(tenant, 450, 16, ["INFO", "WARN"]);
    expect(await bufferOf(tenant)).not.toEqual([]);
    const range = { from: Date.now() - 15 * MINUTE_MS, to: Date.now() };
    const query = rangeQuery(range, { bucketMs: "60000" });
    const { buckets, source } = await ask(tenant, Histogram, `/api/v1/logs/histogram?${query}`);
    expect(source).toEqual({ from: "rollups", exact: true });
    expect(buckets.map((bucket) => bucket.count)).toEqual(Array.from({ length: 15 }, () => 900));
  });

  test("tells its services apart, however many there are", async () => {
    const tenant = await createTenant();
    await manyServices(tenant, 700, 2);
    const range = { from: Date.now() - HOUR_MS, to: Date.now() };
    const query = rangeQuery(range, { service: "s690" });
    const { buckets, source } = await ask(tenant, Histogram, `/api/v1/logs/histogram?${query}`);
    expect([count(buckets), source.exact]).toEqual([2, true]);
  });
});

describe("a segment with more services than the index counts", () => {
  test("is counted in full, but not exactly where one of them is asked for", async () => {
    const tenant = await createTenant();
    await manyServices(tenant, 700, 2);
    advance(HOUR_MS + MINUTE_MS);
    await storeAlarm(tenant);
    expect(await indexOf(tenant)).toHaveLength(1);
    const range = { from: Date.now() - 3 * HOUR_MS, to: Date.now() };
    const all = await ask(tenant, Histogram, `/api/v1/logs/histogram?${rangeQuery(range)}`);
    expect(all.source.exact).toBe(true);
    expect(all.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(1_400);
    const query = rangeQuery(range, { service: "s690" });
    expect((await ask(tenant, Histogram, `/api/v1/logs/histogram?${query}`)).source.exact).toBe(false);
  });
});

describe("more segments than a request lists", () => {
  const COPY = `
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO segments (id, tenant_id, shard, object_key, min_timestamp, max_timestamp, rows, raw_bytes, bytes,
      rollup, patterns, flushed_through, created_at)
    SELECT id || i, tenant_id, shard, object_key, min_timestamp, max_timestamp, rows, raw_bytes, bytes,
      rollup, patterns, flushed_through, created_at
    FROM segments, n WHERE tenant_id = ?`;

  test("are never taken for all of them", async () => {
    const tenant = await createTenant();
    await manyServices(tenant, 1, 3);
    advance(HOUR_MS + MINUTE_MS);
    await storeAlarm(tenant);
    await env.DB.prepare(COPY).bind(tenant.id).run();
    const range = { from: Date.now() - 3 * HOUR_MS, to: Date.now() };
    const get = <T extends z.ZodType>(schema: T, path: string) =>
      ask(tenant, schema, `/api/v1/${path}?${rangeQuery(range)}`);

    const Answer = z.object({ exact: z.boolean() });
    expect((await get(Histogram, "logs/histogram")).source).toEqual({ from: "rollups", exact: false });
    expect((await get(z.object({ source: Exactness }), "logs/facets")).source.exact).toBe(false);
    expect((await get(Answer, "stats")).exact).toBe(false);
    expect((await get(Answer, "patterns")).exact).toBe(false);
    const headers = { "x-api-key": tenant.key };
    const exported = await call(`/api/v1/logs/export?${rangeQuery(range)}`, { headers });
    expect(await problemOf(exported)).toMatchObject({ status: 413, code: "too_many_events" });
    expect(await logPage(tenant, rangeQuery(range, { service: "nobody" }))).toMatchObject({ logs: [], partial: true });
  });
});
