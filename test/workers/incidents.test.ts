import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { advance, nextWindow, setClock, stopClock } from "./support/clock.ts";
import { repair } from "./support/faults.ts";
import { accepted, call, changeStatus, incidentOf, incidentsOf, problemOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, settle, storeAlarm, windowAlarms } from "./support/pipeline.ts";
import { queued, take } from "./support/queues.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

async function withIncident(): Promise<{ tenant: Tenant; id: string }> {
  const tenant = await createTenant();
  setClock(nextWindow() + 1_000);
  await accepted(tenant.key, events(12));
  await settle(tenant);
  const [incident] = await incidentsOf(tenant);
  if (incident === undefined) throw new Error("no incident");
  return { tenant, id: incident.id };
}

async function become(tenant: Tenant, id: string, status: string): Promise<void> {
  const response = await changeStatus(tenant, id, status);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ id, status });
}

/** Lets the present window speak its last word. */
async function closeWindow(tenant: Tenant): Promise<void> {
  setClock(nextWindow() + 11_000);
  await storeAlarm(tenant);
  await windowAlarms(tenant);
}

describe("a change of status", () => {
  test.each([{ path: ["ACKNOWLEDGED"] }, { path: ["RESOLVED"] }, { path: ["ACKNOWLEDGED", "RESOLVED"] }])(
    "$path is written in the history, with who did it",
    async ({ path }) => {
      const { tenant, id } = await withIncident();
      for (const status of path) {
        advance(1_000);
        await become(tenant, id, status);
      }
      const { history, status } = await incidentOf(tenant, id);
      expect(status).toBe(path.at(-1));
      expect(history.map((entry) => entry.toStatus)).toEqual(["NEW", ...path]);
      expect(history.map((entry) => entry.fromStatus)).toEqual([null, "NEW", ...path.slice(0, -1)]);
      expect(history.slice(1).every((entry) => entry.actor.startsWith("key:"))).toBe(true);
    },
  );

  test("shows in the same Slack message", async () => {
    const { tenant, id } = await withIncident();
    const [first] = await slackCalls(tenant);
    await become(tenant, id, "RESOLVED");
    await settle(tenant);
    const last = (await slackCalls(tenant)).at(-1);
    expect(first?.method).toBe("chat.postMessage");
    expect(last).toMatchObject({ method: "chat.update" });
    expect(JSON.stringify(last?.body.blocks)).toContain("RESOLVED");
  });

  test.each([
    { before: ["ACKNOWLEDGED"], to: "ACKNOWLEDGED" },
    { before: ["RESOLVED"], to: "ACKNOWLEDGED" },
    { before: ["RESOLVED"], to: "RESOLVED" },
  ])("from $before to $to → 409 that names the present state", async ({ before, to }) => {
    const { tenant, id } = await withIncident();
    for (const status of before) await become(tenant, id, status);
    const { history, version } = await incidentOf(tenant, id);
    const response = await changeStatus(tenant, id, to);
    expect(response.status).toBe(409);
    const problem = await problemOf(response);
    expect(problem.code).toBe("conflict");
    expect(problem.detail).toContain(before.at(-1));
    expect(await incidentOf(tenant, id)).toMatchObject({ history, version });
  });

  test.each([
    { name: "an unknown state", body: { status: "SLEEPING" } },
    { name: "a state that needs more than a word", body: { status: "ASSIGNED" } },
    { name: "no state", body: {} },
    { name: "no object", body: 7 },
  ])("to $name → 400", async ({ body }) => {
    const { tenant, id } = await withIncident();
    const response = await call(`/api/v1/incidents/${id}/status`, {
      method: "PATCH",
      headers: { "x-api-key": tenant.key },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({ code: "invalid_query" });
  });

  test("of an incident that is not there → 404", async () => {
    const tenant = await createTenant();
    expect((await changeStatus(tenant, crypto.randomUUID(), "RESOLVED")).status).toBe(404);
  });

  test.each([2, 5])(
    "by %i at once: one wins, the others get a 409, and there is one row of history",
    async (people) => {
      const { tenant, id } = await withIncident();
      const answers = await Promise.all(Array.from({ length: people }, () => changeStatus(tenant, id, "ACKNOWLEDGED")));
      const statuses = answers.map((answer) => answer.status).sort();
      expect(statuses).toEqual([200, ...Array.from({ length: people - 1 }, () => 409)]);
      const { history } = await incidentOf(tenant, id);
      expect(history.map((entry) => entry.change)).toEqual(["OPENED", "ACKNOWLEDGED"]);
      expect(queued("notification-events", tenant.id)).toHaveLength(1);
    },
  );

  test("to two states at once: each row of history follows from the one before", async () => {
    const { tenant, id } = await withIncident();
    const answers = await Promise.all([changeStatus(tenant, id, "ACKNOWLEDGED"), changeStatus(tenant, id, "RESOLVED")]);
    expect(answers.some((answer) => answer.status === 200)).toBe(true);
    const { history } = await incidentOf(tenant, id);
    for (const [index, entry] of history.entries()) {
      expect(entry.fromStatus).toBe(index === 0 ? null : history[index - 1]?.toStatus);
    }
    expect(history).toHaveLength(1 + answers.filter((answer) => answer.status === 200).length);
  });
});

describe("after the resolution", () => {
  test("late words of the window open nothing and change nothing", async () => {
    const { tenant, id } = await withIncident();
    await accepted(tenant.key, events(8));
    await settle(tenant);
    await become(tenant, id, "RESOLVED");
    await closeWindow(tenant);
    expect(queued("incident-events", tenant.id).length).toBeGreaterThan(0);
    await settle(tenant);
    expect(await incidentsOf(tenant)).toMatchObject([{ id, status: "RESOLVED", occurrenceCount: 12 }]);
  });

  test("the crossing delivered again opens nothing", async () => {
    const tenant = await createTenant();
    setClock(nextWindow() + 1_000);
    await accepted(tenant.key, events(12));
    for (const queue of ["raw-logs", "normalized-logs"] as const) await deliver(queue, take(queue, tenant.id));
    await storeAlarm(tenant);
    const crossing = take("incident-events", tenant.id);
    await deliver("incident-events", crossing);
    const [incident] = await incidentsOf(tenant);
    advance(5_000);
    await become(tenant, incident?.id ?? "", "RESOLVED");
    await deliver("incident-events", crossing);
    await settle(tenant);
    expect(await incidentsOf(tenant)).toMatchObject([{ id: incident?.id, status: "RESOLVED" }]);
  });

  test("a crossing from before it, that was long on its way, opens nothing", async () => {
    const { tenant, id } = await withIncident();
    setClock(nextWindow() + 1_000);
    await accepted(tenant.key, events(12));
    for (const queue of ["raw-logs", "normalized-logs"] as const) await deliver(queue, take(queue, tenant.id));
    await storeAlarm(tenant);
    const onItsWay = take("incident-events", tenant.id);
    expect(onItsWay).toMatchObject([{ body: { kind: "CROSSED" } }]);
    advance(5_000);
    await become(tenant, id, "RESOLVED");
    await deliver("incident-events", onItsWay);
    expect(await incidentsOf(tenant)).toMatchObject([{ id, status: "RESOLVED" }]);
  });

  test("a crossing opens a regression that links to the old incident, and says so", async () => {
    const { tenant, id } = await withIncident();
    await become(tenant, id, "RESOLVED");
    setClock(nextWindow() + 60_000);
    await accepted(tenant.key, events(15));
    await settle(tenant);
    const [regression, old, ...others] = await incidentsOf(tenant);
    expect(others).toEqual([]);
    expect(old).toMatchObject({ id, status: "RESOLVED", occurrenceCount: 12, regressionOf: null });
    expect(regression).toMatchObject({ status: "NEW", occurrenceCount: 15, regressionOf: id });
    expect((await incidentOf(tenant, regression?.id ?? "")).history).toMatchObject([{ change: "REGRESSED" }]);
    const posts = (await slackCalls(tenant)).filter((one) => one.method === "chat.postMessage");
    expect(posts).toHaveLength(2);
    expect(posts[1]?.body.text).toContain("Regression");
  });

  test("each regression links to the last one before it", async () => {
    const { tenant, id } = await withIncident();
    let last = id;
    for (let n = 0; n < 2; n++) {
      await become(tenant, last, "RESOLVED");
      setClock(nextWindow() + 60_000);
      await accepted(tenant.key, events(15));
      await settle(tenant);
      const [newest] = await incidentsOf(tenant);
      expect(newest).toMatchObject({ status: "NEW", regressionOf: last });
      last = newest?.id ?? "";
    }
  });
});

describe("the list of incidents", () => {
  test("comes newest first, in pages that neither repeat nor skip", async () => {
    const tenant = await createTenant({ settings: { threshold: 1 } });
    for (let n = 0; n < 7; n++) {
      await accepted(tenant.key, events(1, { service: `s${n}` }));
      await settle(tenant);
      if (n % 2 === 1) advance(1_000);
    }
    const all = (await incidentsOf(tenant)).map((incident) => incident.id);
    expect(all).toHaveLength(7);
    const paged: string[] = [];
    let query = "limit=2";
    for (let page = 0; page < 10 && query !== ""; page++) {
      const response = await call(`/api/v1/incidents?${query}`, { headers: { "x-api-key": tenant.key } });
      const { incidents, nextCursor }: { incidents: { id: string }[]; nextCursor: string | null } =
        await response.json();
      paged.push(...incidents.map((incident) => incident.id));
      query = nextCursor === null ? "" : `limit=2&cursor=${nextCursor}`;
    }
    expect(paged).toEqual(all);
  });

  test("is filtered by status, severity, service and environment", async () => {
    const tenant = await createTenant({ settings: { threshold: 1 } });
    await accepted(tenant.key, events(1, { service: "a" }));
    await accepted(tenant.key, events(1, { service: "b", level: "WARN", environment: "dev" }));
    await settle(tenant);
    const found = async (query: string) => (await incidentsOf(tenant, query)).map((incident) => incident.serviceName);
    expect(await found("severity=HIGH")).toEqual(["a"]);
    expect(await found("service=b")).toEqual(["b"]);
    expect(await found("environment=dev")).toEqual(["b"]);
    expect(await found("status=RESOLVED")).toEqual([]);
  });

  test("a D1 row is unique while it is open", async () => {
    const { tenant, id } = await withIncident();
    const copy = env.DB.prepare(
      "INSERT INTO incidents (id, tenant_id, environment, fingerprint, service_name, title, message_template, severity, status, version, change_id, occurrence_count, first_seen_at, last_seen_at, top_messages, created_at, updated_at, origin) SELECT 'copy', tenant_id, environment, fingerprint, service_name, title, message_template, severity, status, version, change_id, occurrence_count, first_seen_at, last_seen_at, top_messages, created_at, updated_at, origin FROM incidents WHERE tenant_id = ? AND id = ?",
    );
    await expect(copy.bind(tenant.id, id).run()).rejects.toThrow(/UNIQUE/);
  });
});
