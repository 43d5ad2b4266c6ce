import "./support/bindings.ts";
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { counters, meterD1, meterQueue, meterR2, meterStorage } from "../../bench/worker/meter.ts";
import { PRICES } from "../../core/usage/prices.ts";
import { advance, stopClock } from "./support/clock.ts";
import { accepted } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { settle, storeAlarm, storeOf } from "./support/pipeline.ts";
import { createTenant } from "./support/tenant.ts";
import { askUsage, pushUsage } from "./support/usage.ts";

// As the bench counts: at the bindings.
Object.assign(env, {
  DB: meterD1(env.DB),
  BUCKET: meterR2(env.BUCKET),
  RAW_LOGS: meterQueue(env.RAW_LOGS),
  NORMALIZED_LOGS: meterQueue(env.NORMALIZED_LOGS),
});

beforeAll(stopClock);

/** The model is held to what was really done within this factor. */
const FACTOR = 2;

/** A message that is sent is also read and deleted; the meter of the queues sees the sending. */
const OPERATIONS_A_SEND = 3;

test("the estimate is near what a small run really does, each request alone", async () => {
  const tenant = await createTenant({ settings: { threshold: 1_000_000 } });
  await accepted(tenant.key, events(1));
  await pushUsage(tenant);
  await runInDurableObject(storeOf(tenant), (_, { storage }) => meterStorage(storage));
  const estimated = (await askUsage(tenant)).estimatedCost;
  const before = structuredClone(counters);
  for (let n = 0; n < 60; n++) {
    await accepted(tenant.key, n % 12 === 0 ? events(300) : events(1, { level: n % 5 < 2 ? "WARN" : "INFO" }));
    await settle(tenant);
    advance(1_000);
    await storeAlarm(tenant);
  }
  await pushUsage(tenant);
  const done = structuredClone(counters);
  const after = (await askUsage(tenant)).estimatedCost;
  const estimate = (unit: string) => {
    const of = (cost: typeof after) => cost.lines.find((line) => line.unit === unit)?.count ?? 0;
    return of(after) - of(estimated);
  };
  const real = {
    requests: 60,
    queueOperations: OPERATIONS_A_SEND * (done.queueOperations - before.queueOperations),
    sqliteRowsWritten: done.sqliteRowsWritten - before.sqliteRowsWritten,
  };
  const together = { real: 0, estimated: 0 };
  for (const unit of ["requests", "queueOperations", "sqliteRowsWritten"] as const) {
    const ratio = estimate(unit) / real[unit];
    expect(ratio, `${unit}: ${estimate(unit)} estimated, ${real[unit]} counted`).toBeGreaterThan(1 / FACTOR);
    expect(ratio, `${unit}: ${estimate(unit)} estimated, ${real[unit]} counted`).toBeLessThan(FACTOR);
    together.real += real[unit] * PRICES[unit];
    together.estimated += estimate(unit) * PRICES[unit];
  }
  expect(together.estimated / together.real).toBeGreaterThan(1 / FACTOR);
  expect(together.estimated / together.real).toBeLessThan(FACTOR);
});
