import "./support/segments.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PLAN_LIMITS, PLANS, type Plan } from "../../schema/contracts/plans.ts";
import { collectGarbage } from "../../services/logs/collect-garbage.ts";
import { retainSegments } from "../../services/logs/retain-segments.ts";
import { sweepMerges } from "../../services/logs/sweep-merges.ts";
import { advance, setClock, stopClock } from "./support/clock.ts";
import { fail, type Place, repair } from "./support/faults.ts";
import { incidentsOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { settle, step, sweep } from "./support/pipeline.ts";
import { queued } from "./support/queues.ts";
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
} from "./support/segments.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
beforeEach(nextMorning);
afterEach(repair);

async function tenantOf(plan: Plan): Promise<Tenant> {
  const tenant = await createTenant();
  await env.DB.prepare("UPDATE tenants SET plan = ? WHERE id = ?").bind(plan, tenant.id).run();
  return tenant;
}

async function patternsOf(tenant: Tenant): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT template FROM patterns WHERE tenant_id = ? ORDER BY 1")
    .bind(tenant.id)
    .all<{ template: string }>();
  return results.map((row) => row.template);
}

/** Two old segments and a new one, on the free plan, eight days after the old ones. */
async function pastItsDays(): Promise<Tenant> {
  const tenant = await tenantOf("free");
  await flush(tenant, events(10, { message: "long ago took" }));
  await flush(tenant, events(10, { message: "both took" }));
  advance(8 * DAY_MS);
  await flush(tenant, [...events(10, { message: "both took" }), ...events(10, { message: "lately took" })]);
  return tenant;
}

async function expectOldGone(tenant: Tenant): Promise<void> {
  expect(await allLogs(tenant)).toHaveLength(20);
  expect(await indexOf(tenant)).toHaveLength(1);
  expect(await patternsOf(tenant)).toEqual(["both took <duration>", "lately took <duration>"]);
}

async function expectNothingLeftOver(tenant: Tenant): Promise<void> {
  await sweepAll();
  expect(await garbageOf(tenant)).toEqual([]);
  expect(await objectsOf(tenant)).toEqual((await indexOf(tenant)).map((segment) => segment.key));
}

describe("retention", () => {
  test.each(PLANS)("of the plan %s keeps a log for its days, and not longer", async (plan) => {
    const tenant = await tenantOf(plan);
    await flush(tenant);
    // The logs came 61 minutes before the flush ended.
    advance(PLAN_LIMITS[plan].retentionDays * DAY_MS - 62 * 60_000);
    await retainSegments(platform());
    expect(await indexOf(tenant)).toHaveLength(1);
    advance(2 * 60_000);
    await retainSegments(platform());
    expect(await indexOf(tenant)).toEqual([]);
    expect(await objectsOf(tenant)).toHaveLength(1);
    await expectNothingLeftOver(tenant);
    expect(await patternsOf(tenant)).toEqual([]);
  });

  test("removes segments, and patterns of which no log is left; incidents stay", async () => {
    const tenant = await pastItsDays();
    const incidents = await incidentsOf(tenant);
    expect(incidents.length).toBeGreaterThan(0);
    expect(await patternsOf(tenant)).toHaveLength(3);
    await retainSegments(platform());
    await expectOldGone(tenant);
    expect(await incidentsOf(tenant)).toEqual(incidents);
    await expectNothingLeftOver(tenant);
  });

  test("goes by the newest log of a segment, and touches no other tenant", async () => {
    const [tenant, other] = [await pastItsDays(), await tenantOf("starter")];
    await flush(other, [
      ...events(5, { at: Date.now() - 29 * DAY_MS }),
      ...events(5, { at: Date.now() - 20 * DAY_MS }),
    ]);
    advance(9 * DAY_MS);
    await retainSegments(platform());
    expect(await indexOf(tenant)).toEqual([]);
    expect(await allLogs(other)).toHaveLength(10);
    expect(await patternsOf(other)).toHaveLength(1);
    advance(2 * DAY_MS);
    await retainSegments(platform());
    expect(await allLogs(other)).toEqual([]);
  });

  test("runs by the cron, once an hour; the garbage goes an hour later", async () => {
    const tenant = await pastItsDays();
    const next = (minute: number) => setClock(Math.ceil((Date.now() + 1) / HOUR_MS) * HOUR_MS + minute * 60_000);
    next(17);
    await sweep();
    expect(await indexOf(tenant)).toHaveLength(1);
    expect(await objectsOf(tenant)).toHaveLength(3);
    next(10);
    await sweep();
    expect(await objectsOf(tenant)).toHaveLength(3);
    advance(10 * 60_000);
    await sweep();
    expect(await objectsOf(tenant)).toHaveLength(1);
  });

  test("lets a reader go on that has listed the segments before", async () => {
    const tenant = await pastItsDays();
    const listed = await segmentsIn(tenant);
    const rows = await rowsIn(tenant, listed);
    await retainSegments(platform());
    advance(59 * 60_000);
    await collectGarbage(platform());
    expect(await rowsIn(tenant, listed)).toEqual(rows);
  });

  test("in the middle of a search shows each log once at most", async () => {
    const tenant = await pastItsDays();
    const before = await allLogs(tenant);
    interrupt(async () => {
      await retainSegments(platform());
    });
    const during = await allLogs(tenant);
    expect(before).toEqual(expect.arrayContaining(during));
    await expectOldGone(tenant);
  });

  test("of a pattern whose logs wait in the buffer only, does not hide it for longer than its flush", async () => {
    const tenant = await tenantOf("free");
    await flush(tenant, events(10, { message: "again took" }));
    advance(8 * DAY_MS);
    await retainSegments(platform());
    expect(await patternsOf(tenant)).toEqual([]);
    await flush(tenant, events(10, { message: "again took" }));
    expect(await patternsOf(tenant)).toEqual(["again took <duration>"]);
  });

  test("takes an input of a merge that is planned: the merge is given up", async () => {
    const tenant = await tenantOf("free");
    await flushes(tenant, 5);
    advance(11 * 60_000);
    await sweepMerges(platform());
    expect(queued("jobs", tenant.id)).toHaveLength(1);
    const [first, second] = await indexOf(tenant);
    await env.DB.prepare("UPDATE segments SET max_timestamp = max_timestamp - ? WHERE id IN (?, ?)")
      .bind(8 * DAY_MS, first?.id, second?.id)
      .run();
    interrupt(async () => {
      await retainSegments(platform());
    });
    await step("jobs", tenant);
    expect(await indexOf(tenant)).toHaveLength(3);
    expect(await allLogs(tenant)).toHaveLength(30);
    await expectNothingLeftOver(tenant);
  });
});

const failures: { name: string; place: Place; match: string; when: "before" | "after" }[] = [
  { name: "D1 does not tell who is due", place: "db", match: 'from "tenants" where EXISTS', when: "before" },
  { name: "D1 refuses the removal", place: "db", match: 'delete from "segments"', when: "before" },
  { name: "it stops after the removal", place: "db", match: 'delete from "segments"', when: "after" },
  { name: "R2 refuses to delete", place: "bucket.put", match: "delete logs/", when: "before" },
  { name: "it stops after R2 has deleted", place: "bucket.put", match: "delete logs/", when: "after" },
  { name: "D1 keeps the garbage", place: "db", match: 'delete from "segment_garbage"', when: "before" },
  { name: "it stops after the garbage is gone", place: "db", match: 'delete from "segment_garbage"', when: "after" },
];

describe.each(failures)("retention, when $name", ({ place, match, when }) => {
  test.each([1, 3])("%s times: what is to stay is there, and nothing is left over", async (times) => {
    const tenant = await pastItsDays();
    for (let n = 0; n < times; n++) {
      const fault = fail(place, match, { times: 1, when });
      await retainSegments(platform()).catch(() => undefined);
      advance(61 * 60_000);
      await collectGarbage(platform()).catch(() => undefined);
      if (n === 0) expect(fault.tripped).toBe(1);
      repair();
      expect((await allLogs(tenant)).filter((log) => !log.message.startsWith("lately"))).not.toHaveLength(0);
    }
    await retainSegments(platform());
    await settle(tenant);
    await expectOldGone(tenant);
    await expectNothingLeftOver(tenant);
    await expectOldGone(tenant);
  });
});
