import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { channelAccess } from "../../workers/channel-access.ts";
import {
  addChannel,
  answers,
  channelsOf,
  hookUrl,
  KINDS,
  received,
  testChannel,
  tryChannels,
  withChannel,
} from "./support/channels.ts";
import { advance, stopClock } from "./support/clock.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

describe("channels", () => {
  test("are made, listed by name, changed and deleted; secrets are never shown again", async () => {
    const tenant = await createTenant();
    const { channel: webhook } = await withChannel(tenant, "webhook", "b");
    const slack = await addChannel(tenant, { kind: "slack", name: "a", channel: "#ops" });
    expect(webhook.signingSecret).toMatch(/^whsec_/);
    expect(slack).toMatchObject({ kind: "slack", config: { channel: "#ops" }, enabled: true, failingSince: null });
    const listed = await channelsOf(tenant);
    expect(listed.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(JSON.stringify(listed)).not.toMatch(/whsec_|hook\//);
    expect(listed[1]?.config).toEqual({ host: new URL(hookUrl("")).host });
    const path = `/channels/${slack.id}`;
    expect(await tryChannels(tenant, "PATCH", path, { channel: "#dev", enabled: false })).toEqual({ status: 200 });
    expect((await channelsOf(tenant))[0]).toMatchObject({ config: { channel: "#dev" }, enabled: false });
    expect(await tryChannels(tenant, "DELETE", path)).toEqual({ status: 204 });
    expect(await tryChannels(tenant, "DELETE", path)).toMatchObject({ status: 404 });
    expect((await channelsOf(tenant)).map(({ name }) => name)).toEqual(["b"]);
  });

  test.each([
    ["a name that is taken", { kind: "slack", name: "taken", channel: "#b" }, "conflict"],
    ["no name", { kind: "slack", channel: "#b" }, "invalid_query"],
    ["an unknown kind", { kind: "fax", name: "x" }, "invalid_query"],
    ["an unknown field", { kind: "slack", name: "x", channel: "#b", token: "xoxb" }, "invalid_query"],
    ["no recipients", { kind: "email", name: "x", to: [] }, "invalid_query"],
    ["21 recipients", { kind: "email", name: "x", to: Array(21).fill("a@b.test") }, "invalid_query"],
    ["a header in an address", { kind: "email", name: "x", to: ["a@b.test\r\nBcc: c@d.test"] }, "invalid_query"],
    ["two addresses in one", { kind: "email", name: "x", to: ["a@b.test,c@d.test"] }, "invalid_query"],
    ["a private URL", { kind: "webhook", name: "x", url: "https://10.0.0.1/" }, "invalid_url"],
    ["http", { kind: "webhook", name: "x", url: "http://acme.com/" }, "invalid_url"],
    [
      "another host for Discord",
      { kind: "discord", name: "x", url: "https://acme.com/api/webhooks/1/a" },
      "invalid_url",
    ],
    ["another path of Discord", { kind: "discord", name: "x", url: "https://discord.com/api/users/1" }, "invalid_url"],
  ])("are refused with %s", async (_, channel, code) => {
    const tenant = await createTenant();
    await addChannel(tenant, { kind: "slack", name: "taken", channel: "#a" });
    expect(await tryChannels(tenant, "POST", "/channels", channel)).toMatchObject({ code });
    expect(await channelsOf(tenant)).toHaveLength(1);
  });

  test("are not changed to another's name, nor by fields of another kind", async () => {
    const tenant = await createTenant();
    const { channel } = await withChannel(tenant, "webhook", "a");
    await withChannel(tenant, "email", "b");
    const path = `/channels/${channel.id}`;
    expect(await tryChannels(tenant, "PATCH", path, { name: "b" })).toMatchObject({ code: "conflict" });
    expect(await tryChannels(tenant, "PATCH", path, { to: ["a@b.test"] })).toMatchObject({ code: "invalid_query" });
    expect(await tryChannels(tenant, "PATCH", path, { url: "https://localhost/" })).toMatchObject({
      code: "invalid_url",
    });
    expect(await tryChannels(tenant, "PATCH", path, { name: "a" })).toEqual({ status: 200 });
  });

  test("are fifty at most", async () => {
    const tenant = await createTenant();
    for (let n = 0; n < 50; n++) await addChannel(tenant, { kind: "slack", name: `${n}`, channel: "#a" });
    expect(await tryChannels(tenant, "POST", "/channels", { kind: "slack", name: "x", channel: "#a" })).toMatchObject({
      code: "conflict",
    });
  });

  test("of another tenant are not there", async () => {
    const [a, b] = [await createTenant(), await createTenant()];
    const { channel } = await withChannel(a, "webhook");
    const path = `/channels/${channel.id}`;
    expect(await channelsOf(b)).toEqual([]);
    expect(await tryChannels(b, "PATCH", path, { enabled: false })).toMatchObject({ status: 404 });
    expect(await tryChannels(b, "POST", `${path}/test`)).toMatchObject({ status: 404 });
    expect(await tryChannels(b, "DELETE", path)).toMatchObject({ status: 404 });
    const routing = { routes: [], otherwise: [channel.id] };
    expect(await tryChannels(b, "PUT", "/routing", { routing, version: 0 })).toMatchObject({ code: "invalid_query" });
    expect(await channelsOf(a)).toMatchObject([{ enabled: true }]);
  });
});

describe("a test", () => {
  test.each(KINDS)("of %s arrives, once in ten seconds", async (kind) => {
    const tenant = await createTenant();
    const { key, channel } = await withChannel(tenant, kind);
    expect(await testChannel(tenant, channel.id)).toEqual({ delivered: true });
    expect(await received(key)).toHaveLength(1);
    expect(await tryChannels(tenant, "POST", `/channels/${channel.id}/test`)).toMatchObject({ code: "rate_limited" });
    advance(11_000);
    expect(await testChannel(tenant, channel.id)).toEqual({ delivered: true });
    expect(await received(key)).toHaveLength(2);
  });

  test("of Slack arrives in the channel that is named", async () => {
    const tenant = await createTenant();
    const channel = await addChannel(tenant, { kind: "slack", name: "a", channel: tenant.channel });
    expect(await testChannel(tenant, channel.id)).toEqual({ delivered: true });
    expect(await slackCalls(tenant)).toMatchObject([{ method: "chat.postMessage" }]);
  });

  test("that fails says why, and the channel is shown as failing until the next one arrives", async () => {
    const tenant = await createTenant();
    const { key, channel } = await withChannel(tenant, "webhook");
    await answers(key, [{ status: 404 }]);
    const error = "the receiver answers 404";
    expect(await testChannel(tenant, channel.id)).toEqual({ delivered: false, error, permanent: true });
    expect(await channelsOf(tenant)).toMatchObject([{ failingSince: Date.now(), lastError: error }]);
    advance(11_000);
    await testChannel(tenant, channel.id);
    expect(await channelsOf(tenant)).toMatchObject([
      { failingSince: null, lastError: null, lastDeliveredAt: Date.now() },
    ]);
  });
});

describe("Cloudflare's e-mail", () => {
  /** A mailer of a binding that does this with each message. */
  function mailer(send: () => Promise<EmailSendResult>) {
    const { mailer: made } = channelAccess({ ...env, EMAIL: { send } });
    if (made === undefined) throw new Error("no mailer");
    return made;
  }

  function refusing(code: string | undefined) {
    return mailer(() => Promise.reject(Object.assign(new Error("no"), code === undefined ? {} : { code })));
  }

  test("is used where it is bound", async () => {
    let sent = 0;
    const { from, send } = mailer(async () => ({ messageId: String(++sent) }));
    await send("a@acme.test", "Subject: x\r\n\r\ny");
    expect([from, sent]).toEqual([env.EMAIL_FROM, 1]);
  });

  test.each([
    ["E_RECIPIENT_NOT_ALLOWED", true],
    ["E_SENDER_NOT_VERIFIED", true],
    ["E_RATE_LIMIT_EXCEEDED", false],
    ["E_INTERNAL_SERVER_ERROR", false],
    [undefined, false],
  ])("that fails with %s: for good? %s", async (code, permanent) => {
    await expect(refusing(code).send("a@acme.test", "x")).rejects.toMatchObject({ code: "delivery_failed", permanent });
  });

  test("is missed where there is neither a binding nor an inbox, nor a sender", () => {
    expect(channelAccess({ ...env, EMAIL_API_URL: "" }).mailer).toBeUndefined();
    expect(channelAccess({ ...env, EMAIL_FROM: "" }).mailer).toBeUndefined();
  });
});
