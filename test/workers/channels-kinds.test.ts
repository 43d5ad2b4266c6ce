import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { beforeAll, describe, expect, test } from "vitest";
import { escalateIncident } from "../../services/incidents/escalate.ts";
import { addChannel, again, answers, discordUrl, hookUrl, received, tryChannels, waiting } from "./support/channels.ts";
import { advance, stopClock } from "./support/clock.ts";
import { accepted, changeStatus, deadLettersOf, incidentsOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, exhaust, messagesAt, settle } from "./support/pipeline.ts";
import { take } from "./support/queues.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

describe("an e-mail", () => {
  const subject = (body: string | undefined) =>
    Buffer.from(/Subject: =\?utf-8\?B\?([^?]*)/.exec(body ?? "")?.[1] ?? "", "base64").toString();

  test("comes from the deployment's sender, and counts of the same incident bring no other", async () => {
    const { tenant, key, message } = await waiting("email");
    await deliver("notification-events", [message]);
    take("jobs", tenant.id);
    advance(31_000);
    await accepted(tenant.key, events(30));
    await settle(tenant);
    take("jobs", tenant.id);
    const [mail, ...others] = await received(key);
    expect(others).toEqual([]);
    expect(mail?.headers).toMatchObject({ "x-envelope-from": env.EMAIL_FROM, "x-envelope-to": key });
    expect(subject(mail?.body)).toContain("[HIGH] checkout: ");
  });

  test("follows for each thing that happens", async () => {
    const { tenant, key, message } = await waiting("email");
    await deliver("notification-events", [message]);
    take("jobs", tenant.id);
    const [incident] = await incidentsOf(tenant);
    await changeStatus(tenant, incident?.id ?? "", "RESOLVED");
    const resolved = take("notification-events", tenant.id);
    for (let n = 0; n < 2; n++) await deliver("notification-events", resolved);
    expect((await received(key)).map((mail) => subject(mail.body).split(" ")[1])).toEqual(["checkout:", "Resolved:"]);
  });

  test("of which one recipient's fails goes to the others, and on the next try to that one alone", async () => {
    const tenant = await createTenant();
    const [a, b, c] = ["a", "b", "c"].map((name) => `${name}-${tenant.id}@acme.test`);
    await addChannel(tenant, { kind: "email", name: "x", to: [a, b, c] });
    await accepted(tenant.key, events(12));
    const [message] = await messagesAt("notification-events", tenant);
    if (message === undefined || b === undefined) throw new Error("nothing to tell");
    await answers(b, [{ status: 503 }]);
    expect(await exhaust("notification-events", message)).toMatchObject({ attempts: 2 });
    for (const [address, count] of [
      [a, 1],
      [b, 2],
      [c, 1],
    ] as const) {
      expect(await received(address ?? "")).toHaveLength(count);
    }
  });
});

test("an e-mail that one recipient will never take is tried again for another", async () => {
  const tenant = await createTenant();
  const [never, later] = ["never", "later"].map((name) => `${name}-${tenant.id}@acme.test`);
  await addChannel(tenant, { kind: "email", name: "x", to: [never, later] });
  await accepted(tenant.key, events(12));
  const [message] = await messagesAt("notification-events", tenant);
  if (message === undefined || never === undefined || later === undefined) throw new Error("nothing to tell");
  await answers(never, [{ status: 400 }, { status: 400 }]);
  await answers(later, [{ status: 503 }]);
  expect(await exhaust("notification-events", message)).toMatchObject({ attempts: 2 });
  expect(await received(later)).toHaveLength(2);
  expect(await deadLettersOf(tenant)).toHaveLength(1);
});

describe("a Discord message", () => {
  test("is posted anew where the channel's URL has changed: the old one cannot be edited from there", async () => {
    const { tenant, key, channel, message } = await waiting("discord");
    await deliver("notification-events", [message]);
    take("jobs", tenant.id);
    await tryChannels(tenant, "PATCH", `/channels/${channel.id}`, { url: discordUrl(`${key}-2`) });
    const [incident] = await incidentsOf(tenant);
    await changeStatus(tenant, incident?.id ?? "", "RESOLVED");
    await settle(tenant);
    expect((await received(key)).map((call) => call.method)).toEqual(["POST"]);
    expect((await received(`${key}-2`)).map((call) => call.method)).toEqual(["POST"]);
  });

  test("is followed by another when nobody has acknowledged, because an edit is heard by nobody", async () => {
    const { tenant, key, message } = await waiting("discord");
    await deliver("notification-events", [message]);
    take("jobs", tenant.id);
    const [incident] = await incidentsOf(tenant);
    await escalateIncident(tenant.scope, incident?.id ?? "");
    const escalated = take("notification-events", tenant.id);
    for (let n = 0; n < 2; n++) await deliver("notification-events", escalated);
    const calls = await received(key);
    expect(calls.map((call) => call.method)).toEqual(["POST", "POST"]);
    expect(calls[1]?.body).toContain("Escalated");
  });

  test("is edited in place when the incident changes, and what comes late is skipped", async () => {
    const { tenant, key, message } = await waiting("discord");
    await deliver("notification-events", [message]);
    take("jobs", tenant.id);
    const [incident] = await incidentsOf(tenant);
    await changeStatus(tenant, incident?.id ?? "", "RESOLVED");
    await deliver("notification-events", take("notification-events", tenant.id));
    await deliver("notification-events", [message]);
    const calls = await received(key);
    expect(calls.map((call) => call.method)).toEqual(["POST", "PATCH"]);
    expect(calls[0]?.path).toBe(`/api/webhooks/123456789/${key}?wait=true`);
    expect(calls[1]?.path).toMatch(new RegExp(`^/api/webhooks/123456789/${key}/messages/\\d+$`));
    expect(calls[1]?.body).toContain("RESOLVED");
  });

  test("that somebody deleted stays away", async () => {
    const { tenant, key, message } = await waiting("discord");
    await deliver("notification-events", [message]);
    take("jobs", tenant.id);
    await answers(key, [{ status: 404, body: '{"code":10008,"message":"Unknown Message"}' }]);
    const [incident] = await incidentsOf(tenant);
    await changeStatus(tenant, incident?.id ?? "", "RESOLVED");
    const [resolved] = take("notification-events", tenant.id);
    expect((await deliver("notification-events", resolved === undefined ? [] : [resolved])).acked).toHaveLength(1);
    expect(await deadLettersOf(tenant)).toEqual([]);
    expect((await received(key)).map((call) => call.method)).toEqual(["POST", "PATCH"]);
  });

  test("of a hostile log line is one that Discord takes, and mentions nobody", async () => {
    const line = "@everyone <@1> ``` **x** [a](https://evil.test)";
    const { key, message } = await waiting("discord", { message: line, service: "@here", environment: "<#1>" });
    expect((await deliver("notification-events", [message])).acked).toHaveLength(1);
    const [call] = await received(key);
    expect(JSON.parse(call?.body ?? "")).toMatchObject({ allowed_mentions: { parse: [] } });
  });
});

describe("a webhook's message", () => {
  test("is signed, and verified with the secret that was shown once", async () => {
    const { tenant, key, channel, message } = await waiting("webhook");
    await deliver("notification-events", [message]);
    const [call] = await received(key);
    const headers = { ...call?.headers };
    // The library looks at the time of day, and the clock stands still two days ahead.
    const signed = new Webhook(channel.signingSecret ?? "").sign(
      String(headers["webhook-id"]),
      new Date(Number(headers["webhook-timestamp"]) * 1000),
      call?.body ?? "",
    );
    expect(headers["webhook-signature"]).toBe(signed);
    expect(Number(headers["webhook-timestamp"])).toBe(Math.floor(Date.now() / 1000));
    const [incident] = await incidentsOf(tenant);
    expect(JSON.parse(call?.body ?? "")).toMatchObject({
      type: "incident.created",
      data: { schemaVersion: "v1", tenantId: tenant.id, incident: { id: incident?.id, occurrences: 12 } },
    });
  });

  test("keeps its id from try to try, and carries no key of the platform", async () => {
    const { key, message } = await waiting("webhook");
    await answers(key, [{ status: 500 }, { status: 302, headers: { location: hookUrl("elsewhere") } }]);
    await deliver("notification-events", [message]);
    await deliver("notification-events", [again(message)]);
    const calls = await received(key);
    expect(new Set(calls.map((call) => call.headers["webhook-id"])).size).toBe(1);
    expect(calls).toHaveLength(2);
    expect(await received("elsewhere")).toEqual([]);
    for (const { headers } of calls) {
      expect(Object.keys(headers).filter((name) => /auth|cookie|key|token/.test(name))).toEqual([]);
      expect(JSON.stringify(headers)).not.toContain(env.SLACK_BOT_TOKEN);
    }
  });

  test("goes to the new URL when that is changed, signed with the same secret", async () => {
    const { tenant, key, channel, message } = await waiting("webhook");
    await tryChannels(tenant, "PATCH", `/channels/${channel.id}`, { url: hookUrl(`${key}-2`) });
    await deliver("notification-events", [message]);
    expect(await received(key)).toEqual([]);
    const [call] = await received(`${key}-2`);
    const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = call?.headers ?? {};
    const expected = new Webhook(channel.signingSecret ?? "");
    expect(signature).toBe(expected.sign(String(id), new Date(Number(at) * 1000), call?.body ?? ""));
  });
});
