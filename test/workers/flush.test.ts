import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { fail, type Place, repair } from "./support/faults.ts";
import { accepted, incidentsOf, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { bufferOf, deliver, restart, settle, step, storeAlarm, storeOf } from "./support/pipeline.ts";
import { take } from "./support/queues.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const HOUR_MS = 61 * 60 * 1000;

/** Thirty events in three rows of the buffer, an hour old. */
async function dueForFlush(): Promise<{ tenant: Tenant; ids: string[] }> {
  const tenant = await createTenant();
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) {
    ids.push(...(await accepted(tenant.key, events(10, { message: `batch ${"abc"[n]} took` }))).eventIds);
    await settle(tenant);
  }
  advance(HOUR_MS);
  return { tenant, ids: ids.sort() };
}

async function readBack(tenant: Tenant): Promise<string[]> {
  return (await storedLogs(tenant)).map((log) => log.eventId).sort();
}

async function segmentsOf(tenant: Tenant): Promise<{ rows: number; object_key: string }[]> {
  const query = env.DB.prepare("SELECT rows, object_key FROM segments WHERE tenant_id = ?").bind(tenant.id);
  return (await query.all<{ rows: number; object_key: string }>()).results;
}

async function expectFlushed(tenant: Tenant, ids: string[]): Promise<void> {
  expect(await readBack(tenant)).toEqual(ids);
  expect(await bufferOf(tenant)).toEqual([]);
  const segments = await segmentsOf(tenant);
  expect(segments.map((segment) => segment.rows)).toEqual([30]);
  const { objects } = await env.BUCKET.list({ prefix: `logs/${tenant.id}/` });
  expect(objects.map((object) => object.key)).toEqual(segments.map((segment) => segment.object_key));
}

describe("a flush", () => {
  test("moves what is an hour old into one segment, and it reads the same", async () => {
    const { tenant, ids } = await dueForFlush();
    const before = await storedLogs(tenant);
    await storeAlarm(tenant);
    await expectFlushed(tenant, ids);
    expect(await storedLogs(tenant)).toEqual(before);
  });

  const failures: { name: string; place: Place; match: string; when: "before" | "after" }[] = [
    { name: "R2 refuses the segment", place: "bucket.put", match: "logs/", when: "before" },
    { name: "it stops after the segment is written", place: "bucket.put", match: "logs/", when: "after" },
    { name: "D1 refuses the index row", place: "db", match: 'insert into "segments"', when: "before" },
    { name: "it stops after the index row is written", place: "db", match: 'insert into "segments"', when: "after" },
  ];
  describe.each(failures)("$name", ({ place, match, when }) => {
    test.each([
      { name: "and the store goes on", crash: false },
      { name: "and the store restarts", crash: true },
    ])("$name: each log is there once, during and after", async ({ crash }) => {
      const { tenant, ids } = await dueForFlush();
      const fault = fail(place, match, { times: 1, when });
      await storeAlarm(tenant);
      expect(fault.tripped).toBe(1);
      if (crash) await restart(storeOf(tenant));
      expect(await readBack(tenant)).toEqual(ids);
      await storeAlarm(tenant);
      await expectFlushed(tenant, ids);
    });

    test("for an hour: logs are taken, read and counted all the same", async () => {
      const { tenant, ids } = await dueForFlush();
      fail(place, match, { when });
      for (let n = 0; n < 3; n++) await storeAlarm(tenant);
      const more = (await accepted(tenant.key, events(11, { message: "meanwhile at" }))).eventIds;
      await settle(tenant);
      expect(await readBack(tenant)).toEqual([...ids, ...more].sort());
      expect((await incidentsOf(tenant)).map((incident) => incident.occurrenceCount)).toContain(11);
      repair();
      await storeAlarm(tenant);
      await storeAlarm(tenant);
      expect(await readBack(tenant)).toEqual([...ids, ...more].sort());
    });
  });

  test("of logs that arrive while it runs loses none", async () => {
    const { tenant, ids } = await dueForFlush();
    const more = (await accepted(tenant.key, events(7))).eventIds;
    await step("raw-logs", tenant);
    const [, verdict] = await Promise.all([
      storeAlarm(tenant),
      deliver("normalized-logs", take("normalized-logs", tenant.id)),
    ]);
    expect(verdict.retried).toEqual([]);
    expect(await readBack(tenant)).toEqual([...ids, ...more].sort());
  });

  test("does not make the store forget: chunks delivered again after it are not stored again", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(30));
    await step("raw-logs", tenant);
    const messages = take("normalized-logs", tenant.id);
    await deliver("normalized-logs", messages);
    await settle(tenant);
    advance(HOUR_MS);
    await storeAlarm(tenant);
    for (const crash of [false, true]) {
      if (crash) await restart(storeOf(tenant));
      await deliver("normalized-logs", messages);
      await settle(tenant);
      expect(await storedLogs(tenant)).toHaveLength(30);
    }
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 30 }]);
  });

  test("of 8 MB does not wait for the hour", async () => {
    const tenant = await createTenant();
    const message = `${"a long line of text that compresses well ".repeat(22)}`;
    for (let n = 0; n < 2; n++) await accepted(tenant.key, events(4_800, { message, level: "INFO" }));
    await settle(tenant);
    expect((await segmentsOf(tenant)).reduce((sum, segment) => sum + segment.rows, 0)).toBeGreaterThan(7_000);
    const counted = new Set(await readBack(tenant));
    expect(counted.size).toBe(9_600);
  });
});
