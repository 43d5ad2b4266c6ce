import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, ask, changeStatus, deadLettersOf, incidentsOf, replay } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, exhaust, messagesAt, settle } from "./support/pipeline.ts";
import { putBack, type Sent, take } from "./support/queues.ts";
import { script, slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

/** A tenant whose incident waits to be shown. */
async function waiting(event: Record<string, unknown> = {}): Promise<{ tenant: Tenant; message: Sent }> {
  const tenant = await createTenant();
  await accepted(tenant.key, events(12, event));
  const [message] = await messagesAt("notification-events", tenant);
  if (message === undefined) throw new Error("nothing to show");
  return { tenant, message };
}

async function methods(tenant: Tenant): Promise<string[]> {
  return (await slackCalls(tenant)).map((call) => call.method);
}

describe("an incident's Slack message", () => {
  test("is one call, with token, channel, a text and blocks", async () => {
    const { tenant, message } = await waiting();
    await deliver("notification-events", [message]);
    const [call, ...others] = await slackCalls(tenant);
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      method: "chat.postMessage",
      authorization: `Bearer ${env.SLACK_BOT_TOKEN}`,
      body: { channel: tenant.channel },
    });
    expect(call?.body.text).toContain("HIGH in checkout");
    expect(call?.body.blocks.map((block) => block.type)).toEqual(["header", "section", "section", "actions"]);
    const [incident] = await incidentsOf(tenant);
    expect(JSON.stringify(call?.body.blocks)).toContain(`${env.PUBLIC_URL}/api/v1/incidents/${incident?.id}`);
  });

  test("is edited in place when the summary is there", async () => {
    const { tenant, message } = await waiting();
    putBack([message]);
    await settle(tenant);
    const [post, update, ...others] = await slackCalls(tenant);
    expect(others).toEqual([]);
    expect([post?.method, update?.method]).toEqual(["chat.postMessage", "chat.update"]);
    expect(post?.body.ts).toBeUndefined();
    expect(update?.body).toMatchObject({ channel: `C-${tenant.channel}`, ts: expect.stringMatching(/^\d+\.\d+$/) });
    expect(JSON.stringify(update?.body.blocks)).toContain("Probable cause");
  });

  test("waits for nothing: it goes out before the summary is begun", async () => {
    const { tenant, message } = await waiting();
    await deliver("notification-events", [message]);
    expect(await methods(tenant)).toEqual(["chat.postMessage"]);
    expect(await incidentsOf(tenant)).toMatchObject([{ summary: null }]);
  });

  test("is posted once however often its event comes", async () => {
    const { tenant, message } = await waiting();
    for (const batch of [[message], [message, message], [message]]) await deliver("notification-events", batch);
    expect(await methods(tenant)).toEqual(["chat.postMessage"]);
  });

  test.each([2, 5])("is posted once by %i senders at once", async (senders) => {
    const { tenant, message } = await waiting();
    const verdicts = await Promise.all(
      Array.from({ length: senders }, () => deliver("notification-events", [message])),
    );
    expect(verdicts.filter((verdict) => verdict.acked.length > 0).length).toBeGreaterThan(0);
    for (const verdict of verdicts.filter((one) => one.retried.length > 0)) {
      expect(verdict.retried[0]?.delaySeconds).toBeGreaterThan(0);
      expect((await deliver("notification-events", [{ ...message, attempts: 2 }])).acked).toHaveLength(1);
    }
    expect(await methods(tenant)).toEqual(["chat.postMessage"]);
  });

  test.each(["before", "after"] as const)("is posted once when D1 fails once %s it notes the post", async (when) => {
    const { tenant, message } = await waiting();
    const fault = fail("db", 'update "slack_messages"', { times: 1, when });
    await deliver("notification-events", [message]);
    expect(fault.tripped).toBe(1);
    advance(31_000);
    await deliver("notification-events", [{ ...message, attempts: 2 }]);
    expect(await methods(tenant)).toEqual(["chat.postMessage"]);
  });

  test("of a sender that died is posted by the next when its claim is over", async () => {
    const { tenant, message } = await waiting();
    fail("db", 'from "incident_history"', { times: 1 });
    fail("db", 'update "slack_messages"', { times: 1 });
    await deliver("notification-events", [message]);
    expect((await deliver("notification-events", [{ ...message, attempts: 2 }])).retried).toHaveLength(1);
    expect(await methods(tenant)).toEqual([]);
    advance(31_000);
    expect((await deliver("notification-events", [{ ...message, attempts: 3 }])).acked).toHaveLength(1);
    expect(await methods(tenant)).toEqual(["chat.postMessage"]);
    // Nobody knows how far it came.
    expect(JSON.stringify(await slackCalls(tenant))).toContain("twice");
  });

  test("is edited by the next sender when the one who posted it died right after", async () => {
    const { tenant, message } = await waiting();
    fail("db", "slack_notices", { times: 1 });
    const fault = fail("db", '"sender" = ?, "lease_token"', { times: 1 });
    await deliver("notification-events", [message]);
    expect(fault.tripped).toBe(1);
    advance(31_000);
    expect((await deliver("notification-events", [{ ...message, attempts: 2 }])).acked).toHaveLength(1);
    expect(await methods(tenant)).toEqual(["chat.postMessage", "chat.update"]);
    expect(JSON.stringify(await slackCalls(tenant))).not.toContain("twice");
  });

  test("shows the present state, not the one of the event: what comes late is skipped", async () => {
    const { tenant, message } = await waiting();
    const [incident] = await incidentsOf(tenant);
    await changeStatus(tenant, incident?.id ?? "", "RESOLVED");
    const resolved = take("notification-events", tenant.id);
    expect(resolved).toHaveLength(1);
    await deliver("notification-events", resolved);
    await deliver("notification-events", [message]);
    const calls = await slackCalls(tenant);
    expect(calls.map((call) => call.method)).toEqual(["chat.postMessage"]);
    expect(JSON.stringify(calls[0]?.body.blocks)).toContain("RESOLVED");
  });

  test("of a tenant without a channel goes to the platform's", async () => {
    const tenant = await createTenant({ settings: { slackChannel: undefined } });
    await accepted(tenant.key, events(12));
    await settle(tenant);
    const calls = await slackCalls({ ...tenant, channel: env.SLACK_CHANNEL });
    const [incident] = await incidentsOf(tenant);
    expect(calls.filter((call) => JSON.stringify(call.body.blocks).includes(String(incident?.id)))).not.toEqual([]);
  });
});

describe("what Slack may answer", () => {
  const ok = { status: 200, body: { ok: true, channel: "C-x", ts: "1.1" } };
  const passing = [
    { name: "500", answer: { status: 500, body: {} }, unsure: true },
    { name: "503", answer: { status: 503, body: {} }, unsure: true },
    { name: "no JSON that it knows", answer: { status: 200, body: "hello" }, unsure: true },
    { name: "internal_error", answer: { status: 200, body: { ok: false, error: "internal_error" } }, unsure: true },
    { name: "ratelimited", answer: { status: 200, body: { ok: false, error: "ratelimited" } }, unsure: false },
  ];
  test.each(passing)("$name: is tried again, and says whether it may be there twice", async ({ answer, unsure }) => {
    const { tenant, message } = await waiting();
    await script(tenant, [answer, ok]);
    expect(await exhaust("notification-events", message)).toMatchObject({ attempts: 2 });
    expect(await deadLettersOf(tenant)).toEqual([]);
    expect((await slackCalls(tenant)).map(({ body }) => JSON.stringify(body).includes("twice"))).toEqual([
      false,
      unsure,
    ]);
    const [incident] = await incidentsOf(tenant);
    const Detail = z.object({ slack: z.array(z.object({ channel: z.string(), mayBeDoubled: z.number() })) });
    expect(await ask(tenant, Detail, `/api/v1/incidents/${incident?.id}`)).toEqual({
      slack: [{ channel: tenant.channel, mayBeDoubled: unsure ? 1 : 0 }],
    });
  });

  test("nothing, because it is not there: is tried again, and says that it may be there twice", async () => {
    const { tenant, message } = await waiting();
    const { SLACK_API_URL } = env;
    Object.assign(env, { SLACK_API_URL: "http://127.0.0.1:1/api" });
    const { retried } = await deliver("notification-events", [message]);
    Object.assign(env, { SLACK_API_URL });
    expect(retried).toHaveLength(1);
    expect((await deliver("notification-events", [{ ...message, attempts: 2 }])).acked).toHaveLength(1);
    expect((await slackCalls(tenant)).map(({ body }) => JSON.stringify(body).includes("twice"))).toEqual([true]);
  });

  test("429: is tried again after the time that Retry-After names", async () => {
    const { tenant, message } = await waiting();
    await script(tenant, [
      { status: 429, headers: { "retry-after": "37" }, body: { ok: false, error: "ratelimited" } },
      ok,
    ]);
    const { attempts, delays } = await exhaust("notification-events", message);
    expect(attempts).toBe(2);
    expect(delays).toEqual([37]);
  });

  const final = [
    "invalid_auth",
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "invalid_blocks",
    "token_revoked",
  ];
  test.each(final)("%s: is a dead letter at once, that a replay delivers when it is mended", async (error) => {
    const { tenant, message } = await waiting();
    await script(tenant, [{ status: 200, body: { ok: false, error } }]);
    expect(await exhaust("notification-events", message)).toEqual({ attempts: 1, delays: [] });
    const [letter] = await deadLettersOf(tenant);
    expect(letter).toMatchObject({ queue: "notification-events", errorCode: "delivery_failed" });
    expect(letter?.errorMessage).toContain(error);
    await replay(tenant, letter?.id);
    await settle(tenant);
    expect((await methods(tenant)).filter((method) => method === "chat.postMessage")).toHaveLength(2);
    expect(await deadLettersOf(tenant)).toEqual([]);
  });

  test("a redirect is not followed: the token goes nowhere else", async () => {
    const { tenant, message } = await waiting();
    await script(tenant, [{ status: 302, headers: { location: `${env.SLACK_API_URL}/chat.postMessage` }, body: {} }]);
    expect(await exhaust("notification-events", message)).toMatchObject({ attempts: 1 });
    expect(await methods(tenant)).toEqual(["chat.postMessage"]);
  });
});

describe("a log line cannot make Slack do anything", () => {
  const lines = [
    "<!channel> wake up",
    "<!here|here> wake up",
    "<@U123456> look",
    "<https://evil.test|click here>",
    "a ``` *bold* _it_ ~no~ & < > end",
  ];
  test.each(lines)("%s", async (line) => {
    const { tenant, message } = await waiting({ message: line, service: "<!channel>", environment: "<@U1>" });
    putBack([message]);
    await settle(tenant);
    const calls = await slackCalls(tenant);
    expect(calls.length).toBeGreaterThan(1);
    for (const { body } of calls) {
      const markdown = [body.text, ...mrkdwnOf(body.blocks)];
      for (const text of markdown) {
        // Only our own dates may stand in angle brackets, and only our own fences in backticks.
        const foreign = text.replace(/<!date\^\d+\^[^<>|]+\|[^<>|]+>/g, "").replace(/^```|```$/g, "");
        expect(foreign).not.toMatch(/[<>]|```/);
      }
    }
  });

  /** The texts that Slack would parse as mrkdwn. */
  function mrkdwnOf(value: unknown): string[] {
    if (typeof value !== "object" || value === null) return [];
    if ("type" in value && value.type === "mrkdwn" && "text" in value) return [String(value.text)];
    return Object.values(value).flatMap(mrkdwnOf);
  }
});
