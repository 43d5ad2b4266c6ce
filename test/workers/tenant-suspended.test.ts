import "./support/segments.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { expireDeadLetters } from "../../services/dead-letters/expire.ts";
import { retainSegments } from "../../services/logs/retain-segments.ts";
import { authorizeUrl } from "../../services/slack/oauth.ts";
import { signedIn } from "./support/auth.ts";
import { received, route, withChannel } from "./support/channels.ts";
import { advance, stopClock } from "./support/clock.ts";
import { everythingOf } from "./support/deletion.ts";
import { fail, repair } from "./support/faults.ts";
import { burst, CACHES_MS } from "./support/grouping.ts";
import { accepted, call, incidentsOf, post, problemOf } from "./support/http.ts";
import { tailAlarm, upgrade, watch } from "./support/live-tail.ts";
import { events } from "./support/logs.ts";
import { deliver, exhaust, messagesAt, settle, sweep } from "./support/pipeline.ts";
import { queued, take } from "./support/queues.ts";
import { allLogs, DAY_MS, flush, indexOf, objectsOf, platform } from "./support/segments.ts";
import { click, slackCalls } from "./support/slack.ts";
import { clickOf, scene } from "./support/slack-scene.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

async function set(tenant: Tenant, status: "active" | "suspended"): Promise<void> {
  await env.DB.prepare("UPDATE tenants SET status = ? WHERE id = ?").bind(status, tenant.id).run();
  advance(CACHES_MS);
}

async function expectRefused(response: Response): Promise<void> {
  expect(response.status).toBe(403);
  expect(await problemOf(response)).toMatchObject({ code: "tenant_suspended" });
}

describe("a suspended tenant is refused", () => {
  const doors: { name: string; knock: (tenant: Tenant) => Promise<Response> }[] = [
    { name: "when it sends", knock: ({ key }) => post(key, { message: "m" }) },
    { name: "when it reads logs", knock: ({ key }) => call("/api/v1/logs", { headers: { "x-api-key": key } }) },
    { name: "when it reads itself", knock: ({ key }) => call("/api/v1/tenant", { headers: { "x-api-key": key } }) },
    { name: "as a new socket", knock: ({ key }) => upgrade("/live/logs", { "x-api-key": key }) },
  ];
  test.each(doors)("$name, and let in again when it is active", async ({ knock }) => {
    const tenant = await createTenant();
    await set(tenant, "suspended");
    await expectRefused(await knock(tenant));
    await set(tenant, "active");
    const response = await knock(tenant);
    expect([101, 200, 202]).toContain(response.status);
    response.webSocket?.accept();
    response.webSocket?.close(1000);
  });

  test("as a person who is signed in", async () => {
    const tenant = await createTenant();
    const { accessToken } = await signedIn(tenant, "owner");
    const headers = { authorization: `Bearer ${accessToken}` };
    expect((await call("/api/v1/tenant", { headers })).status).toBe(200);
    await set(tenant, "suspended");
    advance(15_000);
    await expectRefused(await call("/api/v1/tenant", { headers }));
  });

  test("at its open sockets, within fifteen seconds", async () => {
    const tenant = await createTenant();
    const client = await watch(tenant);
    await set(tenant, "suspended");
    await tailAlarm(tenant);
    await client.isClosed(4403, /suspended/);
  });

  test("when it clicks in Slack", async () => {
    const one = await scene();
    await set(one.tenant, "suspended");
    await expectRefused(await click(clickOf(one)));
    await set(one.tenant, "active");
    expect((await incidentsOf(one.tenant))[0]).toMatchObject({ status: "NEW" });
    expect((await click(clickOf(one))).status).toBe(200);
    expect((await incidentsOf(one.tenant))[0]).toMatchObject({ status: "ACKNOWLEDGED" });
  });

  test("when it comes back from Slack's consent page", async () => {
    const tenant = await createTenant();
    Object.assign(env, { SLACK_CLIENT_ID: "client", SLACK_CLIENT_SECRET: "secret" });
    const app = { apiUrl: env.SLACK_API_URL, clientId: "client", redirectUri: "http://log0.test" };
    const state =
      new URL(await authorizeUrl(tenant.scope, app, { actor: "operator", sessionId: null })).searchParams.get(
        "state",
      ) ?? "";
    await set(tenant, "suspended");
    await expectRefused(await call(`/api/v1/slack/oauth/callback?code=c&state=${encodeURIComponent(state)}`));
    Object.assign(env, { SLACK_CLIENT_ID: undefined, SLACK_CLIENT_SECRET: undefined });
  });
});

describe("what a suspended tenant had sent", () => {
  test("is stored and counted, and tells nobody; when it is active, all of it is there", async () => {
    const tenant = await createTenant();
    const { key } = await withChannel(tenant, "webhook");
    await accepted(tenant.key, events(12));
    await set(tenant, "suspended");
    await settle(tenant);
    expect(await received(key)).toEqual([]);
    expect(await slackCalls(tenant)).toEqual([]);
    const { rows } = await everythingOf(tenant);
    expect(rows.dead_letters).toEqual([]);
    expect(rows.summary_runs).toEqual([]);

    await set(tenant, "active");
    expect(await allLogs(tenant)).toHaveLength(12);
    expect(await incidentsOf(tenant)).toMatchObject([{ status: "NEW", occurrenceCount: 12, summary: null }]);
    // The next word is told again.
    await burst(tenant, "something else took", 12);
    expect((await received(key)).length).toBeGreaterThan(0);
  });

  test("is never summarized: no model is asked", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    const jobs = await messagesAt("jobs", tenant);
    expect(jobs.length).toBeGreaterThan(0);
    await set(tenant, "suspended");
    expect((await deliver("jobs", jobs)).acked).toHaveLength(jobs.length);
    expect((await everythingOf(tenant)).rows.summary_runs).toEqual([]);
  });

  test("goes into segments, and merges go on", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    await set(tenant, "suspended");
    await settle(tenant);
    advance(61 * 60_000);
    await settle(tenant);
    expect(await indexOf(tenant)).toHaveLength(1);
  });
});

describe("while a tenant is suspended", () => {
  test("retention deletes nothing of it, and goes on when it is active", async () => {
    const [tenant, neighbour] = [await createTenant({ plan: "free" }), await createTenant({ plan: "free" })];
    for (const one of [tenant, neighbour]) await flush(one);
    await set(tenant, "suspended");
    const { objects, rows } = await everythingOf(tenant);
    advance(30 * DAY_MS);
    await retainSegments(platform());
    expect(await indexOf(neighbour)).toEqual([]);
    expect(await everythingOf(tenant)).toMatchObject({ objects, rows });
    expect(await objectsOf(tenant)).toHaveLength(1);

    await set(tenant, "active");
    await retainSegments(platform());
    expect(await indexOf(tenant)).toEqual([]);
  });

  test("its dead letters are kept, too", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(1));
    const [message] = await messagesAt("normalized-logs", tenant);
    if (message === undefined) throw new Error("no message");
    fail("store", tenant.id);
    await exhaust("normalized-logs", message);
    repair();
    await set(tenant, "suspended");
    advance(20 * DAY_MS);
    await expireDeadLetters(platform());
    expect((await everythingOf(tenant)).rows.dead_letters).toHaveLength(1);
    await set(tenant, "active");
    await expireDeadLetters(platform());
    expect((await everythingOf(tenant)).rows.dead_letters).toEqual([]);
  });

  test("the cron sends nothing for it: no escalation, no digest, no word of dead letters", async () => {
    const tenant = await createTenant();
    const { key, channel } = await withChannel(tenant, "webhook");
    await burst(tenant, "line of", 12);
    await route(tenant, { otherwise: [channel.id], escalation: { afterMinutes: 5, channels: [channel.id] } });
    await accepted(tenant.key, events(1));
    const [message] = await messagesAt("normalized-logs", tenant);
    if (message === undefined) throw new Error("no message");
    fail("store", tenant.id);
    await exhaust("normalized-logs", message);
    repair();
    for (const queue of ["jobs", "notification-events"] as const) take(queue, tenant.id);
    const told = (await received(key)).length;
    await set(tenant, "suspended");
    advance(10 * 60_000);
    await sweep();
    expect(queued("notification-events", tenant.id)).toEqual([]);
    expect(await slackCalls(tenant)).toEqual([]);
    expect(await received(key)).toHaveLength(told);

    await set(tenant, "active");
    await sweep();
    expect(queued("notification-events", tenant.id)).not.toEqual([]);
    expect((await slackCalls(tenant)).length).toBeGreaterThan(0);
  });
});
