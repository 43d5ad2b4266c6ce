import "./support/bindings.ts";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import type { QueueName } from "../../schema/contracts/dead-letter.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, type Place, repair } from "./support/faults.ts";
import { accepted, ask, deadLetterOf, deadLettersOf, incidentsOf, replay, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, exhaust, messagesAt, settle } from "./support/pipeline.ts";
import { putBack, queued, type Sent } from "./support/queues.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

/** What each consumer leans on, and how often a message is tried. */
const dependencies: { queue: QueueName; stage: string; name: string; place: Place; match: string; attempts: number }[] =
  [
    {
      queue: "raw-logs",
      stage: "normalization-service",
      name: "D1",
      place: "db",
      match: 'from "grouping_rule_sets"',
      attempts: 9,
    },
    {
      queue: "raw-logs",
      stage: "normalization-service",
      name: "the next queue",
      place: "queue",
      match: "normalized-logs",
      attempts: 9,
    },
    {
      queue: "normalized-logs",
      stage: "clustering-service",
      name: "the store object",
      place: "store",
      match: "",
      attempts: 9,
    },
    {
      queue: "incident-events",
      stage: "incident-service",
      name: "D1",
      place: "db",
      match: 'insert into "incidents"',
      attempts: 9,
    },
    {
      queue: "incident-events",
      stage: "incident-service",
      name: "the next queue",
      place: "queue",
      match: "notification-events",
      attempts: 9,
    },
    {
      queue: "notification-events",
      stage: "notification-service",
      name: "D1",
      place: "db",
      match: '"slack_messages"',
      attempts: 9,
    },
    { queue: "jobs", stage: "job-service", name: "D1", place: "db", match: 'update "incidents"', attempts: 6 },
  ];

/** A tenant with twelve like events, one message of which waits in the queue. */
async function waitingIn(queue: QueueName): Promise<{ tenant: Tenant; message: Sent }> {
  const tenant = await createTenant();
  await accepted(tenant.key, events(12));
  const [message, ...others] = await messagesAt(queue, tenant);
  if (message === undefined || others.length > 0) throw new Error(`not one message in ${queue}`);
  return { tenant, message };
}

async function expectAllWell(tenant: Tenant): Promise<void> {
  await settle(tenant);
  expect(await storedLogs(tenant)).toHaveLength(12);
  expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 12, summary: { model: "extractive" } }]);
  const posts = (await slackCalls(tenant)).filter((call) => call.method === "chat.postMessage");
  expect(posts).toHaveLength(1);
}

describe("a dependency that fails once", () => {
  test.each(dependencies)("$queue without $name: is tried again, and all is well", async ({ queue, place, match }) => {
    const { tenant, message } = await waitingIn(queue);
    const fault = fail(place, match, { times: 1 });
    const verdict = await deliver(queue, [message]);
    expect(fault.tripped).toBe(1);
    expect(verdict.acked).toEqual([]);
    expect(verdict.retried).toMatchObject([{ id: message.id }]);
    putBack([{ ...message, attempts: 2 }]);
    await expectAllWell(tenant);
    expect(await deadLettersOf(tenant)).toEqual([]);
  });

  test.each(dependencies)(
    "$queue, whose $name does its work but does not answer: to one effect",
    async ({ queue, place, match }) => {
      const { tenant, message } = await waitingIn(queue);
      fail(place, match, { times: 1, when: "after" });
      await deliver(queue, [message]);
      // Past any claim that the lost answer left behind.
      advance(31_000);
      putBack([{ ...message, attempts: 2 }]);
      await expectAllWell(tenant);
      expect(await deadLettersOf(tenant)).toEqual([]);
    },
  );

  test("fails only the messages that need it: another tenant's in the same batch goes on", async () => {
    const broken = await waitingIn("normalized-logs");
    const fine = await waitingIn("normalized-logs");
    fail("store", broken.tenant.id);
    const verdict = await deliver("normalized-logs", [broken.message, fine.message]);
    expect(verdict.acked).toEqual([fine.message.id]);
    expect(verdict.retried).toMatchObject([{ id: broken.message.id }]);
  });
});

describe("a dependency that fails for good", () => {
  test.each(dependencies)("$queue without $name: growing delays, then a dead letter, then a replay", async (one) => {
    const { queue, stage, place, match } = one;
    const { tenant, message } = await waitingIn(queue);
    fail(place, match);
    const { attempts, delays } = await exhaust(queue, message);
    expect(attempts).toBe(one.attempts);
    for (const [index, delay] of delays.entries()) {
      const least = 2 ** Math.min(index + 1, 8);
      expect(delay).toBeGreaterThanOrEqual(least);
      expect(delay).toBeLessThanOrEqual(Math.ceil(least * 1.25));
    }
    const [letter, ...others] = await deadLettersOf(tenant);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ queue, stage, attempts: one.attempts, errorCode: "internal", replayedAt: null });
    expect(letter?.errorMessage).toMatch(/fails|Failed query/);
    const { event } = await deadLetterOf(tenant, letter?.id ?? "");
    expect(event).toMatchObject({ failedAt: stage, errorMessage: letter?.errorMessage });

    repair();
    await replay(tenant, letter?.id);
    expect(queued(queue, tenant.id)).toHaveLength(1);
    await expectAllWell(tenant);
    expect(await deadLettersOf(tenant)).toEqual([]);
  });

  test("a replay that is repeated changes nothing", async () => {
    const { tenant, message } = await waitingIn("normalized-logs");
    fail("store", tenant.id);
    await exhaust("normalized-logs", message);
    repair();
    const [letter] = await deadLettersOf(tenant);
    for (let n = 0; n < 3; n++) await replay(tenant, letter?.id);
    await expectAllWell(tenant);
  });

  test("a replay whose queue refuses leaves the dead letter as it was", async () => {
    const { tenant, message } = await waitingIn("raw-logs");
    fail("queue", "normalized-logs");
    await exhaust("raw-logs", message);
    repair();
    const [letter] = await deadLettersOf(tenant);
    fail("queue", "raw-logs");
    await expect(replay(tenant, letter?.id)).rejects.toThrow("503");
    expect(await deadLettersOf(tenant)).toMatchObject([{ id: letter?.id, replayedAt: null }]);
  });

  test("replay of all, or of all of a queue, says how many", async () => {
    const tenant = await createTenant();
    for (const service of ["a", "b", "c"]) await accepted(tenant.key, events(1, { service }));
    const messages = await messagesAt("normalized-logs", tenant);
    fail("store", tenant.id);
    for (const message of messages) await exhaust("normalized-logs", message);
    repair();
    const Replayed = z.object({ replayed: z.number(), more: z.boolean() });
    const path = "/api/v1/dead-letters/replay";
    expect(await ask(tenant, Replayed, `${path}?queue=jobs`, { method: "POST" })).toEqual({ replayed: 0, more: false });
    expect(await ask(tenant, Replayed, path, { method: "POST" })).toEqual({ replayed: 3, more: false });
    expect(await ask(tenant, Replayed, path, { method: "POST" })).toEqual({ replayed: 0, more: false });
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(3);
  });
});

describe("a dead letter that cannot be recorded", () => {
  const recordings: { name: string; place: Place; match: string }[] = [
    { name: "R2", place: "bucket.put", match: "dead-letters/" },
    { name: "D1", place: "db", match: '"dead_letters"' },
  ];
  test.each(recordings)(
    "for lack of $name is tried again, and recorded when that is back",
    async ({ place, match }) => {
      const { tenant, message } = await waitingIn("raw-logs");
      fail("queue", "normalized-logs");
      fail(place, match, { times: 1 });
      expect((await deliver("raw-logs", [{ ...message, attempts: 9 }])).retried).toHaveLength(1);
      expect((await deliver("raw-logs", [{ ...message, attempts: 10 }])).acked).toHaveLength(1);
      expect(await deadLettersOf(tenant)).toHaveLength(1);
    },
  );

  const queues = ["raw-logs", "normalized-logs", "incident-events", "notification-events", "jobs"] as const;
  test.each(queues)("%s: goes to the native dead-letter queue, is recorded there, and replayed", async (queue) => {
    const { tenant, message } = await waitingIn(queue);
    const stage = dependencies.find((one) => one.queue === queue)?.stage;
    const dead = { ...message, id: "native", queue: "raw-logs-dlq" };
    fail("db", '"dead_letters"', { times: 1 });
    expect((await deliver("raw-logs-dlq", [dead])).retried).toHaveLength(1);
    expect((await deliver("raw-logs-dlq", [{ ...dead, attempts: 2 }])).acked).toHaveLength(1);
    // A backstop that is delivered twice is still one dead letter.
    await deliver("raw-logs-dlq", [dead]);
    expect(await deadLettersOf(tenant)).toMatchObject([{ queue, stage }]);
    await replay(tenant);
    await expectAllWell(tenant);
  });

  test.each([
    { type: "MERGE_SEGMENTS", queue: "jobs", stage: "job-service" },
    { type: "NEW_PATTERNS", queue: "jobs", stage: "job-service" },
    { type: "DIGEST_EVENT", queue: "notification-events", stage: "notification-service" },
  ])("$type in the native dead-letter queue is known to come from $queue", async ({ type, queue, stage }) => {
    const tenant = await createTenant();
    const body = { type, tenantId: tenant.id };
    const message = { id: type, queue: "raw-logs-dlq", tenantId: tenant.id, body, attempts: 1 };
    expect((await deliver("raw-logs-dlq", [message])).acked).toHaveLength(1);
    expect(await deadLettersOf(tenant)).toMatchObject([{ queue, stage }]);
  });
});
