import "./support/bindings.ts";
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { normalizeEvent } from "../../core/events/normalize-event.ts";
import { dayOf } from "../../core/usage/days.ts";
import { consumeRawLogs } from "../../workers/consumers/raw-logs.ts";
import { platformOf } from "../../workers/platform.ts";
import { advance, setClock, stopClock } from "./support/clock.ts";
import { accepted, replay, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, messagesAt, restart, settle, storeOf } from "./support/pipeline.ts";
import { type Sent, take } from "./support/queues.ts";
import { createTenant } from "./support/tenant.ts";
import { bytesOf, onlyUsage, persistedUsage, pushUsage, usageRows } from "./support/usage.ts";

beforeAll(stopClock);

const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;

describe("duplicates that a source asks to be left out", () => {
  test("count for nothing, in whichever request and chunk they come, and over a restart", async () => {
    const tenant = await createTenant({ dedup: "content" });
    const at = Date.now();
    await accepted(tenant.key, events(10, { at }));
    await settle(tenant);
    await restart(storeOf(tenant));
    await accepted(tenant.key, events(14, { at }));
    await accepted(tenant.key, events(10, { at }));
    await settle(tenant);
    await restart(storeOf(tenant));
    await pushUsage(tenant);
    const row = await onlyUsage(tenant);
    expect(row).toMatchObject({ events: 14, bytes: bytesOf(events(14)), chunks: 3, requests: 3 });
    expect(await storedLogs(tenant)).toHaveLength(14);
  });

  test("take their share of the bytes with them, where normalizing has made the logs shorter", async () => {
    const tenant = await createTenant({ dedup: "content" });
    const at = Date.now();
    const logs = events(4, { at, level: "WARNING" }).map((log) => ({ ...log, message: `  ${log.message}  ` }));
    await accepted(tenant.key, logs.slice(0, 1));
    await settle(tenant);
    await accepted(tenant.key, logs);
    await pushUsage(tenant);
    const row = await onlyUsage(tenant);
    expect(row?.events).toBe(4);
    expect(Math.abs((row?.bytes ?? 0) - bytesOf(logs))).toBeLessThanOrEqual(1);
  });

  test("make the buffer no smaller than it is: a source that repeats itself is flushed in time", async () => {
    const tenant = await createTenant({ dedup: "content" });
    const body = events(100, { at: Date.now() });
    for (let n = 0; n < 3; n++) {
      await accepted(tenant.key, body);
      await settle(tenant);
    }
    const waiting = await runInDurableObject(storeOf(tenant), (_, { storage }) =>
      Number(storage.sql.exec("SELECT sum(raw_bytes) AS bytes FROM batches").one().bytes),
    );
    expect(waiting).toBe(3 * bytesOf(body));
  });
});

describe("a poison event", () => {
  const faulty: typeof normalizeEvent = (event, receivedAt) => {
    if (event.message.includes("poison")) throw new TypeError("the normalizer trips over it");
    return normalizeEvent(event, receivedAt);
  };
  const deliverToFaulty = (messages: readonly Sent[]) =>
    deliver("raw-logs", messages, (batch) => consumeRawLogs(batch, platformOf(env), faulty));
  const poison = (number: number) => ({ message: `poison ${number}`, level: "WARN" });

  test("counts when its replay is stored, its neighbours before, and all of it is what was sent", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, [...events(9), poison(1), poison(2)]);
    await deliverToFaulty(take("raw-logs", tenant.id));
    await pushUsage(tenant);
    expect(await onlyUsage(tenant)).toMatchObject({ events: 9, bytes: bytesOf(events(9)), chunks: 1, requests: 1 });
    for (let n = 0; n < 2; n++) {
      await replay(tenant);
      await pushUsage(tenant);
    }
    expect(await onlyUsage(tenant)).toMatchObject({
      ...{ events: 11, bytes: bytesOf([...events(9), poison(1), poison(2)]) },
      ...{ chunks: 3, requests: 1 },
    });
  });

  test("in a chunk of nothing else brings the chunk's requests with it, once", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, [poison(1), poison(2), poison(3)]);
    await deliverToFaulty(take("raw-logs", tenant.id));
    await replay(tenant);
    // Once more too early, then with the fault gone.
    await deliverToFaulty(take("raw-logs", tenant.id));
    await replay(tenant);
    await pushUsage(tenant);
    expect(await onlyUsage(tenant)).toMatchObject({ events: 3, chunks: 3, requests: 1 });
  });
});

describe("the day of usage", () => {
  /** The last second of a UTC day that ends a month. */
  function beforeMonthEnd(): void {
    const now = new Date();
    setClock(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1) - 1_000);
  }

  test("is the one on which a log was stored, whenever it was sent or says that it happened", async () => {
    const tenant = await createTenant();
    beforeMonthEnd();
    const day = dayOf(Date.now());
    await accepted(tenant.key, events(5));
    await settle(tenant);
    await accepted(tenant.key, events(6));
    const [late] = await messagesAt("normalized-logs", tenant);
    advance(2_000);
    if (late === undefined) throw new Error("nothing to store");
    await deliver("normalized-logs", [late]);
    await restart(storeOf(tenant));
    await pushUsage(tenant);
    expect(await usageRows(tenant)).toMatchObject([
      { day, events: 5 },
      { day: dayOf(Date.now()), events: 6 },
    ]);
    expect(dayOf(Date.now()).slice(0, 7)).not.toBe(day.slice(0, 7));
  });

  test("stays as it was when later days come and the store has forgotten it", async () => {
    const tenant = await createTenant();
    setClock(Math.ceil(Date.now() / DAY_MS) * DAY_MS + 12 * HOUR_MS);
    const days: string[] = [];
    for (let n = 0; n < 4; n++) {
      days.push(dayOf(Date.now()));
      await accepted(tenant.key, events(5));
      await pushUsage(tenant);
      advance(DAY_MS);
      await restart(storeOf(tenant));
    }
    expect(await usageRows(tenant)).toMatchObject(days.map((day) => ({ day, events: 5, chunks: 1 })));
    expect((await persistedUsage(tenant)).days.map(({ day }) => day)).toEqual(days.slice(-1));
  });
});
