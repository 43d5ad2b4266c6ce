import "./support/bindings.ts";
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { advance, nextWindow, setClock, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, incidentsOf, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { bufferOf, settle, storeAlarm, storeOf, windowAlarms, windowsOf } from "./support/pipeline.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const DAY_MS = 24 * 60 * 60 * 1000;

async function withWindow(): Promise<{ tenant: Tenant; window: ReturnType<typeof windowsOf>[number] }> {
  const tenant = await createTenant();
  await accepted(tenant.key, events(12));
  await settle(tenant);
  const [window] = windowsOf(tenant);
  if (window === undefined) throw new Error("no window");
  return { tenant, window };
}

describe("a window object", () => {
  test("always has its next deadline as its one alarm", async () => {
    const { tenant, window } = await withWindow();
    const closes = nextWindow() + 10_000;
    const alarm = () => runInDurableObject(window, (_, state) => state.storage.getAlarm());
    await windowAlarms(tenant);
    expect(await alarm()).toBe(closes);
    setClock(closes);
    await windowAlarms(tenant);
    expect(await alarm()).toBeGreaterThan(closes + DAY_MS - 10 * 60_000);
  });

  test("is empty a day after its last events, and begins anew with the next", async () => {
    const { tenant, window } = await withWindow();
    setClock(nextWindow() + 10_000);
    await windowAlarms(tenant);
    await settle(tenant);
    advance(DAY_MS);
    await windowAlarms(tenant);
    const entries = await runInDurableObject(window, (_, state) => [...state.storage.kv.list()].length);
    expect(entries).toBe(0);
    expect(await runInDurableObject(window, (_, state) => state.storage.getAlarm())).toBeNull();
    await accepted(tenant.key, events(15));
    await settle(tenant);
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 27 }]);
  });

  test("is not emptied while its last word has not been sent", async () => {
    const { tenant } = await withWindow();
    await accepted(tenant.key, events(8));
    await settle(tenant);
    setClock(nextWindow() + 10_000);
    await storeAlarm(tenant);
    fail("queue", "incident-events");
    advance(DAY_MS);
    await windowAlarms(tenant);
    repair();
    await windowAlarms(tenant);
    await settle(tenant);
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 20 }]);
  });
});

describe("a store object", () => {
  test("writes segments though no window can be reached, and tells the windows later", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    fail("window", tenant.id);
    await settle(tenant);
    advance(61 * 60 * 1000);
    for (let n = 0; n < 2; n++) await storeAlarm(tenant);
    expect(await bufferOf(tenant)).toEqual([]);
    expect(await storedLogs(tenant)).toHaveLength(12);
    repair();
    await settle(tenant);
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 12 }]);
  });

  test("tries again after a failure, later and later, and at once when it works again", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    const fault = fail("window", tenant.id, { times: 4 });
    await settle(tenant);
    const delays: number[] = [];
    while (fault.tripped < 4) {
      const alarm = await runInDurableObject(storeOf(tenant), (_, state) => state.storage.getAlarm());
      delays.push((alarm ?? 0) - Date.now());
      await storeAlarm(tenant);
    }
    for (const [index, delay] of delays.entries())
      expect(delay).toBeGreaterThan(index === 0 ? 0 : (delays[index - 1] ?? 0));
    await settle(tenant);
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 12 }]);
  });

  test("whose tenant D1 cannot tell keeps what it has", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    await settle(tenant);
    advance(61 * 60 * 1000);
    fail("db", 'from "tenants" where', { times: 1 });
    await storeAlarm(tenant);
    await storeAlarm(tenant);
    expect(await storedLogs(tenant)).toHaveLength(12);
    const rows = env.DB.prepare("SELECT sum(rows) AS n FROM segments WHERE tenant_id = ?");
    expect(await rows.bind(tenant.id).first("n")).toBe(12);
  });

  test("whose one window fails for good still tells the others of new counts", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, [...events(12), ...events(12, { service: "other" })]);
    await settle(tenant);
    const [first] = await incidentsOf(tenant);
    expect(await incidentsOf(tenant)).toHaveLength(2);
    const broken = `${tenant.id}:${first?.fingerprint ?? ""}`;
    fail("window", broken, { times: 100 });
    advance(6 * 60 * 1000);
    await accepted(tenant.key, [...events(15), ...events(15, { service: "other" })]);
    for (let round = 0; round < 3; round++) await storeAlarm(tenant);
    await settle(tenant);
    const counts = new Map(
      (await incidentsOf(tenant)).map((incident) => [incident.fingerprint, incident.occurrenceCount]),
    );
    expect(counts.get(first?.fingerprint ?? "")).toBe(12);
    expect([...counts.values()].sort()).toEqual([12, 27]);
  });
});
