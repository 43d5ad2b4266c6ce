import "./support/segments.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cellsOf, Rollup } from "../../core/logs/rollup.ts";
import type { Segment } from "../../services/logs/segments.ts";
import { sweepMerges } from "../../services/logs/sweep-merges.ts";
import { sweepOutbox } from "../../services/outbox/send.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, type Place, repair } from "./support/faults.ts";
import { step, sweep } from "./support/pipeline.ts";
import { queued, take } from "./support/queues.ts";
import {
  allLogs,
  DAY_MS,
  expectMerged,
  flush,
  flushes,
  garbageOf,
  HOUR_MS,
  indexOf,
  mergeable,
  nextMorning,
  objectsOf,
  planned,
  platform,
  rowsIn,
  segmentsIn,
  work,
} from "./support/segments.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);
beforeEach(nextMorning);
afterEach(repair);

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
