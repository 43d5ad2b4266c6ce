import "./support/segments.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { collectGarbage } from "../../services/logs/collect-garbage.ts";
import { segmentKey } from "../../services/logs/segments.ts";
import { sweepMerges } from "../../services/logs/sweep-merges.ts";
import { sweepOrphans } from "../../services/logs/sweep-orphans.ts";
import { advance, setClock, stopClock } from "./support/clock.ts";
import { fail, type Place, repair } from "./support/faults.ts";
import { step, sweep } from "./support/pipeline.ts";
import { take } from "./support/queues.ts";
import {
  allLogs,
  flush,
  flushes,
  garbageOf,
  HOUR_MS,
  indexOf,
  nextMorning,
  objectsOf,
  platform,
  sweepAll,
} from "./support/segments.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

// The clock stands two days ahead of R2's own: all objects are older than a day.
beforeAll(stopClock);
afterEach(repair);

/** A segment, and an object that nothing names. */
async function withOrphan(): Promise<{ tenant: Tenant; orphan: string }> {
  const tenant = await createTenant();
  await flush(tenant);
  const orphan = segmentKey(tenant.id, crypto.randomUUID(), Date.now());
  await env.BUCKET.put(orphan, "left by a crash");
  return { tenant, orphan };
}

async function cursorOf(): Promise<unknown> {
  return (await env.DB.prepare("SELECT cursor FROM bucket_sweeps WHERE prefix = 'logs/'").first())?.cursor;
}

describe("an object that nothing names", () => {
  test("becomes garbage, and goes an hour later", async () => {
    const { tenant, orphan } = await withOrphan();
    await sweepOrphans(platform());
    expect(await garbageOf(tenant)).toEqual([orphan]);
    advance(59 * 60_000);
    await collectGarbage(platform());
    expect(await objectsOf(tenant)).toContain(orphan);
    advance(2 * 60_000);
    await collectGarbage(platform());
    expect(await objectsOf(tenant)).toEqual((await indexOf(tenant)).map((segment) => segment.key));
    expect(await garbageOf(tenant)).toEqual([]);
    expect(await allLogs(tenant)).toHaveLength(10);
  });

  test("is found by the cron", async () => {
    const { tenant, orphan } = await withOrphan();
    setClock(Math.ceil((Date.now() + 1) / HOUR_MS) * HOUR_MS + 17 * 60_000);
    await sweep();
    expect(await garbageOf(tenant)).toEqual([orphan]);
  });

  test("is left alone for a day: its flush may yet name it", async () => {
    const { tenant, orphan } = await withOrphan();
    const uploaded = (await env.BUCKET.head(orphan))?.uploaded.getTime() ?? 0;
    const now = Date.now();
    setClock(uploaded + 23 * HOUR_MS);
    await sweepOrphans(platform());
    expect(await garbageOf(tenant)).toEqual([]);
    setClock(now);
    await sweepAll();
    expect(await objectsOf(tenant)).not.toContain(orphan);
  });

  test("stays when its flush names it after all, though it was in the garbage", async () => {
    const { tenant } = await withOrphan();
    const [segment] = await indexOf(tenant);
    const garbage = "INSERT INTO segment_garbage VALUES (?, ?, ?)";
    await env.DB.prepare(garbage).bind(segment?.key, tenant.id, Date.now()).run();
    await collectGarbage(platform());
    expect(await garbageOf(tenant)).toEqual([]);
    expect(await allLogs(tenant)).toHaveLength(10);
  });
});

describe("an object of a merge under way", () => {
  test("is no orphan, whatever the attempt", async () => {
    const tenant = await createTenant();
    nextMorning();
    await flushes(tenant, 5);
    advance(11 * 60_000);
    await sweepMerges(platform());
    fail("db", 'insert into "segments"');
    await step("jobs", tenant);
    await step("jobs", tenant);
    repair();
    // The first attempt's object is garbage since the second began; the second's may be named yet.
    expect(await garbageOf(tenant)).toHaveLength(1);
    await sweepOrphans(platform());
    expect(await garbageOf(tenant)).toHaveLength(1);
    await step("jobs", tenant);
    expect(await indexOf(tenant)).toHaveLength(2);
    await sweepAll();
    expect(await objectsOf(tenant)).toEqual((await indexOf(tenant)).map((segment) => segment.key).sort());
    take("jobs", tenant.id);
  });
});

const failures: { name: string; place: Place; match: string; when: "before" | "after" }[] = [
  { name: "R2 does not list", place: "bucket.put", match: "list logs/", when: "before" },
  { name: "D1 refuses the garbage", place: "db", match: 'insert into "segment_garbage"', when: "before" },
  { name: "it stops after the garbage", place: "db", match: 'insert into "segment_garbage"', when: "after" },
  { name: "D1 refuses the cursor", place: "db", match: 'insert into "bucket_sweeps"', when: "before" },
  { name: "it stops after the cursor", place: "db", match: 'insert into "bucket_sweeps"', when: "after" },
];

test.each(failures)("when $name, the next sweep finds the orphan", async ({ place, match, when }) => {
  const { tenant, orphan } = await withOrphan();
  const fault = fail(place, match, { times: 1, when });
  await expect(sweepOrphans(platform())).rejects.toThrow();
  expect(fault.tripped).toBe(1);
  repair();
  await sweepOrphans(platform());
  expect(await garbageOf(tenant)).toEqual([orphan]);
  await sweepAll();
  expect(await objectsOf(tenant)).toEqual((await indexOf(tenant)).map((segment) => segment.key));
});

test("a round through many objects goes on where the last run stopped, and begins anew at its end", async () => {
  const tenant = await createTenant();
  await flush(tenant);
  const keys = Array.from({ length: 1_050 }, () => segmentKey(tenant.id, crypto.randomUUID(), Date.now()));
  for (let at = 0; at < keys.length; at += 100) {
    await Promise.all(keys.slice(at, at + 100).map((key) => env.BUCKET.put(key, "x")));
  }
  // The run stops after its first page.
  fail("db", 'insert into "bucket_sweeps"', { times: 1, when: "after" });
  await expect(sweepOrphans(platform())).rejects.toThrow();
  repair();
  expect(await cursorOf()).toBeTypeOf("string");
  const first = (await garbageOf(tenant)).length;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(1_050);
  await sweepOrphans(platform());
  expect(await cursorOf()).toBeNull();
  expect(await garbageOf(tenant)).toEqual(keys.sort());
  advance(61 * 60_000);
  expect(await collectGarbage(platform())).toBeGreaterThanOrEqual(1_050);
  expect(await garbageOf(tenant)).toEqual([]);
  expect(await allLogs(tenant)).toHaveLength(10);
});
