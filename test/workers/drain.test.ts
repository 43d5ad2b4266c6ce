import "./support/bindings.ts";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, incidentsOf, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import {
  callsOfWindows,
  restart,
  settle,
  step,
  storeAlarm,
  storeOf,
  windowAlarms,
  windowsOf,
} from "./support/pipeline.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

/** Stores twelve events, and goes no further. */
async function stored(): Promise<Tenant> {
  const tenant = await createTenant();
  await accepted(tenant.key, events(12));
  await step("raw-logs", tenant);
  await step("normalized-logs", tenant);
  return tenant;
}

/** What the windows have counted in the end, when all has been told. */
async function countOf(tenant: Tenant): Promise<number[]> {
  await settle(tenant);
  advance(40_000);
  await storeAlarm(tenant);
  await windowAlarms(tenant);
  await settle(tenant);
  return (await incidentsOf(tenant)).map((incident) => incident.occurrenceCount);
}

describe("a store that stops is complete when it is back", () => {
  const crashes: { name: string; crash: (tenant: Tenant) => Promise<unknown> }[] = [
    { name: "before it has told the window", crash: (tenant) => restart(storeOf(tenant)) },
    {
      name: "after it has told the window",
      crash: async (tenant) => {
        await storeAlarm(tenant);
        await restart(storeOf(tenant));
      },
    },
    {
      name: "after a call that failed",
      crash: async (tenant) => {
        fail("window", tenant.id, { times: 1 });
        await storeAlarm(tenant);
        await restart(storeOf(tenant));
      },
    },
    {
      name: "after a call whose answer was lost",
      crash: async (tenant) => {
        fail("window", tenant.id, { times: 1, when: "after" });
        await storeAlarm(tenant);
        await restart(storeOf(tenant));
      },
    },
    {
      name: "and so does the window, after a call whose answer was lost",
      crash: async (tenant) => {
        fail("window", tenant.id, { times: 1, when: "after" });
        await storeAlarm(tenant);
        await restart(storeOf(tenant));
        for (const window of windowsOf(tenant)) await restart(window);
      },
    },
    {
      name: "again and again",
      crash: async (tenant) => {
        for (let n = 0; n < 4; n++) {
          await restart(storeOf(tenant));
          await storeAlarm(tenant);
        }
      },
    },
  ];
  test.each(crashes)("$name: the window has counted every event once", async ({ crash }) => {
    const tenant = await stored();
    await crash(tenant);
    expect(await countOf(tenant)).toEqual([12]);
    await accepted(tenant.key, events(5));
    expect(await countOf(tenant)).toEqual([17]);
    expect(await storedLogs(tenant)).toHaveLength(17);
  });
});

test("a store that stops after several batches goes on under the next number", async () => {
  const tenant = await stored();
  await storeAlarm(tenant);
  for (let n = 0; n < 2; n++) {
    await accepted(tenant.key, events(4));
    await step("raw-logs", tenant);
    await step("normalized-logs", tenant);
    advance(31_000);
    await storeAlarm(tenant);
  }
  await restart(storeOf(tenant));
  expect(await countOf(tenant)).toEqual([20]);
  await accepted(tenant.key, events(5));
  expect(await countOf(tenant)).toEqual([25]);
});

describe("without a crash", () => {
  test.each(["before", "after"] as const)(
    "a call that fails %s its work is repeated under its number",
    async (when) => {
      const tenant = await stored();
      const fault = fail("window", tenant.id, { times: 3, when });
      for (let n = 0; n < 4; n++) await storeAlarm(tenant);
      expect(fault.tripped).toBe(3);
      expect(callsOfWindows(tenant)).toBeGreaterThanOrEqual(4);
      expect(await countOf(tenant)).toEqual([12]);
    },
  );

  test("one window that cannot be reached does not lose the counts of others", async () => {
    const tenant = await createTenant();
    for (const service of ["a", "b", "c"]) await accepted(tenant.key, events(12, { service }));
    await step("raw-logs", tenant);
    await step("normalized-logs", tenant);
    fail("window", tenant.id, { times: 1 });
    await storeAlarm(tenant);
    expect(await countOf(tenant)).toEqual([12, 12, 12]);
  });

  test("what is stored while a call fails is counted, too", async () => {
    const tenant = await stored();
    fail("window", tenant.id, { times: 1, when: "after" });
    await storeAlarm(tenant);
    await accepted(tenant.key, events(8));
    await step("raw-logs", tenant);
    await step("normalized-logs", tenant);
    expect(await countOf(tenant)).toEqual([20]);
  });
});
