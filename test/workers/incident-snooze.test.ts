import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { tenants } from "../../schema/tables/tenants.ts";
import { sweepIncidents } from "../../services/incidents/sweep.ts";
import { scopeTo } from "../../services/platform.ts";
import { platformOf } from "../../workers/platform.ts";
import { advance, nextWindow, setClock, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted } from "./support/http.ts";
import { changesOf, closeWindow, detailOf, done, listOf, openIncident, withIncident } from "./support/incidents.ts";
import { events } from "./support/logs.ts";
import { deliver, settle, storeAlarm, sweep } from "./support/pipeline.ts";
import { queued, take } from "./support/queues.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

const HOUR_MS = 60 * 60 * 1000;

beforeAll(stopClock);
afterEach(repair);

async function snooze(tenant: Tenant, id: string, body: object): Promise<void> {
  await done(tenant, "POST", `/incidents/${id}/snooze`, body);
  await settle(tenant);
}

describe("a snooze until a time", () => {
  test("is ended by the cron, which says so once", async () => {
    const { tenant, id } = await withIncident();
    await snooze(tenant, id, { until: new Date(Date.now() + HOUR_MS).toISOString() });
    advance(HOUR_MS - 1_000);
    await sweep();
    expect((await detailOf(tenant, id)).snoozedAt).not.toBeNull();
    advance(1_000);
    for (let n = 0; n < 3; n++) await sweep();
    expect((await detailOf(tenant, id)).snoozedAt).toBeNull();
    expect(await changesOf(tenant, id)).toEqual(["OPENED", "SNOOZED", "WOKEN"]);
    expect(take("notification-events", tenant.id)).toHaveLength(1);
    expect((await detailOf(tenant, id)).history.at(-1)).toMatchObject({ actor: "system" });
  });

  test("whose message the queue refuses is ended all the same, and told by the next sweep", async () => {
    const { tenant, id } = await withIncident();
    await snooze(tenant, id, { until: Date.now() + HOUR_MS });
    advance(HOUR_MS);
    fail("queue", "notification-events", { times: 1 });
    await sweep();
    expect(await changesOf(tenant, id)).toContain("WOKEN");
    advance(31_000);
    await sweep();
    expect(queued("notification-events", tenant.id)).toHaveLength(1);
  });

  test("whose batch fails stands, with no trace in the history, until the next sweep", async () => {
    const { tenant, id } = await withIncident();
    await snooze(tenant, id, { until: Date.now() + HOUR_MS });
    advance(HOUR_MS);
    fail("db", "'WOKEN'", { times: 1 });
    fail("db", 'update "incidents"', { times: 1 });
    await sweep();
    expect(await changesOf(tenant, id)).toEqual(["OPENED", "SNOOZED"]);
    repair();
    await sweep();
    expect(await changesOf(tenant, id)).toEqual(["OPENED", "SNOOZED", "WOKEN"]);
  });
});

describe("a snooze until more occurrences", () => {
  test("ends when they have come, told with the event that brought them, five times delivered or not", async () => {
    const { tenant, id } = await withIncident();
    await snooze(tenant, id, { occurrences: 10 });
    advance(31_000);
    await accepted(tenant.key, events(9));
    await settle(tenant);
    advance(31_000);
    await closeWindow(tenant);
    expect(await detailOf(tenant, id)).toMatchObject({ occurrenceCount: 21, snoozedAt: expect.any(Number) });
    await accepted(tenant.key, events(12));
    for (const queue of ["raw-logs", "normalized-logs"] as const) await deliver(queue, take(queue, tenant.id));
    await storeAlarm(tenant);
    const crossing = take("incident-events", tenant.id);
    for (let n = 0; n < 5; n++) await deliver("incident-events", crossing);
    expect(await detailOf(tenant, id)).toMatchObject({ occurrenceCount: 33, snoozedAt: null });
    expect(await changesOf(tenant, id)).toEqual(["OPENED", "SNOOZED", "WOKEN"]);
    expect(take("notification-events", tenant.id)).toHaveLength(2);
  });
});

describe("a snooze until it escalates", () => {
  test("goes on for more of the same, and ends with something more severe", async () => {
    const { tenant, id } = await withIncident({ settings: { threshold: 5 } });
    const warning = await openIncident(tenant, "warner", { level: "WARN" });
    for (const one of [id, warning]) await snooze(tenant, one, { escalates: true });
    setClock(nextWindow() + 1_000);
    await accepted(tenant.key, events(12));
    await accepted(tenant.key, events(12, { service: "warner", level: "ERROR" }));
    await settle(tenant);
    expect(await changesOf(tenant, id)).toEqual(["OPENED", "SNOOZED"]);
    expect(await changesOf(tenant, warning)).toEqual(["OPENED", "SNOOZED", "WOKEN"]);
    expect(await detailOf(tenant, warning)).toMatchObject({ severity: "HIGH", snoozedAt: null });
  });
});

describe("an incident that has gone quiet", () => {
  const quiet = { settings: { autoResolveMs: 2 * HOUR_MS } };
  // Incidents of other tests would be resolved, too, and there is a limit to one sweep.
  beforeEach(async () => {
    advance(48 * HOUR_MS);
    for (let more = 1; more > 0; ) more = (await sweepIncidents(platformOf(env))).resolved;
  });

  test("is resolved after the tenant's time, not before, by the system, and says so once", async () => {
    const { tenant, id } = await withIncident(quiet);
    await settle(tenant);
    const { lastSeenAt } = await detailOf(tenant, id);
    setClock(lastSeenAt + 2 * HOUR_MS);
    await sweep();
    expect(await changesOf(tenant, id)).toEqual(["OPENED"]);
    advance(1);
    for (let n = 0; n < 3; n++) await sweep();
    const { history, ...incident } = await detailOf(tenant, id);
    expect(incident).toMatchObject({ status: "RESOLVED", resolvedAt: lastSeenAt + 2 * HOUR_MS + 1 });
    expect(history.slice(1)).toMatchObject([
      { change: "RESOLVED", actor: "system", note: `no occurrence since ${new Date(lastSeenAt).toISOString()}` },
    ]);
    const sent = take("notification-events", tenant.id);
    expect(sent).toMatchObject([{ body: { notificationType: "INCIDENT_RESOLVED" } }]);
  });

  test("not while its window may keep the next word back, however short the quiet time is", async () => {
    const settings = { autoResolveMs: HOUR_MS / 6, windowMs: HOUR_MS, updateIntervalMs: HOUR_MS };
    const { tenant, id } = await withIncident({ settings });
    advance(HOUR_MS / 2);
    await sweep();
    expect(await changesOf(tenant, id)).toEqual(["OPENED"]);
    advance(2 * HOUR_MS);
    for (let n = 0; n < 3; n++) await sweep();
    expect(await changesOf(tenant, id)).toEqual(["OPENED", "RESOLVED"]);
  });

  test("by default after a day; never where the tenant says so; by default where the settings are broken", async () => {
    const usual = await withIncident();
    const never = await withIncident({ settings: { autoResolveMs: null } });
    const broken = await withIncident();
    await drizzle(env.DB)
      .insert(tenants)
      .values({
        id: scopeTo(broken.tenant.platform, crypto.randomUUID()).tenantId,
        name: crypto.randomUUID(),
        plan: "starter",
        status: "active",
        adminEmail: "",
        createdAt: 0,
        settings: "{broken",
      });
    await env.DB.prepare("UPDATE tenants SET settings = '{broken' WHERE id = ?").bind(broken.tenant.id).run();
    advance(23 * HOUR_MS);
    await sweep();
    const statusOf = async (one: { tenant: Tenant; id: string }) => (await detailOf(one.tenant, one.id)).status;
    expect(await Promise.all([usual, never, broken].map(statusOf))).toEqual(["NEW", "NEW", "NEW"]);
    advance(2 * HOUR_MS);
    await sweep();
    expect(await Promise.all([usual, never, broken].map(statusOf))).toEqual(["RESOLVED", "NEW", "RESOLVED"]);
  });

  test("and is ignored, made by hand, or snoozed until later is left alone; snoozed for a count it is resolved", async () => {
    const { tenant, id: ignored } = await withIncident(quiet);
    const until = await openIncident(tenant, "until");
    const count = await openIncident(tenant, "count");
    await done(tenant, "POST", "/incidents", { title: "by hand", severity: "LOW", service: "s" });
    await done(tenant, "POST", `/incidents/${ignored}/ignore`);
    await snooze(tenant, until, { until: Date.now() + 4 * HOUR_MS });
    await snooze(tenant, count, { occurrences: 50 });
    advance(3 * HOUR_MS);
    await sweep();
    expect((await listOf(tenant, "status=RESOLVED")).map(({ id }) => id)).toEqual([count]);
    // When the time comes, it is over: nobody is woken for it.
    advance(HOUR_MS);
    await sweep();
    expect(await changesOf(tenant, until)).toEqual(["OPENED", "SNOOZED", "RESOLVED"]);
    expect(await detailOf(tenant, count)).toMatchObject({ snoozedAt: null });
  });

  test("opens as a regression when it comes again", async () => {
    const { tenant, id } = await withIncident(quiet);
    advance(3 * HOUR_MS);
    await sweep();
    advance(1_000);
    await accepted(tenant.key, events(12));
    await settle(tenant);
    expect((await listOf(tenant, "regressed=true"))[0]).toMatchObject({ regressionOf: id, status: "NEW" });
  });

  test("at the same time as somebody resolves it: one of the two", async () => {
    const { tenant, id } = await withIncident(quiet);
    advance(3 * HOUR_MS);
    await Promise.allSettled([sweep(), done(tenant, "PATCH", `/incidents/${id}/resolve`)]);
    expect(await changesOf(tenant, id)).toEqual(["OPENED", "RESOLVED"]);
  });
});

describe("after a resolution", () => {
  /** Twelve logs late in a window; the incident is resolved, and the next window has begun. */
  async function resolvedLate() {
    const tenant = await createTenant();
    setClock(nextWindow() + 290_000);
    const id = await openIncident(tenant);
    await done(tenant, "PATCH", `/incidents/${id}/resolve`);
    setClock(nextWindow() + 1_000);
    return { tenant, id };
  }

  test("a single event within one window-length of counted ones opens no regression", async () => {
    const { tenant, id } = await resolvedLate();
    await accepted(tenant.key, events(1));
    await settle(tenant);
    await closeWindow(tenant);
    expect((await listOf(tenant)).map((incident) => incident.id)).toEqual([id]);
  });

  test("as many as a window needs do, whatever came before them, and each is counted once", async () => {
    const { tenant, id } = await resolvedLate();
    await accepted(tenant.key, events(1));
    await settle(tenant);
    advance(31_000);
    await accepted(tenant.key, events(9));
    await settle(tenant);
    await closeWindow(tenant);
    expect(await listOf(tenant)).toMatchObject([
      { regressionOf: id, status: "NEW", occurrenceCount: 10 },
      { id, occurrenceCount: 12 },
    ]);
  });

  test("one event less does not", async () => {
    const { tenant, id } = await resolvedLate();
    await accepted(tenant.key, events(1));
    await settle(tenant);
    advance(31_000);
    await accepted(tenant.key, events(8));
    await settle(tenant);
    await closeWindow(tenant);
    expect((await listOf(tenant)).map((incident) => incident.id)).toEqual([id]);
  });
});
