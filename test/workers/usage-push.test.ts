import "./support/bindings.ts";
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { PUSH_INTERVAL_MS } from "../../core/usage/counter.ts";
import { saveUsage } from "../../services/usage/save-usage.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, incidentsOf, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { restart, settle, step, storeAlarm, storeOf } from "./support/pipeline.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";
import { persistedUsage, pushUsage, usageRows } from "./support/usage.ts";

beforeAll(stopClock);
afterEach(repair);

const MINUTE = 60_000;
const INSERT = 'insert into "usage_days"';

async function send(tenant: Tenant, count: number, event: Record<string, unknown> = { level: "INFO" }): Promise<void> {
  await accepted(tenant.key, events(count, event));
  await step("raw-logs", tenant);
  await step("normalized-logs", tenant);
}

const alarmOf = (tenant: Tenant) => runInDurableObject(storeOf(tenant), (_, { storage }) => storage.getAlarm());
const eventsOf = async (tenant: Tenant) => (await usageRows(tenant)).map((row) => row.events);

describe("usage is written", () => {
  test("within a minute of the first log that it has not told, and not before", async () => {
    const tenant = await createTenant();
    await send(tenant, 3);
    expect(await alarmOf(tenant)).toBe(Date.now() + PUSH_INTERVAL_MS);
    advance(PUSH_INTERVAL_MS - 1);
    await storeAlarm(tenant);
    expect(await usageRows(tenant)).toEqual([]);
    expect(await alarmOf(tenant)).toBeLessThanOrEqual(Date.now() + 1_000);
    advance(1);
    await storeAlarm(tenant);
    expect(await eventsOf(tenant)).toEqual([3]);
  });

  test("once a minute under steady traffic, whatever wakes the store in between", async () => {
    const tenant = await createTenant();
    const fault = fail("db", INSERT, { when: "after" });
    for (let second = 0; second < 180; second += 5) {
      await send(tenant, 1, { level: "ERROR" });
      advance(5_000);
      await storeAlarm(tenant);
    }
    // Each of them counts as a failure, and is tried again no sooner.
    expect(fault.tripped).toBe(3);
    repair();
    await pushUsage(tenant);
    expect(await eventsOf(tenant)).toEqual([36]);
  });

  test("and then rests: nothing wakes the store before its flush", async () => {
    const tenant = await createTenant();
    await send(tenant, 3);
    const flushAt = Date.now() + 60 * MINUTE;
    await pushUsage(tenant);
    expect(await alarmOf(tenant)).toBe(flushAt);
    const fault = fail("db", INSERT);
    for (let n = 0; n < 5; n++) {
      advance(5 * MINUTE);
      await storeAlarm(tenant);
    }
    expect(fault.tripped).toBe(0);
  });

  test("though the store restarts more often than it is due", async () => {
    const tenant = await createTenant();
    for (let n = 0; n < 5; n++) {
      await send(tenant, 1);
      expect(await alarmOf(tenant)).toBe(Date.now() - n * 15_000 + PUSH_INTERVAL_MS);
      if (n === 4) await storeAlarm(tenant);
      await restart(storeOf(tenant));
      advance(15_000);
    }
    expect(await eventsOf(tenant)).toEqual([5]);
  });

  test("once, and not again by a restart that has nothing new", async () => {
    const tenant = await createTenant();
    await send(tenant, 3);
    await pushUsage(tenant);
    await restart(storeOf(tenant));
    const fault = fail("db", INSERT);
    advance(2 * MINUTE);
    await storeAlarm(tenant);
    expect(fault.tripped).toBe(0);
    expect((await persistedUsage(tenant)).since).toBeNull();
  });

  test("of a store that nobody sends to any more, by the alarm that stands", async () => {
    const tenant = await createTenant();
    await send(tenant, 3);
    await restart(storeOf(tenant));
    advance(PUSH_INTERVAL_MS);
    await storeAlarm(tenant);
    expect(await eventsOf(tenant)).toEqual([3]);
  });
});

describe("without a row or an alarm of its own for every append", () => {
  /** Writes of an object's storage, in rows. */
  async function rowsWritten(tenant: Tenant, work: () => Promise<void>): Promise<number> {
    let rows = 0;
    const undo = await runInDurableObject(storeOf(tenant), (_, { storage }) => {
      const undos: (() => void)[] = [];
      for (const [owner, name] of [
        [Object.getPrototypeOf(storage), "setAlarm"],
        [Object.getPrototypeOf(storage.kv), "put"],
      ] as const) {
        const original: unknown = Reflect.get(owner, name);
        if (typeof original !== "function") throw new Error(`no ${name}`);
        // Objects of all classes share the prototype.
        const counting = function (this: unknown, ...args: unknown[]) {
          if (this === storage || this === storage.kv) rows++;
          return Reflect.apply(original, this, args);
        };
        Object.defineProperty(owner, name, { value: counting, configurable: true, writable: true });
        undos.push(() => Object.defineProperty(owner, name, { value: original, configurable: true, writable: true }));
      }
      return () => undos.map((one) => one());
    });
    try {
      await work();
    } finally {
      undo();
    }
    return rows;
  }

  test("twenty appends of lines that call no window write one alarm, and the push one state and one alarm", async () => {
    const tenant = await createTenant();
    await send(tenant, 1);
    await pushUsage(tenant);
    const appends = await rowsWritten(tenant, async () => {
      for (let n = 0; n < 20; n++) await send(tenant, 1);
    });
    expect(appends).toBe(1);
    advance(PUSH_INTERVAL_MS);
    expect(await rowsWritten(tenant, async () => void (await storeAlarm(tenant)))).toBe(2);
    expect(await eventsOf(tenant)).toEqual([21]);
  });
});

describe("when D1", () => {
  test.each(["before", "after"] as const)(
    "fails %s the work, usage waits a minute and is complete then",
    async (when) => {
      const tenant = await createTenant();
      await send(tenant, 3);
      const fault = fail("db", INSERT, { times: 3, when });
      for (let n = 0; n < 3; n++) {
        advance(PUSH_INTERVAL_MS);
        await storeAlarm(tenant);
        expect(await alarmOf(tenant)).toBe(Date.now() + PUSH_INTERVAL_MS);
        await send(tenant, 2);
      }
      expect(fault.tripped).toBe(3);
      await pushUsage(tenant);
      expect(await eventsOf(tenant)).toEqual([9]);
    },
  );

  test("does not take usage, logs are stored, windows told and segments written all the same", async () => {
    const tenant = await createTenant();
    fail("db", INSERT);
    await send(tenant, 12, { level: "ERROR" });
    await settle(tenant);
    advance(PUSH_INTERVAL_MS);
    await settle(tenant);
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 12 }]);
    advance(61 * MINUTE);
    for (let n = 0; n < 2; n++) await storeAlarm(tenant);
    const segments = env.DB.prepare("SELECT sum(rows) AS n FROM segments WHERE tenant_id = ?").bind(tenant.id);
    expect(await segments.first("n")).toBe(12);
    expect(await storedLogs(tenant)).toHaveLength(12);
    repair();
    await restart(storeOf(tenant));
    await pushUsage(tenant);
    expect(await eventsOf(tenant)).toEqual([12]);
  });

  test("has taken it and the store stops before it knows, nothing changes", async () => {
    const tenant = await createTenant();
    await send(tenant, 3);
    fail("db", INSERT, { times: 1, when: "after" });
    advance(PUSH_INTERVAL_MS);
    await storeAlarm(tenant);
    expect(await eventsOf(tenant)).toEqual([3]);
    await restart(storeOf(tenant));
    await pushUsage(tenant);
    expect(await usageRows(tenant)).toMatchObject([{ events: 3, chunks: 1, requests: 1 }]);
  });

  test("cannot be reached by a segment's flush, usage is written on its own account", async () => {
    const tenant = await createTenant();
    await send(tenant, 3);
    fail("bucket.put", `logs/${tenant.id}`);
    advance(61 * MINUTE);
    await storeAlarm(tenant);
    expect(await eventsOf(tenant)).toEqual([3]);
  });
});

test("a write that arrives late, or of a tenant that is being deleted, changes nothing", async () => {
  const tenant = await createTenant();
  const day = { day: "2026-01-31", sourceId: tenant.sourceId, events: 9, bytes: 900, chunks: 3, requests: 2 };
  await saveUsage(tenant.scope, 0, [day]);
  await saveUsage(tenant.scope, 0, [{ ...day, events: 6, bytes: 600, chunks: 2 }]);
  expect(await usageRows(tenant)).toEqual([{ ...day, shard: 0 }]);
  await env.DB.prepare("UPDATE tenants SET status = 'deleting' WHERE id = ?").bind(tenant.id).run();
  await saveUsage(tenant.scope, 0, [
    { ...day, chunks: 4 },
    { ...day, day: "2026-02-01" },
  ]);
  expect(await usageRows(tenant)).toEqual([{ ...day, shard: 0 }]);
});
