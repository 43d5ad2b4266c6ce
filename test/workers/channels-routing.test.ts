import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { addChannel, channelsOf, route, tryChannels } from "./support/channels.ts";
import { advance, setClock, stopClock } from "./support/clock.ts";
import { ask, changeStatus, incidentsOf } from "./support/http.ts";
import { DAY, hook, MINUTE, opened, outage, settleWithoutJobs } from "./support/outage.ts";
import { sweep } from "./support/pipeline.ts";
import { script, slackCalls } from "./support/slack.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

/** 23:00 UTC of a day to come. */
function atNight(): void {
  setClock(Math.ceil(Date.now() / DAY) * DAY + 23 * 60 * MINUTE);
}

const night = { timeZone: "UTC", from: "22:00", to: "06:00" };

describe("a routing", () => {
  test("is saved as versions: of two who change the same one, the second is told so", async () => {
    const tenant = await createTenant();
    const Loaded = z.object({
      version: z.number(),
      routing: z.object({ routes: z.array(z.unknown()) }),
      actor: z.string().nullable(),
    });
    expect(await ask(tenant, Loaded, "/api/v1/routing")).toMatchObject({
      version: 0,
      routing: { routes: [] },
      actor: null,
    });
    expect(await route(tenant, { otherwise: [] })).toBe(1);
    const second = { routing: { routes: [] }, version: 0 };
    expect(await tryChannels(tenant, "PUT", "/routing", second)).toMatchObject({ status: 409, code: "conflict" });
    expect(await ask(tenant, Loaded, "/api/v1/routing")).toMatchObject({
      version: 1,
      actor: expect.stringMatching("^key:"),
    });
  });

  test.each([
    ["an unknown field", { routs: [] }],
    ["no time", { quietHours: { ...night, from: "25:00" } }],
    ["no time zone", { quietHours: { ...night, timeZone: "Mars/Olympus" } }],
    ["no minutes", { throttle: { notices: 1, minutes: 0 } }],
    ["nobody to escalate to", { escalation: { afterMinutes: 5, channels: [] } }],
    ["a channel that is not there", { otherwise: ["00000000-0000-4000-8000-000000000000"] }],
  ])("is refused with %s", async (_, routing) => {
    const tenant = await createTenant();
    expect(await tryChannels(tenant, "PUT", "/routing", { routing, version: 0 })).toMatchObject({
      code: "invalid_query",
    });
  });

  test("keeps the channels that it names from being deleted", async () => {
    const tenant = await createTenant();
    const { id } = await hook(tenant, "a");
    const version = await route(tenant, { otherwise: [id] });
    expect(await tryChannels(tenant, "DELETE", `/channels/${id}`)).toMatchObject({ code: "conflict" });
    await route(tenant, {}, version);
    expect(await tryChannels(tenant, "DELETE", `/channels/${id}`)).toEqual({ status: 204 });
  });

  test("sends incidents where it says, and nowhere else", async () => {
    const tenant = await createTenant();
    const [payments, rest] = [await hook(tenant, "payments"), await hook(tenant, "rest")];
    await route(tenant, {
      routes: [{ name: "pay", match: { services: ["pay*"], severities: ["HIGH"] }, channels: [payments.id] }],
      otherwise: [rest.id],
    });
    await outage(tenant, ["payment", "search"]);
    await outage(tenant, ["payroll"], { level: "WARN" });
    expect(await opened(payments.key)).toEqual(["incident.created payment"]);
    expect(await opened(rest.key)).toEqual(["incident.created search", "incident.created payroll"]);
    expect(await slackCalls(tenant)).toEqual([]);
  });
});

describe("quiet hours", () => {
  test("hold notices back, let the severe through, and end with one digest", async () => {
    const tenant = await createTenant();
    const { key } = await hook(tenant, "a");
    await route(tenant, { quietHours: { ...night, breakThrough: ["HIGH", "CRITICAL"] } });
    atNight();
    await outage(tenant, ["one", "two"], { level: "WARN" });
    await outage(tenant, ["three"]);
    expect(await opened(key)).toEqual(["incident.created three"]);
    advance(6 * 60 * MINUTE);
    await sweep();
    await settleWithoutJobs(tenant);
    expect(await opened(key)).toHaveLength(1);
    advance(61 * MINUTE);
    for (let n = 0; n < 2; n++) {
      await sweep();
      await settleWithoutJobs(tenant);
    }
    expect((await opened(key)).slice(1)).toEqual(["incident.digest one two"]);
  });

  test("do not make a Slack channel that fails look well", async () => {
    const tenant = await createTenant();
    await addChannel(tenant, { kind: "slack", name: "a", channel: tenant.channel });
    await route(tenant, { quietHours: night });
    setClock(Math.ceil(Date.now() / DAY) * DAY + 21 * 60 * MINUTE);
    const refusal = { status: 200, body: { ok: false, error: "is_archived" } };
    await script(tenant, Array<typeof refusal>(9).fill(refusal));
    await outage(tenant, ["evening"]);
    advance(2 * 60 * MINUTE);
    await outage(tenant, ["night"]);
    expect(await channelsOf(tenant)).toMatchObject([{ lastError: "Slack refuses: is_archived" }]);
  });

  test("hold back what would be posted in Slack, but no edit of what stands there", async () => {
    const tenant = await createTenant();
    await addChannel(tenant, { kind: "slack", name: "a", channel: tenant.channel });
    await route(tenant, { quietHours: night });
    setClock(Math.ceil(Date.now() / DAY) * DAY + 21 * 60 * MINUTE);
    await outage(tenant, ["evening"]);
    const before = (await slackCalls(tenant)).length;
    expect(before).toBeGreaterThan(0);
    advance(2 * 60 * MINUTE);
    await outage(tenant, ["night"]);
    expect(await slackCalls(tenant)).toHaveLength(before);
    const [evening] = await incidentsOf(tenant, "service=evening");
    await changeStatus(tenant, evening?.id ?? "", "ACKNOWLEDGED");
    await settleWithoutJobs(tenant);
    const after = await slackCalls(tenant);
    expect(after.slice(before).map((call) => call.method)).toContain("chat.update");
    advance(8 * 60 * MINUTE);
    await sweep();
    await settleWithoutJobs(tenant);
    const [digest, ...others] = (await slackCalls(tenant)).slice(after.length);
    expect(others).toEqual([]);
    expect(digest?.body.text).toBe("1 incident in night in 1 s");
  });
});
