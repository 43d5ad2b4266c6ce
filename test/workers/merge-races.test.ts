import "./support/segments.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { beginMerge } from "../../services/logs/merge-index.ts";
import { attemptMerge } from "../../services/logs/merge-segments.ts";
import { sweepMerges } from "../../services/logs/sweep-merges.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { events } from "./support/logs.ts";
import { deliver, restart, step, storeAlarm, storeOf, sweep } from "./support/pipeline.ts";
import { queued, take } from "./support/queues.ts";
import {
  allLogs,
  expectMerged,
  flush,
  flushes,
  garbageOf,
  HOUR_MS,
  indexOf,
  interrupt,
  mergeable,
  nextMorning,
  objectsOf,
  planned,
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

  test("of the same plan: an attempt that a later one has overtaken does not finish, though the later one dies", async () => {
    const tenant = await planned();
    const before = await allLogs(tenant);
    const { mergeId } = Object(queued("jobs", tenant.id)[0]?.body);
    interrupt(async () => {
      await beginMerge(tenant.scope, mergeId);
    });
    await attemptMerge(tenant.scope, mergeId);
    expect(await indexOf(tenant)).toHaveLength(5);
    expect(await garbageOf(tenant)).toHaveLength(1);
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
    // No attempt is burnt: a new message takes its place.
    expect(second?.acked).toHaveLength(1);
    expect(queued("jobs", tenant.id)).toHaveLength(1);
    await step("jobs", tenant);
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
