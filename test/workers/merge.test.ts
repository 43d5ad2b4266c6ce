import "./support/segments.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cellsOf, Rollup } from "../../core/logs/rollup.ts";
import { attemptMerge } from "../../services/logs/merge-segments.ts";
import type { Segment } from "../../services/logs/segments.ts";
import { sweepMerges } from "../../services/logs/sweep-merges.ts";
import { sweepOutbox } from "../../services/outbox/send.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, type Place, repair } from "./support/faults.ts";
import { deadLettersOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, restart, step, storeAlarm, storeOf, sweep } from "./support/pipeline.ts";
import { queued, take } from "./support/queues.ts";
import {
  allLogs,
  DAY_MS,
  flush,
  flushes,
  garbageOf,
  HOUR_MS,
  indexOf,
  interrupt,
  nextMorning,
  objectsOf,
  platform,
  rowsIn,
  segmentsIn,
  sweepAll,
  work,
} from "./support/segments.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
beforeEach(nextMorning);
afterEach(repair);

/** Five segments of one day, of which the first four can be merged. */
async function mergeable(): Promise<Tenant> {
  const tenant = await createTenant();
  await flushes(tenant, 5);
  advance(11 * 60 * 1000);
  return tenant;
}

async function planned(): Promise<Tenant> {
  const tenant = await mergeable();
  await sweepMerges(platform());
  expect(queued("jobs", tenant.id)).toHaveLength(1);
  return tenant;
}

/** The merge is done, nothing is under way, and once the garbage is gone the bucket has what the index names. */
async function expectMerged(tenant: Tenant, before: Awaited<ReturnType<typeof allLogs>>): Promise<void> {
  expect((await indexOf(tenant)).map((segment) => segment.rows).sort()).toEqual([10, 40]);
  expect(await allLogs(tenant)).toEqual(before);
  await sweepAll();
  expect(await garbageOf(tenant)).toEqual([]);
  expect(await objectsOf(tenant)).toEqual((await indexOf(tenant)).map((segment) => segment.key).sort());
  expect(await allLogs(tenant)).toEqual(before);
  expect(await deadLettersOf(tenant)).toEqual([]);
}

function countsOf(segments: readonly Segment[]) {
  const minutes = new Map<string, number>();
  const patterns = new Map<string, number>();
  for (const segment of segments) {
    for (const { minute, service, environment, level, count, bytes } of cellsOf(
      Rollup.parse(JSON.parse(segment.rollup)),
    )) {
      const key = `${minute} ${service} ${environment} ${level}`;
      minutes.set(key, (minutes.get(key) ?? 0) + count);
      minutes.set(`${key} bytes`, (minutes.get(`${key} bytes`) ?? 0) + bytes);
    }
    for (const [fingerprint, , count] of JSON.parse(segment.patterns)) {
      patterns.set(fingerprint, (patterns.get(fingerprint) ?? 0) + count);
    }
  }
  return { minutes, patterns, rawBytes: segments.reduce((sum, { rawBytes }) => sum + rawBytes, 0) };
}

describe("a merge", () => {
  test("makes one segment of four, equal in every field and count", async () => {
    const tenant = await mergeable();
    const logs = await allLogs(tenant);
    const before = await segmentsIn(tenant);
    const rows = await rowsIn(tenant, before);
    await work(tenant);
    const after = await segmentsIn(tenant);
    expect(after).toHaveLength(2);
    expect(await rowsIn(tenant, after)).toEqual(rows);
    expect(countsOf(after)).toEqual(countsOf(before));
    for (const segment of after) expect((await env.BUCKET.head(segment.objectKey))?.size).toBe(segment.bytes);
    await expectMerged(tenant, logs);
  });

  test("keeps the inputs' objects for an hour", async () => {
    const tenant = await planned();
    const inputs = await objectsOf(tenant);
    await step("jobs", tenant);
    advance(HOUR_MS - 60_000);
    await sweep();
    expect(await objectsOf(tenant)).toEqual(expect.arrayContaining(inputs));
    expect(await garbageOf(tenant)).toHaveLength(4);
  });

  test("is planned by the cron, every ten minutes", async () => {
    const tenant = await mergeable();
    advance(10 * 60_000 - (Date.now() % (10 * 60_000)));
    await sweep();
    expect(queued("jobs", tenant.id)).toHaveLength(1);
    await sweep();
    expect(take("jobs", tenant.id)).toHaveLength(1);
  });

  test("takes the rest of a day when it is over, and no other tenant's", async () => {
    const [tenant, other] = [await createTenant(), await createTenant()];
    await flushes(tenant, 3);
    await flush(other);
    advance(DAY_MS);
    await work(tenant);
    expect((await indexOf(tenant)).map((segment) => segment.rows).sort()).toEqual([10, 20]);
    expect(await indexOf(other)).toHaveLength(1);
  });
});

const failures: { name: string; place: Place; match: string; when: "before" | "after" }[] = [
  { name: "D1 refuses the plan", place: "db", match: 'insert into "segment_merges"', when: "before" },
  { name: "it stops after the plan", place: "db", match: 'insert into "segment_merges"', when: "after" },
  { name: "the queue refuses the job", place: "queue", match: "jobs", when: "before" },
  { name: "it stops after the job is sent", place: "queue", match: "jobs", when: "after" },
  { name: "D1 refuses the attempt", place: "db", match: 'update "segment_merges" set "attempts"', when: "before" },
  {
    name: "it stops after the attempt is noted",
    place: "db",
    match: 'update "segment_merges" set "att',
    when: "after",
  },
  { name: "R2 does not give an input", place: "bucket.get", match: "logs/", when: "before" },
  { name: "R2 refuses the object", place: "bucket.put", match: "logs/", when: "before" },
  { name: "it stops after the object", place: "bucket.put", match: "logs/", when: "after" },
  { name: "D1 refuses the swap", place: "db", match: 'insert into "segments"', when: "before" },
  { name: "it stops after the swap", place: "db", match: 'insert into "segments"', when: "after" },
];

describe.each(failures)("a merge, when $name", ({ place, match, when }) => {
  test.each([
    { name: "once", times: 1 },
    { name: "three times", times: 3 },
  ])("$name: each log is there once, during and after", async ({ times }) => {
    const tenant = await mergeable();
    const before = await allLogs(tenant);
    for (let n = 0; n < times; n++) {
      const fault = fail(place, match, { times: 1, when });
      advance(31_000);
      await sweepMerges(platform()).catch(() => undefined);
      await sweepOutbox(platform()).catch(() => undefined);
      await step("jobs", tenant);
      if (n === 0) expect(fault.tripped).toBe(1);
      repair();
      expect(await allLogs(tenant)).toEqual(before);
    }
    await work(tenant);
    await expectMerged(tenant, before);
  });
});

describe("a search", () => {
  test("that runs while a merge swaps sees each log once", async () => {
    const tenant = await planned();
    const before = await allLogs(tenant);
    let swapped = false;
    interrupt(async () => {
      await step("jobs", tenant);
      swapped = true;
    });
    expect(await allLogs(tenant)).toEqual(before);
    expect(swapped).toBe(true);
    expect(await indexOf(tenant)).toHaveLength(2);
  });

  test("again and again beside a merge sees each log once, every time", async () => {
    const tenant = await planned();
    const before = await allLogs(tenant);
    const merge = step("jobs", tenant);
    let done = false;
    void merge.then(() => {
      done = true;
    });
    let searches = 0;
    while (!done) {
      expect(await allLogs(tenant)).toEqual(before);
      searches++;
    }
    expect(searches).toBeGreaterThan(0);
    expect(await indexOf(tenant)).toHaveLength(2);
    expect(await allLogs(tenant)).toEqual(before);
  });

  test("whose index is older than the swap reads on for an hour", async () => {
    const tenant = await planned();
    const listed = await segmentsIn(tenant);
    const rows = await rowsIn(tenant, listed);
    await step("jobs", tenant);
    advance(HOUR_MS - 60_000);
    await sweep();
    expect(await rowsIn(tenant, listed)).toEqual(rows);
  });
});

describe("two merges at once", () => {
  async function twoPlans(tenant: Tenant): Promise<string[]> {
    const inputs = (await indexOf(tenant)).slice(0, 4).map((segment) => segment.id);
    const ids = [crypto.randomUUID(), crypto.randomUUID()];
    for (const id of ids) {
      await env.DB.prepare("INSERT INTO segment_merges VALUES (?, ?, 0, ?, 0, ?, NULL)")
        .bind(id, tenant.id, JSON.stringify(inputs), Date.now())
        .run();
    }
    return ids;
  }

  test("of the same inputs: one wins, the other leaves nothing", async () => {
    const tenant = await mergeable();
    const before = await allLogs(tenant);
    const ids = await twoPlans(tenant);
    await Promise.all(ids.map((id) => attemptMerge(tenant.scope, id)));
    expect((await indexOf(tenant)).filter((segment) => ids.includes(segment.id))).toHaveLength(1);
    expect(await garbageOf(tenant)).toHaveLength(5);
    await expectMerged(tenant, before);
  });

  test("of the same plan: one wins, the other leaves nothing", async () => {
    const tenant = await planned();
    const before = await allLogs(tenant);
    const [message] = queued("jobs", tenant.id);
    const { mergeId } = Object(message?.body);
    let second: Promise<void> | undefined;
    interrupt(async () => {
      second = attemptMerge(tenant.scope, mergeId);
    });
    await attemptMerge(tenant.scope, mergeId);
    await second;
    await work(tenant);
    await expectMerged(tenant, before);
  });

  test("in one isolate: the second waits for its turn", async () => {
    const tenant = await mergeable();
    const before = await allLogs(tenant);
    await sweepMerges(platform());
    const [message] = take("jobs", tenant.id);
    if (message === undefined) throw new Error("no job");
    let second: Awaited<ReturnType<typeof deliver>> | undefined;
    interrupt(async () => {
      second = await deliver("jobs", [message]);
    });
    const first = await deliver("jobs", [message]);
    expect(first.acked).toHaveLength(1);
    expect(second?.retried).toMatchObject([{ delaySeconds: 15 }]);
    await deliver("jobs", [message]);
    await expectMerged(tenant, before);
  });

  test("are not planned with the same inputs, though two sweeps run together", async () => {
    const tenant = await mergeable();
    await Promise.all([sweepMerges(platform()), sweepMerges(platform())]);
    expect(queued("jobs", tenant.id)).toHaveLength(1);
    await step("jobs", tenant);
  });
});

describe("a merge whose inputs are partly gone", () => {
  async function removeOne(tenant: Tenant): Promise<void> {
    const [first] = await indexOf(tenant);
    await env.DB.prepare("DELETE FROM segments WHERE id = ?").bind(first?.id).run();
  }

  test.each(["before it begins", "while it writes"])("%s is given up, and leaves nothing", async (moment) => {
    const tenant = await planned();
    if (moment === "before it begins") await removeOne(tenant);
    else interrupt(() => removeOne(tenant));
    await step("jobs", tenant);
    expect((await indexOf(tenant)).map((segment) => segment.rows)).toEqual([10, 10, 10, 10]);
    const logs = await allLogs(tenant);
    expect(logs).toHaveLength(40);
    await sweepAll();
    expect(await objectsOf(tenant)).toEqual((await indexOf(tenant)).map((segment) => segment.key).sort());
    expect(await allLogs(tenant)).toEqual(logs);
  });

  test("and that was never carried out is given up after a day, and its inputs are planned anew", async () => {
    const tenant = await planned();
    const before = await allLogs(tenant);
    take("jobs", tenant.id);
    advance(23 * HOUR_MS);
    await sweepMerges(platform());
    expect(queued("jobs", tenant.id)).toEqual([]);
    advance(2 * HOUR_MS);
    await work(tenant);
    await expectMerged(tenant, before);
  });
});

describe("a flush that stopped after its index row", () => {
  test("is not merged before its store has repeated it, however late that is", async () => {
    const tenant = await createTenant();
    await flushes(tenant, 4);
    fail("db", 'insert into "segments"', { times: 1, when: "after" });
    await flush(tenant);
    repair();
    await restart(storeOf(tenant));
    const before = await allLogs(tenant);
    advance(5 * HOUR_MS);
    await work(tenant);
    expect((await indexOf(tenant)).map((segment) => segment.rows).sort()).toEqual([10, 40]);
    expect(await allLogs(tenant)).toEqual(before);
    await storeAlarm(tenant);
    expect(await allLogs(tenant)).toEqual(before);
    await flush(tenant, events(10));
    expect(await allLogs(tenant)).toHaveLength(before.length + 10);
  });
});
