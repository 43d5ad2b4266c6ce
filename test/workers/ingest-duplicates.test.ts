import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { accepted, incidentsOf, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { restart, settle, storeOf } from "./support/pipeline.ts";
import { createKey, createSource, createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

describe("an Idempotency-Key", () => {
  const headers = { "idempotency-key": "request-1" };

  test("makes a retry store nothing twice, and name the same ids", async () => {
    const tenant = await createTenant();
    const body = events(20);
    const first = await accepted(tenant.key, body, { headers });
    await settle(tenant);
    advance(60_000);
    const second = await accepted(tenant.key, body, { headers });
    await settle(tenant);
    expect(second.eventIds).toEqual(first.eventIds);
    expect(await storedLogs(tenant)).toHaveLength(20);
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 20 }]);
  });

  test("holds when the first try and the retry arrive together", async () => {
    const tenant = await createTenant();
    const body = events(20);
    await Promise.all([accepted(tenant.key, body, { headers }), accepted(tenant.key, body, { headers })]);
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(20);
  });

  test("holds over a restart of the store", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(20), { headers });
    await settle(tenant);
    await restart(storeOf(tenant));
    await accepted(tenant.key, events(20), { headers });
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(20);
  });

  test("is the source's own: another source that chooses the same one is not taken for a retry", async () => {
    const tenant = await createTenant();
    const other = await createKey(tenant.id, { sourceId: await createSource(tenant.id) });
    await accepted(tenant.key, { message: "from one" }, { headers });
    await accepted(other, { message: "from the other" }, { headers });
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(2);
  });

  test("is the same for the next key of the source: a rotation in between stores nothing twice", async () => {
    const tenant = await createTenant();
    const next = await createKey(tenant.id, { sourceId: tenant.sourceId });
    for (const key of [tenant.key, next]) await accepted(key, { message: "once" }, { headers });
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(1);
  });

  test("equal requests without one are two", async () => {
    const tenant = await createTenant();
    for (let n = 0; n < 2; n++) await accepted(tenant.key, events(5));
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(10);
  });
});

describe("what a source takes for a duplicate", () => {
  const line = { message: "same line", timestamp: "T", level: "ERROR" };
  const named = { ...line, eventId: "e-1" };
  const cases: {
    name: string;
    dedup: "none" | "event-id" | "content";
    bodies: Record<string, unknown>[][];
    skipped: number[];
    stored: number;
  }[] = [
    {
      name: "none: equal lines are all real",
      dedup: "none",
      bodies: [[line, line], [line]],
      skipped: [0, 0],
      stored: 3,
    },
    { name: "none: equal event ids are all real", dedup: "none", bodies: [[named, named]], skipped: [0], stored: 2 },
    {
      name: "event-id: within a request",
      dedup: "event-id",
      bodies: [[named, { ...named, level: "WARN" }]],
      skipped: [1],
      stored: 1,
    },
    {
      name: "event-id: over requests",
      dedup: "event-id",
      bodies: [[named], [{ ...named, message: "b" }]],
      skipped: [0, 0],
      stored: 1,
    },
    {
      name: "event-id: equal lines of different ids are real",
      dedup: "event-id",
      bodies: [[named, { ...named, eventId: "e-2" }]],
      skipped: [0],
      stored: 2,
    },
    { name: "content: within a request", dedup: "content", bodies: [[line, line]], skipped: [1], stored: 1 },
    { name: "content: over requests", dedup: "content", bodies: [[line], [line]], skipped: [0, 0], stored: 1 },
    {
      name: "content: another level is another line",
      dedup: "content",
      bodies: [[line, { ...line, level: "WARN" }]],
      skipped: [0],
      stored: 2,
    },
  ];
  test.each(cases)("$name", async ({ dedup, bodies, skipped, stored }) => {
    const tenant = await createTenant({ dedup });
    const timestamp = new Date().toISOString();
    for (const [index, body] of bodies.entries()) {
      const answer = await accepted(
        tenant.key,
        body.map((event) => ({ ...event, timestamp })),
      );
      expect(answer.duplicates_skipped).toBe(skipped[index]);
      await settle(tenant);
    }
    expect(await storedLogs(tenant)).toHaveLength(stored);
  });

  test("counts once towards an incident", async () => {
    const tenant = await createTenant({ dedup: "content" });
    const body = events(12);
    for (let n = 0; n < 3; n++) {
      await accepted(tenant.key, body);
      await settle(tenant);
    }
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 12 }]);
    expect(await storedLogs(tenant)).toHaveLength(12);
  });

  test("is remembered over a restart of the store", async () => {
    const tenant = await createTenant({ dedup: "content" });
    const body = events(3);
    await accepted(tenant.key, body);
    await settle(tenant);
    await restart(storeOf(tenant));
    await accepted(tenant.key, body);
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(3);
  });

  test("is forgotten after two hours", async () => {
    const tenant = await createTenant({ dedup: "content" });
    const body = events(3);
    await accepted(tenant.key, body);
    await settle(tenant);
    advance(2 * 60 * 60 * 1000 + 1);
    await accepted(tenant.key, body);
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(6);
  });

  test("is the source's alone: another source's equal line is real", async () => {
    const tenant = await createTenant({ dedup: "content" });
    const other = await createKey(tenant.id, { sourceId: await createSource(tenant.id, { dedup: "content" }) });
    const body = events(1);
    await accepted(tenant.key, body);
    await accepted(other, body);
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(2);
  });
});
