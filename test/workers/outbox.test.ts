import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, changeStatus, incidentOf, incidentsOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, restart, settle, step, storeAlarm, sweep, windowAlarms, windowsOf } from "./support/pipeline.ts";
import { queued, take } from "./support/queues.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

/** Brings twelve events up to their window, which crosses. */
async function crossed(): Promise<Tenant> {
  const tenant = await createTenant();
  await accepted(tenant.key, events(12));
  await step("raw-logs", tenant);
  await step("normalized-logs", tenant);
  await storeAlarm(tenant);
  return tenant;
}

async function expectOneOfEverything(tenant: Tenant): Promise<void> {
  const [incident, ...others] = await incidentsOf(tenant);
  expect(others).toEqual([]);
  expect(incident).toMatchObject({ occurrenceCount: 12, status: "NEW", summary: { model: "extractive" } });
  const { history } = await incidentOf(tenant, incident?.id ?? "");
  expect(history.map((entry) => entry.change)).toEqual(["OPENED"]);
  const posts = (await slackCalls(tenant)).filter((call) => call.method === "chat.postMessage");
  expect(posts).toHaveLength(1);
  expect(await outboxOf(tenant)).toEqual([]);
}

async function outboxOf(tenant: Tenant): Promise<unknown[]> {
  const rows = await env.DB.prepare("SELECT queue FROM outbox WHERE tenant_id = ?")
    .bind(tenant.id)
    .all<{ queue: string }>();
  return rows.results.map((row) => row.queue).sort();
}

describe("a window that crosses", () => {
  test("and cannot send tells of it at its alarm", async () => {
    const fault = fail("queue", "incident-events", { times: 1 });
    const tenant = await crossed();
    expect(fault.tripped).toBe(1);
    expect(queued("incident-events", tenant.id)).toEqual([]);
    await windowAlarms(tenant);
    expect(queued("incident-events", tenant.id)).toHaveLength(1);
    await settle(tenant);
    await expectOneOfEverything(tenant);
  });

  test("and crashes before it can send tells of it when it is back", async () => {
    fail("queue", "incident-events");
    const tenant = await crossed();
    for (const window of windowsOf(tenant)) await restart(window);
    repair();
    await windowAlarms(tenant);
    await settle(tenant);
    await expectOneOfEverything(tenant);
  });

  test("and crashes after it has sent, before it has noted that, tells of it twice, to one effect", async () => {
    fail("queue", "incident-events", { times: 1, when: "after" });
    const tenant = await crossed();
    for (const window of windowsOf(tenant)) await restart(window);
    await windowAlarms(tenant);
    expect(queued("incident-events", tenant.id)).toHaveLength(2);
    await settle(tenant);
    await expectOneOfEverything(tenant);
  });

  test("tells of it even when the queue refuses alarm after alarm", async () => {
    fail("queue", "incident-events", { times: 5 });
    const tenant = await crossed();
    for (let n = 0; n < 6; n++) {
      advance(10_000);
      await windowAlarms(tenant);
    }
    await settle(tenant);
    await expectOneOfEverything(tenant);
  });
});

describe("an incident that is opened, whose consumer crashes before its messages are out", () => {
  async function opened(): Promise<Tenant> {
    const tenant = await crossed();
    fail("queue", "notification-events");
    fail("queue", "jobs");
    const messages = take("incident-events", tenant.id);
    // Neither acked nor tried again: the consumer is gone.
    expect((await deliver("incident-events", messages)).acked).toEqual([]);
    expect(await outboxOf(tenant)).toEqual(["jobs", "notification-events"]);
    repair();
    return tenant;
  }

  test("is told of by the sweep", async () => {
    const tenant = await opened();
    advance(31_000);
    await sweep();
    await settle(tenant);
    await expectOneOfEverything(tenant);
  });

  test("is told of by the sweep and by the redelivery, to one effect", async () => {
    const tenant = await crossed();
    const messages = take("incident-events", tenant.id);
    fail("db", 'delete from "outbox"');
    await deliver("incident-events", messages);
    advance(31_000);
    await sweep();
    repair();
    await deliver("incident-events", messages);
    advance(31_000);
    await sweep();
    expect(queued("notification-events", tenant.id).length).toBeGreaterThan(1);
    await settle(tenant);
    await expectOneOfEverything(tenant);
  });

  test("is left alone by the sweep while its consumer may still be at it", async () => {
    const tenant = await opened();
    advance(29_000);
    await sweep();
    expect(queued("notification-events", tenant.id)).toEqual([]);
    advance(2_000);
    await sweep();
    expect(queued("notification-events", tenant.id)).toHaveLength(1);
    await settle(tenant);
  });

  test("is told of in part when one of the queues refuses, and of the rest later", async () => {
    const tenant = await opened();
    advance(31_000);
    const fault = fail("queue", "notification-events");
    await sweep();
    expect(fault.tripped).toBe(1);
    expect(await outboxOf(tenant)).toEqual(["notification-events"]);
    repair();
    await sweep();
    await settle(tenant);
    await expectOneOfEverything(tenant);
  });

  test("is told of by a later sweep when D1 fails in the first", async () => {
    const tenant = await opened();
    advance(31_000);
    fail("db", '"outbox"', { times: 1 });
    await sweep();
    expect(queued("notification-events", tenant.id)).toEqual([]);
    await sweep();
    await settle(tenant);
    await expectOneOfEverything(tenant);
  });
});

describe("a summary whose message cannot be sent", () => {
  test("reaches Slack by the sweep", async () => {
    const tenant = await crossed();
    await step("incident-events", tenant);
    await step("notification-events", tenant);
    fail("queue", "notification-events", { times: 1 });
    await deliver("jobs", take("jobs", tenant.id));
    advance(31_000);
    await sweep();
    await settle(tenant);
    expect((await slackCalls(tenant)).map((call) => call.method)).toEqual(["chat.postMessage", "chat.update"]);
  });
});

describe("a change of status whose message cannot be sent", () => {
  test("has happened, says so, and reaches Slack by the sweep", async () => {
    const tenant = await crossed();
    await settle(tenant);
    const [incident] = await incidentsOf(tenant);
    const before = (await slackCalls(tenant)).length;
    fail("queue", "notification-events", { times: 1 });
    const response = await changeStatus(tenant, incident?.id ?? "", "ACKNOWLEDGED");
    expect(response.status).toBe(200);
    expect(await incidentsOf(tenant)).toMatchObject([{ status: "ACKNOWLEDGED" }]);
    advance(31_000);
    await sweep();
    await settle(tenant);
    expect((await slackCalls(tenant)).length).toBe(before + 1);
  });
});
