import "./support/bindings.ts";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, deadLettersOf, incidentsOf, replay, storedLogs } from "./support/http.ts";
import { events, gzip, noise } from "./support/logs.ts";
import { deliver, exhaust, settle } from "./support/pipeline.ts";
import { queued, take } from "./support/queues.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const LINE = 9_900;

/** A request of some MB: what starters may put into the fast lane in two seconds are 4 MB. */
const flood = (megabytes: number) =>
  Array.from({ length: megabytes * 100 }, (_, n) => ({ message: `${n} ${"x".repeat(LINE)}` }));

async function lanesOf(tenant: Tenant, body: unknown, headers: Record<string, string> = {}) {
  await accepted(tenant.key, body, { headers });
  const fast = queued("raw-logs", tenant.id);
  const bulk = queued("raw-logs-bulk", tenant.id);
  return { fast: fast.length, bulk: bulk.length };
}

describe("the bulk lane", () => {
  test("takes what is above a tenant's share of two seconds, and nothing else", async () => {
    const tenant = await createTenant();
    const first = await lanesOf(tenant, flood(3));
    expect(first).toEqual({ fast: expect.any(Number), bulk: 0 });
    const second = await lanesOf(tenant, flood(3));
    expect(second).toEqual({ fast: first.fast, bulk: expect.any(Number) });
    expect(second.bulk).toBeGreaterThan(0);
    // What still fits goes the fast way, and another tenant has a share of its own.
    const small = await lanesOf(tenant, { message: "small" });
    expect(small).toEqual({ fast: first.fast + 1, bulk: second.bulk });
    expect((await lanesOf(await createTenant(), flood(3))).bulk).toBe(0);

    advance(2_000);
    expect(await lanesOf(tenant, flood(3))).toMatchObject({ bulk: second.bulk });
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(901);
    expect(await deadLettersOf(tenant)).toEqual([]);
  });

  test("takes a request that is larger than the whole share, also as a pointer", async () => {
    const tenant = await createTenant();
    const body = Array.from({ length: 520 }, () => ({ message: noise(LINE) }));
    expect(await lanesOf(tenant, body.slice(0, 10))).toEqual({ fast: 1, bulk: 0 });
    const packed = await gzip(JSON.stringify(body));
    const headers = { "content-encoding": "gzip", "content-type": "application/json" };
    expect(await lanesOf(tenant, packed, headers)).toEqual({ fast: 1, bulk: 1 });
    expect(queued("raw-logs-bulk", tenant.id)).toMatchObject([{ body: { type: "ENVELOPE_POINTER", stage: "raw" } }]);
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(530);
  });

  test("makes the same incidents", async () => {
    const tenant = await createTenant();
    await lanesOf(tenant, flood(5));
    fail("limits", tenant.id);
    await accepted(tenant.key, [...events(12), ...flood(1)]);
    expect(queued("raw-logs-bulk", tenant.id).length).toBeGreaterThan(0);
    await settle(tenant);
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 12 }]);
  });

  test("stores a retry once that comes by the other lane", async () => {
    const tenant = await createTenant();
    const headers = { "idempotency-key": "again" };
    const first = await accepted(tenant.key, flood(3), { headers });
    const again = await accepted(tenant.key, flood(3), { headers });
    expect(again.eventIds).toEqual(first.eventIds);
    expect(queued("raw-logs", tenant.id).length).toBeGreaterThan(0);
    expect(queued("raw-logs-bulk", tenant.id).length).toBeGreaterThan(0);
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(300);
  });

  test("gets back its dead letters when they are replayed", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, flood(4));
    await accepted(tenant.key, flood(2));
    await deliver("raw-logs", take("raw-logs", tenant.id));
    const [message, ...others] = take("raw-logs-bulk", tenant.id);
    if (message === undefined) throw new Error("nothing in the bulk lane");
    await deliver("raw-logs-bulk", others);
    fail("queue", "normalized-logs");
    await exhaust("raw-logs-bulk", message);
    repair();
    expect(await deadLettersOf(tenant)).toMatchObject([{ queue: "raw-logs-bulk", stage: "normalization-service" }]);
    await replay(tenant);
    expect(queued("raw-logs-bulk", tenant.id)).toHaveLength(1);
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(600);
  });

  test("is where logs go that may be too many, while nobody can say; few still go the fast way", async () => {
    const tenant = await createTenant();
    fail("limits", tenant.id);
    expect(await lanesOf(tenant, { message: "small" })).toEqual({ fast: 1, bulk: 0 });
    expect(await lanesOf(tenant, flood(1))).toEqual({ fast: 1, bulk: expect.any(Number) });
    expect(queued("raw-logs-bulk", tenant.id).length).toBeGreaterThan(0);
    expect(await lanesOf(tenant, { message: "small" })).toMatchObject({ fast: 2 });
  });
});
