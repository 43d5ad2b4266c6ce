import "./support/bindings.ts";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  addChannel,
  again,
  answers,
  arrived,
  channelsOf,
  KINDS,
  received,
  release,
  tryChannels,
  waiting,
  withChannel,
} from "./support/channels.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, deadLettersOf, replay } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, exhaust, messagesAt, settle } from "./support/pipeline.ts";
import { take } from "./support/queues.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

describe.each(KINDS)("an incident told by %s", (kind) => {
  test("is one message, and none in the usual Slack channel", async () => {
    const { tenant, key, message } = await waiting(kind);
    await deliver("notification-events", [message]);
    expect(await received(key)).toHaveLength(1);
    expect(await slackCalls(tenant)).toEqual([]);
    expect(await channelsOf(tenant)).toMatchObject([{ lastDeliveredAt: Date.now(), failingSince: null }]);
  });

  test("is one message however often its event comes", async () => {
    const { key, message } = await waiting(kind);
    for (const batch of [[message], [message, message], [message], [message]]) {
      await deliver("notification-events", batch);
    }
    expect(await received(key)).toHaveLength(1);
  });

  test("is one message by five senders at once", async () => {
    const { key, message } = await waiting(kind);
    const verdicts = await Promise.all(Array.from({ length: 5 }, () => deliver("notification-events", [message])));
    expect(verdicts.some((verdict) => verdict.acked.length > 0)).toBe(true);
    await deliver("notification-events", [again(message)]);
    expect(await received(key)).toHaveLength(1);
  });

  test.each(["before", "after"] as const)("is one message when D1 fails once %s it notes the sending", async (when) => {
    const { key, message } = await waiting(kind);
    const fault = fail("db", 'update "deliveries"', { times: 1, when });
    await deliver("notification-events", [message]);
    expect(fault.tripped).toBe(1);
    advance(61_000);
    await deliver("notification-events", [again(message)]);
    expect(await received(key)).toHaveLength(1);
  });

  test("of a sender that died is sent by the next when its claim is over", async () => {
    const { key, message } = await waiting(kind);
    await answers(key, [{ status: 500 }]);
    fail("db", 'update "deliveries"', { times: 1 });
    await deliver("notification-events", [message]);
    expect((await deliver("notification-events", [again(message)])).retried).toHaveLength(1);
    expect(await received(key)).toHaveLength(1);
    advance(61_000);
    expect((await deliver("notification-events", [again(message, 3)])).acked).toHaveLength(1);
    expect(await received(key)).toHaveLength(2);
  });

  test("is not told while it is switched off", async () => {
    const { tenant, key, channel, message } = await waiting(kind);
    await tryChannels(tenant, "PATCH", `/channels/${channel.id}`, { enabled: false });
    expect((await deliver("notification-events", [message])).acked).toHaveLength(1);
    expect(await received(key)).toEqual([]);
    expect(await slackCalls(tenant)).toEqual([]);
  });

  test("that the receiver will not have is a dead letter once, that a replay delivers", async () => {
    const { tenant, key, message } = await waiting(kind);
    await answers(key, [{ status: 403 }]);
    expect(await exhaust("notification-events", message)).toEqual({ attempts: 1, delays: [] });
    const letters = await deadLettersOf(tenant);
    expect(letters).toMatchObject([{ queue: "notification-events", errorCode: "delivery_failed" }]);
    expect(await channelsOf(tenant)).toMatchObject([
      { failingSince: Date.now(), lastError: expect.stringMatching("403") },
    ]);
    take("jobs", tenant.id);
    await replay(tenant, letters[0]?.id);
    await settle(tenant);
    expect(await received(key)).toHaveLength(2);
    expect(await deadLettersOf(tenant)).toEqual([]);
    expect(await channelsOf(tenant)).toMatchObject([{ failingSince: null }]);
  });
});

test.each(["discord", "webhook"] as const)("%s: a notice waits as long as the receiver asks", async (kind) => {
  const { tenant, key, message } = await waiting(kind);
  await answers(key, [{ status: 429, headers: { "retry-after": "37" } }]);
  expect(await exhaust("notification-events", message)).toEqual({ attempts: 2, delays: [37] });
  expect(await deadLettersOf(tenant)).toEqual([]);
});

test("a receiver that takes its time holds up nobody else's message", async () => {
  const [slow, quick] = [await waiting("webhook"), await waiting("webhook")];
  await answers(slow.key, [{ status: 200, manner: "waits" }]);
  const verdict = deliver("notification-events", [slow.message, quick.message]);
  await arrived(quick.key);
  expect(await release(slow.key)).toBe(true);
  expect((await verdict).acked).toHaveLength(2);
});

describe("several channels", () => {
  test("get the message each, by an event each", async () => {
    const tenant = await createTenant();
    const made = [];
    for (const kind of KINDS) made.push(await withChannel(tenant, kind));
    const slack = await addChannel(tenant, { kind: "slack", name: "slack", channel: tenant.channel });
    await accepted(tenant.key, events(12));
    const [message] = await messagesAt("notification-events", tenant);
    if (message === undefined) throw new Error("nothing to tell");
    for (let n = 0; n < 2; n++) await deliver("notification-events", [message]);
    take("jobs", tenant.id);
    await settle(tenant);
    for (const { key } of made) expect(await received(key)).toHaveLength(1);
    expect((await slackCalls(tenant)).map((call) => call.method)).toEqual(["chat.postMessage"]);
    expect((await channelsOf(tenant)).find(({ id }) => id === slack.id)?.lastDeliveredAt).toBe(Date.now());
  });

  test("are fifty, and an event with long texts still reaches them all", async () => {
    const tenant = await createTenant();
    const hooks = [];
    for (let n = 0; n < 50; n++) hooks.push(await withChannel(tenant, "webhook", `${n}`));
    await accepted(tenant.key, events(12, { message: "😀".repeat(300), service: "é".repeat(200) }));
    await settle(tenant);
    for (const { key } of hooks) expect((await received(key)).length).toBeGreaterThan(0);
    expect(await deadLettersOf(tenant)).toEqual([]);
  });

  test("of which one is broken: the others have theirs once, and it alone is a dead letter, once", async () => {
    const tenant = await createTenant();
    const [good, bad, slow] = [
      await withChannel(tenant, "webhook", "good"),
      await withChannel(tenant, "webhook", "bad"),
      await withChannel(tenant, "webhook", "slow"),
    ];
    await answers(bad.key, [{ status: 410 }]);
    await answers(slow.key, [{ status: 503 }, { status: 503 }]);
    await accepted(tenant.key, events(12));
    const [message] = await messagesAt("notification-events", tenant);
    if (message === undefined) throw new Error("nothing to tell");
    take("jobs", tenant.id);
    await deliver("notification-events", [message]);
    await settle(tenant);
    expect(await received(good.key)).toHaveLength(1);
    expect(await received(bad.key)).toHaveLength(1);
    expect(await received(slow.key)).toHaveLength(3);
    expect(await deadLettersOf(tenant)).toMatchObject([{ errorMessage: "the receiver answers 410" }]);
    const failing = (await channelsOf(tenant)).filter((channel) => channel.failingSince !== null);
    expect(failing).toMatchObject([{ name: "bad", lastError: "the receiver answers 410" }]);
  });
});
