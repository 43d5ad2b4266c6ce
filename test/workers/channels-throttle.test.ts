import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { deliveries } from "../../schema/tables/channels.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import { expireDeliveries } from "../../services/channels/expire-deliveries.ts";
import { snoozeIncident } from "../../services/incidents/snooze.ts";
import { answers, received, route } from "./support/channels.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, ask, changeStatus, incidentsOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { hook, MINUTE, opened, outage, settleWithoutJobs, told } from "./support/outage.ts";
import { deliver, messagesAt, sweep } from "./support/pipeline.ts";
import { take } from "./support/queues.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

describe("a throttle", () => {
  test("lets so many notices through, and tells of the rest in one, once", async () => {
    const tenant = await createTenant();
    const { id, key } = await hook(tenant, "a");
    await route(tenant, {
      routes: [createdOnly(id)],
      otherwise: [],
      throttle: { notices: 2, minutes: 10 },
    });
    await outage(tenant, ["a", "b", "c", "d", "e"]);
    expect(await told(key)).toHaveLength(2);
    advance(9 * MINUTE);
    await sweep();
    await settleWithoutJobs(tenant);
    expect(await told(key)).toHaveLength(2);
    advance(MINUTE + 1);
    const fault = fail("queue", "notification-events", { times: 1 });
    await sweep();
    expect(fault.tripped).toBe(1);
    advance(31_000);
    for (let n = 0; n < 2; n++) {
      await sweep();
      const messages = take("notification-events", tenant.id);
      for (let times = 0; times < 2; times++) await deliver("notification-events", messages);
    }
    const all = await told(key);
    expect(all).toHaveLength(3);
    const services = all.flatMap((line) => line.split(" ").slice(1)).toSorted();
    expect(services).toEqual(["a", "b", "c", "d", "e"]);
    expect(all[2]).toMatch(/^incident\.digest /);
  });

  test("counts a notice once, however often it is tried, and has room again when its time is over", async () => {
    const tenant = await createTenant();
    const { id, key } = await hook(tenant, "a");
    await route(tenant, {
      routes: [createdOnly(id)],
      otherwise: [],
      throttle: { notices: 2, minutes: 10 },
    });
    await answers(key, [{ status: 500 }, { status: 500 }, { status: 500 }]);
    await outage(tenant, ["a"]);
    expect(await received(key)).toHaveLength(4);
    await outage(tenant, ["b", "c"]);
    expect((await told(key)).slice(4)).toEqual(["incident.created b"]);
    advance(10 * MINUTE + 1);
    await outage(tenant, ["d"]);
    expect((await told(key)).slice(5)).toEqual(["incident.created d"]);
  });

  test("holds also when many are told at once", async () => {
    const tenant = await createTenant();
    const { id, key } = await hook(tenant, "a");
    await route(tenant, { routes: [createdOnly(id)], otherwise: [], throttle: { notices: 2, minutes: 10 } });
    for (const service of ["a", "b", "c", "d", "e", "f"]) await accepted(tenant.key, events(12, { service }));
    const messages = await messagesAt("notification-events", tenant);
    expect(messages).toHaveLength(6);
    await Promise.all(messages.map((message) => deliver("notification-events", [message])));
    expect(await received(key)).toHaveLength(2);
  });

  function createdOnly(id: string) {
    return { name: "created", match: { types: ["INCIDENT_CREATED"] }, channels: [id] };
  }
});

describe("an escalation", () => {
  async function escalating(fields: object = {}, settings: object = {}) {
    const tenant = await createTenant({ settings });
    const [usual, boss] = [await hook(tenant, "usual"), await hook(tenant, "boss")];
    const escalation = { afterMinutes: 15, channels: [boss.id], ...fields };
    await route(tenant, { otherwise: [usual.id], escalation });
    await outage(tenant, ["checkout"]);
    const [incident] = await incidentsOf(tenant);
    return { tenant, usual, boss, id: incident?.id ?? "" };
  }

  async function pass(tenant: Tenant, ms: number): Promise<void> {
    advance(ms);
    await sweep();
    await settleWithoutJobs(tenant);
  }

  test("tells those that it names when nobody has acknowledged in time, once", async () => {
    const { tenant, usual, boss } = await escalating();
    await pass(tenant, 14 * MINUTE);
    expect(await told(boss.key)).toEqual([]);
    const before = await told(usual.key);
    for (let n = 0; n < 3; n++) await pass(tenant, 2 * MINUTE);
    expect(await told(boss.key)).toEqual(["incident.escalated checkout"]);
    expect(await told(usual.key)).toEqual(before);
  });

  test.each(["ACKNOWLEDGED", "RESOLVED"])("is none of an incident that is %s", async (status) => {
    const { tenant, boss, id } = await escalating();
    await changeStatus(tenant, id, status);
    await pass(tenant, 20 * MINUTE);
    expect(await told(boss.key)).toEqual([]);
  });

  test("comes after a snooze of more than a day, too", async () => {
    const { tenant, boss, id } = await escalating({}, { autoResolveMs: null });
    await snoozeIncident(tenant.scope, id, { until: Date.now() + 33 * 60 * MINUTE }, "system");
    await pass(tenant, 33 * 60 * MINUTE + 1);
    await pass(tenant, 20 * MINUTE);
    expect(await told(boss.key)).toEqual(["incident.escalated checkout"]);
  });

  test("is none of another severity", async () => {
    const { tenant, boss } = await escalating({ severities: ["CRITICAL"] });
    await pass(tenant, 20 * MINUTE);
    expect(await told(boss.key)).toEqual([]);
  });
});

test("a snoozed incident is told nowhere, and told when it wakes", async () => {
  const tenant = await createTenant();
  const { id, key } = await hook(tenant, "a");
  await route(tenant, { otherwise: [id] });
  await accepted(tenant.key, events(12));
  const [notice] = await messagesAt("notification-events", tenant);
  take("jobs", tenant.id);
  if (notice === undefined) throw new Error("nothing to tell");
  const snoozed = { snoozedAt: Date.now(), snoozedUntil: Date.now() + 60 * MINUTE };
  await drizzle(env.DB).update(incidents).set(snoozed).where(eq(incidents.tenantId, tenant.id));
  await deliver("notification-events", [notice]);
  expect(await received(key)).toEqual([]);
  advance(61 * MINUTE);
  await deliver("notification-events", [notice]);
  expect(await told(key)).toEqual(["incident.created checkout"]);
});

test("an incident that was told is told once more when its snooze is over, and not for its counts", async () => {
  const tenant = await createTenant();
  const { id, key } = await hook(tenant, "a");
  await route(tenant, { otherwise: [id] });
  await outage(tenant, ["checkout"]);
  const [incident] = await incidentsOf(tenant);
  const until = new Date(Date.now() + 60 * MINUTE).toISOString();
  await ask(tenant, z.unknown(), `/api/v1/incidents/${incident?.id}/snooze`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ until }),
  });
  await settleWithoutJobs(tenant);
  advance(61 * MINUTE);
  for (let n = 0; n < 3; n++) {
    await accepted(tenant.key, events(12));
    await sweep();
    await settleWithoutJobs(tenant);
    advance(31_000);
  }
  expect(await opened(key)).toEqual(["incident.created checkout", "incident.woken checkout"]);
});

test("notices are forgotten after a month, but for those that are still held back", async () => {
  const tenant = await createTenant();
  const { id } = await hook(tenant, "a");
  await route(tenant, { otherwise: [id], throttle: { notices: 1, minutes: 1_440 } });
  await outage(tenant, ["a", "b"]);
  const mine = () => drizzle(env.DB).select().from(deliveries).where(eq(deliveries.tenantId, tenant.id));
  const before = await mine();
  const held = before.filter((row) => row.heldUntil !== null).length;
  expect(held).toBeGreaterThan(0);
  advance(29 * 24 * 60 * MINUTE);
  await expireDeliveries(tenant.platform);
  expect(await mine()).toHaveLength(before.length);
  advance(2 * 24 * 60 * MINUTE);
  await expireDeliveries(tenant.platform);
  expect(await mine()).toHaveLength(held);
});
