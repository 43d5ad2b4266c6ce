import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { advance, nextWindow, setClock, stopClock } from "./support/clock.ts";
import { accepted, incidentOf, incidentsOf, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { callsOfWindows, settle, storeAlarm, windowAlarms } from "./support/pipeline.ts";
import { queued } from "./support/queues.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const MINUTE = 60_000;

async function send(tenant: Tenant, count: number, more: Record<string, unknown> = {}): Promise<void> {
  await accepted(tenant.key, events(count, more));
  await settle(tenant);
}

async function counts(tenant: Tenant): Promise<number[]> {
  return (await incidentsOf(tenant)).map((incident) => incident.occurrenceCount).sort((a, b) => a - b);
}

describe("a window boundary", () => {
  // Offsets in seconds from the boundary.
  const cases: { name: string; bursts: [offset: number, count: number][]; incidents: number[] }[] = [
    { name: "nine events before it", bursts: [[-5, 9]], incidents: [] },
    { name: "nine events after it", bursts: [[5, 9]], incidents: [] },
    {
      name: "nine before and nine after",
      bursts: [
        [-5, 9],
        [5, 9],
      ],
      incidents: [18],
    },
    {
      name: "nine after, then nine before",
      bursts: [
        [5, 9],
        [-5, 9],
      ],
      incidents: [18],
    },
    {
      name: "one before and nine after",
      bursts: [
        [-5, 1],
        [5, 9],
      ],
      incidents: [10],
    },
    { name: "ten before", bursts: [[-5, 10]], incidents: [10] },
    {
      name: "nine long before and nine long after",
      bursts: [
        [-280, 9],
        [200, 9],
      ],
      incidents: [],
    },
    {
      name: "ten before and ten after",
      bursts: [
        [-5, 10],
        [5, 10],
      ],
      incidents: [20],
    },
    {
      name: "nine at the very end and nine at the very start",
      bursts: [
        [-0.001, 9],
        [0, 9],
      ],
      incidents: [18],
    },
  ];
  test.each(cases)("$name → $incidents", async ({ bursts, incidents }) => {
    const tenant = await createTenant();
    const boundary = nextWindow();
    for (const [offset, count] of bursts) {
      const at = boundary + offset * 1000;
      setClock(Math.max(Date.now(), at));
      await send(tenant, count, { at });
    }
    expect(await counts(tenant)).toEqual(incidents);
  });

  test("in the middle of one request", async () => {
    const tenant = await createTenant();
    const boundary = nextWindow();
    setClock(boundary + 10_000);
    await accepted(tenant.key, [...events(9, { at: boundary - 5_000 }), ...events(9, { at: boundary + 5_000 })]);
    await settle(tenant);
    expect(await counts(tenant)).toEqual([18]);
    const [incident] = await incidentsOf(tenant);
    const { windows } = await incidentOf(tenant, incident?.id ?? "");
    expect(windows).toEqual([
      { start: boundary - 5 * MINUTE, count: 9 },
      { start: boundary, count: 9 },
    ]);
  });
});

describe("the threshold", () => {
  test.each([
    { count: 9, incidents: 0 },
    { count: 10, incidents: 1 },
    { count: 11, incidents: 1 },
  ])("$count events at once → $incidents", async ({ count, incidents }) => {
    const tenant = await createTenant();
    await send(tenant, count);
    expect(await incidentsOf(tenant)).toHaveLength(incidents);
  });

  test("is reached by the tenth of ten requests", async () => {
    const tenant = await createTenant();
    for (let n = 1; n <= 10; n++) {
      await send(tenant, 1);
      expect(await incidentsOf(tenant)).toHaveLength(n < 10 ? 0 : 1);
    }
  });

  test.each([
    { name: "3", settings: { threshold: 3 }, level: "ERROR", count: 3 },
    { name: "3 for HIGH", settings: { thresholdBySeverity: { HIGH: 3 } }, level: "ERROR", count: 3 },
    { name: "3 for MEDIUM", settings: { thresholdBySeverity: { MEDIUM: 3 } }, level: "WARN", count: 3 },
  ])("can be $name", async ({ settings, level, count }) => {
    const tenant = await createTenant({ settings });
    await send(tenant, count - 1, { level });
    expect(await incidentsOf(tenant)).toEqual([]);
    await send(tenant, 1, { level });
    expect(await counts(tenant)).toEqual([count]);
  });

  test("is the tenant's, not a shard's: ten events over four stores are ten", async () => {
    const tenant = await createTenant({ shards: 4 });
    for (let n = 0; n < 30; n++) await accepted(tenant.key, events(1));
    await settle(tenant, 4);
    advance(31_000);
    for (let shard = 0; shard < 4; shard++) await storeAlarm(tenant, shard);
    await windowAlarms(tenant);
    await settle(tenant, 4);
    expect(await counts(tenant)).toEqual([30]);
    expect(await storedLogs(tenant)).toHaveLength(30);
  });
});

describe("what calls a window", () => {
  test.each([
    { level: "DEBUG", calls: false },
    { level: "INFO", calls: false },
    { level: "NOTICE", calls: false },
    { level: "whatever", calls: false },
    { level: "WARN", calls: true },
    { level: "ERROR", calls: true },
    { level: "CRITICAL", calls: true },
  ])("$level: $calls", async ({ level, calls }) => {
    const tenant = await createTenant();
    await send(tenant, 50, { level });
    expect(callsOfWindows(tenant) > 0).toBe(calls);
    expect(await incidentsOf(tenant)).toHaveLength(calls ? 1 : 0);
    expect(await storedLogs(tenant)).toHaveLength(50);
  });

  test("INFO, where the tenant asks for it", async () => {
    const tenant = await createTenant({ settings: { clusterMinLevel: "INFO" } });
    await send(tenant, 12, { level: "INFO" });
    expect(await incidentsOf(tenant)).toMatchObject([{ severity: "LOW", occurrenceCount: 12 }]);
  });

  test("one call for all lines of a fingerprint in a drain", async () => {
    const tenant = await createTenant();
    for (let n = 0; n < 5; n++) await accepted(tenant.key, events(40));
    await settle(tenant);
    expect(callsOfWindows(tenant)).toBe(1);
  });

  test("not the long tail of rare fingerprints", async () => {
    const tenant = await createTenant();
    const words = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index).repeat(5));
    await accepted(
      tenant.key,
      words.map((word) => ({ message: `the ${word} module gave up`, service: word, level: "ERROR" })),
    );
    await settle(tenant);
    expect(callsOfWindows(tenant)).toBe(0);
  });
});

describe("an event's lateness", () => {
  const cases = [
    { name: "16 minutes late", offset: -16 * MINUTE, incidents: 0 },
    { name: "a day late", offset: -24 * 60 * MINUTE, incidents: 0 },
    { name: "14 minutes late", offset: -14 * MINUTE, incidents: 1 },
    { name: "4 minutes early", offset: 4 * MINUTE, incidents: 1 },
  ];
  test.each(cases)("$name: $incidents incidents, and stored", async ({ offset, incidents }) => {
    const tenant = await createTenant();
    await send(tenant, 20, { at: Date.now() + offset });
    expect(await incidentsOf(tenant)).toHaveLength(incidents);
    const from = Date.now() - 48 * 60 * MINUTE;
    expect(await storedLogs(tenant, `from=${from}`)).toHaveLength(20);
  });
});

describe("incidents are kept apart by", () => {
  const cases: { name: string; bursts: Record<string, unknown>[] }[] = [
    { name: "environment", bursts: [{ environment: "production" }, { environment: "staging" }] },
    { name: "service", bursts: [{ service: "a" }, { service: "b" }] },
    { name: "template", bursts: [{ message: "disk full on" }, { message: "lock timeout in" }] },
    {
      name: "exception",
      bursts: [
        { trace: "java.io.IOException: x\n\tat a.B.c(B.java:1)" },
        { trace: "java.lang.Error: x\n\tat a.B.c(B.java:1)" },
      ],
    },
  ];
  test.each(cases)("$name", async ({ bursts }) => {
    const tenant = await createTenant();
    for (const burst of bursts) await send(tenant, 10, burst);
    expect(await counts(tenant)).toEqual([10, 10]);
  });
});

describe("after the crossing", () => {
  test("counts grow by one word every 30 s, and a last one when the window closes", async () => {
    const tenant = await createTenant();
    setClock(nextWindow() + 1_000);
    await send(tenant, 10);
    for (let n = 0; n < 5; n++) {
      advance(2_000);
      await send(tenant, 10);
    }
    expect(await counts(tenant)).toEqual([10]);
    advance(25_000);
    await storeAlarm(tenant);
    await settle(tenant);
    expect(await counts(tenant)).toEqual([60]);
    await send(tenant, 5);
    expect(queued("incident-events", tenant.id)).toEqual([]);
    expect(await counts(tenant)).toEqual([60]);
    setClock(nextWindow() + 11_000);
    await storeAlarm(tenant);
    await windowAlarms(tenant);
    await settle(tenant);
    expect(await counts(tenant)).toEqual([65]);
  });

  test("the next window adds to the same incident", async () => {
    const tenant = await createTenant();
    await send(tenant, 12);
    setClock(nextWindow() + 60_000);
    await send(tenant, 15);
    expect(await counts(tenant)).toEqual([27]);
  });
});
