import "./support/bindings.ts";
import { runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { UNKNOWN_SOURCE } from "../../core/usage/counter.ts";
import { dayOf } from "../../core/usage/days.ts";
import { decodeEnvelope, encodeEnvelope } from "../../core/wire/envelope.ts";
import { advance, setClock, stopClock } from "./support/clock.ts";
import { accepted } from "./support/http.ts";
import { events, middling } from "./support/logs.ts";
import { deliver, restart, settle, step, storeAlarm, storeOf } from "./support/pipeline.ts";
import { take } from "./support/queues.ts";
import { createKey, createSource, createTenant, type Tenant } from "./support/tenant.ts";
import { bytesOf, onlyUsage, pushUsage, usageRows } from "./support/usage.ts";

beforeAll(stopClock);

const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;

describe("usage of stored logs", () => {
  test("is their number, bytes, chunks and requests, under the source that sent them", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(20));
    await accepted(tenant.key, events(3));
    await pushUsage(tenant);
    const bytes = bytesOf([...events(20), ...events(3)]);
    const counts = { events: 23, bytes, chunks: 2, requests: 2 };
    expect(await usageRows(tenant)).toEqual([
      { day: dayOf(Date.now()), sourceId: tenant.sourceId, shard: 0, ...counts },
    ]);
  });

  test("counts a request of several chunks once, and requests that share a chunk each", async () => {
    const [large, small] = [await createTenant(), await createTenant()];
    await accepted(large.key, middling());
    await Promise.all(Array.from({ length: 5 }, () => accepted(small.key, events(2))));
    await pushUsage(large);
    await pushUsage(small);
    const row = await onlyUsage(large);
    expect(row).toMatchObject({ events: 700, requests: 1 });
    expect(row?.chunks).toBeGreaterThan(1);
    expect(await onlyUsage(small)).toMatchObject({ events: 10, requests: 5 });
  });

  test("is kept apart by source, and none is told of what a refused line had", async () => {
    const tenant = await createTenant();
    const sourceId = await createSource(tenant.id);
    const key = await createKey(tenant.id, { sourceId });
    await accepted(tenant.key, events(4));
    await accepted(key, [...events(6), { message: "x".repeat(20_000), level: "INFO" }]);
    await pushUsage(tenant);
    const rows = await usageRows(tenant);
    expect(rows).toHaveLength(2);
    expect(rows.find((row) => row.sourceId === tenant.sourceId)).toMatchObject({ events: 4 });
    expect(rows.find((row) => row.sourceId === sourceId)).toMatchObject({ events: 6, bytes: bytesOf(events(6)) });
  });

  test("of two shards is two rows, which together are all", async () => {
    const tenant = await createTenant({ shards: 2 });
    for (let n = 0; n < 12; n++) await accepted(tenant.key, events(5));
    await pushUsage(tenant, 2);
    const rows = await usageRows(tenant);
    expect(rows.map(({ shard }) => shard)).toEqual([0, 1]);
    expect(rows.reduce((sum, row) => sum + row.events, 0)).toBe(60);
    expect(rows.reduce((sum, row) => sum + row.bytes, 0)).toBe(12 * bytesOf(events(5)));
  });

  test("of a chunk that does not say who sent it goes under no known source", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(7));
    const [message] = take("raw-logs", tenant.id);
    if (!(message?.body instanceof ArrayBuffer)) throw new Error("no envelope");
    const envelope = decodeEnvelope(new Uint8Array(message.body));
    const sections = envelope.sections.map((packed) => {
      const { sourceId: _source, requests: _requests, ...section } = packed.section;
      return { ...packed, section };
    });
    await deliver("raw-logs", [{ ...message, body: encodeEnvelope({ ...envelope, sections }).buffer }]);
    await pushUsage(tenant);
    expect(await onlyUsage(tenant)).toMatchObject({ sourceId: UNKNOWN_SOURCE, events: 7, bytes: bytesOf(events(7)) });
  });
});

describe("usage is counted once", () => {
  test("when messages are delivered again, and grouped otherwise", async () => {
    const tenant = await createTenant();
    for (let n = 0; n < 3; n++) await accepted(tenant.key, events(5));
    const raw = take("raw-logs", tenant.id);
    for (const batch of [raw, raw.slice(1), [...raw].reverse()]) await deliver("raw-logs", batch);
    const normalized = take("normalized-logs", tenant.id);
    for (const message of [...normalized, ...normalized]) await deliver("normalized-logs", [message]);
    await pushUsage(tenant);
    expect(await onlyUsage(tenant)).toMatchObject({
      events: 15,
      bytes: bytesOf(events(5)) * 3,
      chunks: 3,
      requests: 3,
    });
  });

  test("when a client sends a request again with its Idempotency-Key", async () => {
    const tenant = await createTenant();
    const headers = { "idempotency-key": "again" };
    for (let n = 0; n < 3; n++) {
      await accepted(tenant.key, events(5), { headers });
      await pushUsage(tenant);
    }
    expect(await onlyUsage(tenant)).toMatchObject({ events: 5, chunks: 1, requests: 1 });
  });

  const moments: { name: string; happens: (tenant: Tenant) => Promise<unknown> }[] = [
    { name: "at once", happens: async () => undefined },
    { name: "after its windows were told", happens: (tenant) => storeAlarm(tenant) },
    {
      name: "after usage was written",
      happens: async (tenant) => {
        advance(61_000);
        await storeAlarm(tenant);
      },
    },
    {
      name: "after a flush",
      happens: async (tenant) => {
        advance(61 * 60_000);
        await storeAlarm(tenant);
      },
    },
    {
      name: "after each of several restarts",
      happens: async (tenant) => {
        for (let n = 0; n < 3; n++) {
          await restart(storeOf(tenant));
          advance(61_000);
          await storeAlarm(tenant);
        }
      },
    },
  ];
  test.each(moments)("when the store restarts $name", async ({ happens }) => {
    const tenant = await createTenant();
    setClock(Math.ceil(Date.now() / DAY_MS) * DAY_MS + HOUR_MS);
    for (const count of [12, 5, 9]) {
      await accepted(tenant.key, events(count));
      await step("raw-logs", tenant);
      await step("normalized-logs", tenant);
      await happens(tenant);
      await restart(storeOf(tenant));
    }
    await pushUsage(tenant);
    expect(await onlyUsage(tenant)).toMatchObject({ events: 26, chunks: 3, requests: 3 });
  });

  test("and not for what a full store did not take, until it takes it", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(5));
    await settle(tenant);
    const takes = (bytes: number) =>
      runInDurableObject(storeOf(tenant), (store) => Reflect.set(store, "maxBufferBytes", bytes));
    await takes(1);
    await accepted(tenant.key, events(8));
    await step("raw-logs", tenant);
    const [message] = take("normalized-logs", tenant.id);
    if (message === undefined) throw new Error("nothing to store");
    for (let attempts = 1; attempts < 4; attempts++) await deliver("normalized-logs", [{ ...message, attempts }]);
    await pushUsage(tenant);
    expect(await onlyUsage(tenant)).toMatchObject({ events: 5 });
    await takes(1024 * 1024);
    await deliver("normalized-logs", [message, message]);
    await pushUsage(tenant);
    expect(await onlyUsage(tenant)).toMatchObject({ events: 13, requests: 2 });
  });
});
