import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { normalizeEvent } from "../../core/events/normalize-event.ts";
import { encodeEnvelope } from "../../core/wire/envelope.ts";
import { consumeRawLogs } from "../../workers/consumers/raw-logs.ts";
import { platformOf } from "../../workers/platform.ts";
import { stopClock } from "./support/clock.ts";
import { accepted, deadLetterOf, deadLettersOf, incidentsOf, replay, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, restart, settle, step, storeAlarm, storeOf, type Verdict } from "./support/pipeline.ts";
import { queued, type Sent, take } from "./support/queues.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

/** A normalizer with a fault that a line of "poison" brings out. */
const faulty: typeof normalizeEvent = (event, receivedAt) => {
  if (event.message.includes("poison")) throw new TypeError("the normalizer trips over it");
  return normalizeEvent(event, receivedAt);
};

/** Delivers raw messages to a normalizer that has the fault. */
function deliverToFaulty(messages: readonly Sent[]): Promise<Verdict> {
  return deliver("raw-logs", messages, (batch) => consumeRawLogs(batch, platformOf(env), faulty));
}

/** Lets everything happen while the normalizer has the fault. */
async function settleWithFault(tenant: Tenant): Promise<void> {
  expect((await deliverToFaulty(take("raw-logs", tenant.id))).retried).toEqual([]);
  await settle(tenant);
}

beforeAll(stopClock);

describe("a poison event among good ones", () => {
  async function sendPoison(): Promise<{ tenant: Tenant; eventIds: string[] }> {
    const tenant = await createTenant();
    const good = events(14);
    const { eventIds } = await accepted(tenant.key, [
      ...good.slice(0, 7),
      { message: "poison", level: "WARN" },
      ...good.slice(7),
    ]);
    await settleWithFault(tenant);
    return { tenant, eventIds };
  }

  test("is split off alone; its neighbours are stored under their ids, and counted", async () => {
    const { tenant, eventIds } = await sendPoison();
    const expected = eventIds.filter((_, index) => index !== 7);
    expect((await storedLogs(tenant)).map((log) => log.eventId).sort()).toEqual(expected.sort());
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 14 }]);
  });

  test("is one dead letter, with its error, stage and chunk", async () => {
    const { tenant, eventIds } = await sendPoison();
    const [letter, ...others] = await deadLettersOf(tenant);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      queue: "raw-logs",
      stage: "normalization-service",
      errorMessage: "the normalizer trips over it",
    });
    expect(await deadLetterOf(tenant, letter?.id ?? "")).toMatchObject({ chunkIds: [eventIds[0]] });
  });

  test("is replayed when the fault is gone, keeps its event id, and changes nothing else", async () => {
    const { tenant, eventIds } = await sendPoison();
    const [letter] = await deadLettersOf(tenant);
    await replay(tenant, letter?.id);
    await settle(tenant);
    const logs = await storedLogs(tenant);
    expect(logs.map((log) => log.eventId).sort()).toEqual([...eventIds].sort());
    expect(logs.find((log) => log.message === "poison")?.eventId).toBe(eventIds[7]);
    expect(await deadLettersOf(tenant)).toEqual([]);
    expect(await deadLettersOf(tenant, "replayed=true")).toHaveLength(1);
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 14 }]);
  });

  test("replayed too early comes back as the same dead letter", async () => {
    const { tenant } = await sendPoison();
    const [letter] = await deadLettersOf(tenant);
    await replay(tenant, letter?.id);
    await settleWithFault(tenant);
    expect(await deadLettersOf(tenant)).toMatchObject([{ id: letter?.id, replayedAt: null }]);
    await replay(tenant, letter?.id);
    await replay(tenant, letter?.id);
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(15);
  });

  test("a chunk of nothing else stores nothing, and each event can be replayed", async () => {
    const tenant = await createTenant();
    const { eventIds } = await accepted(tenant.key, events(3, { message: "poison" }));
    await settleWithFault(tenant);
    expect(await storedLogs(tenant)).toEqual([]);
    expect(await deadLettersOf(tenant)).toHaveLength(3);
    expect(await replay(tenant)).toEqual({ replayed: 3 });
    await settle(tenant);
    expect((await storedLogs(tenant)).map((log) => log.eventId).sort()).toEqual(eventIds);
  });

  test("of a source that asks for deduplication is stored by its replay, even after a restart of the store", async () => {
    const tenant = await createTenant({ dedup: "content" });
    await accepted(tenant.key, [{ message: "poison" }, { message: "good" }]);
    await settleWithFault(tenant);
    await restart(storeOf(tenant));
    await replay(tenant);
    await settle(tenant);
    expect((await storedLogs(tenant)).map((log) => log.message).sort()).toEqual(["good", "poison"]);
    await accepted(tenant.key, { message: "poison" });
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(2);
  });

  test("the raw message delivered again makes no second dead letter and no second row", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, [{ message: "poison" }, { message: "good" }]);
    const messages = take("raw-logs", tenant.id);
    await deliverToFaulty(messages);
    await deliverToFaulty(messages);
    await settle(tenant);
    expect(await deadLettersOf(tenant)).toHaveLength(1);
    expect(await storedLogs(tenant)).toHaveLength(1);
  });
});

describe("a poison message among good ones", () => {
  /** A message that no consumer can read, though its tenant can be told. */
  function broken(queue: string, tenant: Tenant): Sent {
    const body = ["raw-logs", "normalized-logs"].includes(queue)
      ? brokenEnvelope(queue === "raw-logs" ? "raw" : "normalized", tenant)
      : { type: "NONSENSE", tenantId: tenant.id };
    return { id: `broken-${queue}`, queue, tenantId: tenant.id, body, attempts: 1 };
  }

  function brokenEnvelope(stage: "raw" | "normalized", tenant: Tenant): ArrayBuffer {
    const body = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
    const digest = new Uint8Array(0);
    const section = {
      chunkId: "01890000-0000-7000-8000-000000000000",
      receivedAt: Date.now(),
      count: 1,
      rawBytes: 8,
      bodyBytes: body.length,
      digestBytes: 0,
    };
    const bytes = encodeEnvelope({ stage, tenantId: tenant.id, shard: 0, sections: [{ section, body, digest }] });
    // A normalized envelope is only opened when it is read: cut it, so that its consumer sees it at once.
    return stage === "raw" ? bytes.buffer : bytes.slice(0, -1).buffer;
  }

  const queues = [
    { queue: "raw-logs", code: "invalid_envelope" },
    { queue: "normalized-logs", code: "invalid_envelope" },
    { queue: "incident-events", code: "invalid_message" },
    { queue: "notification-events", code: "invalid_message" },
    { queue: "jobs", code: "invalid_message" },
  ] as const;

  test.each(queues)("$queue: becomes a dead letter at once; the others go on", async ({ queue, code }) => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    for (let rounds = 0; rounds < 6 && queued(queue, tenant.id).length === 0; rounds++) await advanceOne(tenant, queue);
    const good = take(queue, tenant.id);
    expect(good.length).toBeGreaterThan(0);
    const verdict = await deliver(queue, [broken(queue, tenant), ...good]);
    expect(verdict).toEqual({ acked: [`broken-${queue}`, ...good.map((message) => message.id)], retried: [] });
    expect(await deadLettersOf(tenant)).toMatchObject([{ queue, errorCode: code, attempts: 1 }]);
    await settle(tenant);
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 12 }]);
    expect(await storedLogs(tenant)).toHaveLength(12);
  });

  async function advanceOne(tenant: Tenant, until: string): Promise<void> {
    for (const queue of ["raw-logs", "normalized-logs", "incident-events"] as const) {
      if (queue === until) return;
      await step(queue, tenant);
      if (queue === "normalized-logs") await storeAlarm(tenant);
    }
  }

  test.each([
    { name: "neither envelope nor pointer", body: { hello: "world" } },
    { name: "a text", body: "garbage" },
    { name: "random bytes", body: new Uint8Array([9, 9, 9, 9]).buffer },
    { name: "nothing", body: null },
  ])("$name belongs to no tenant, and is kept all the same", async ({ name, body }) => {
    const verdict = await deliver("raw-logs", [
      { id: `alien ${name}`, queue: "raw-logs", tenantId: "", body, attempts: 1 },
    ]);
    expect(verdict.acked).toHaveLength(1);
  });

  test("a raw envelope in the normalized queue is a dead letter of its tenant", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(1));
    await deliver("normalized-logs", take("raw-logs", tenant.id));
    expect(await deadLettersOf(tenant)).toMatchObject([{ queue: "normalized-logs", errorCode: "invalid_envelope" }]);
  });
});
