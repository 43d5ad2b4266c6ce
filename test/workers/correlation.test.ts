import "./support/bindings.ts";
import { and, eq } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { MAX_TRACES } from "../../core/clusters/traces.ts";
import { LinkEvidence, MAX_LINKS, originOfAll } from "../../core/incidents/correlate.ts";
import { IncidentEvent } from "../../schema/contracts/incident-event.ts";
import { incidentHistory, incidentLinks, incidents, incidentTraces } from "../../schema/tables/incidents.ts";
import { forgetTraces, TRACE_DAYS } from "../../services/incidents/forget-traces.ts";
import { recordIncidentEvent } from "../../services/incidents/record-event.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, messagesAt, settle } from "./support/pipeline.ts";
import { queued } from "./support/queues.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const MINUTE = 60_000;
const FAILURES = {
  checkout: { service: "checkout", message: "order could not be placed after", later: 2_000 },
  payment: { service: "payment-service", message: "charge timed out after", later: 800 },
  db: { service: "ledger-db", message: "connection refused after", later: 0 },
} as const;
type Failing = keyof typeof FAILURES;

/** A service that fails in traces that all services of the tenant share. */
function failing(name: Failing, at: number, more: Record<string, unknown> = {}) {
  const { later, ...what } = FAILURES[name];
  return events(12, { ...what, at: at + later, ...more }).map((event, index) => ({
    traceId: `4bf92f3577b34da6-${index}`,
    ...event,
  }));
}

async function cascade(tenant: Tenant, order: readonly Failing[], at = Date.now()): Promise<void> {
  for (const name of order) {
    await accepted(tenant.key, failing(name, at));
    await settle(tenant);
  }
}

const rowsOf = ({ scope, id }: Tenant) => ({
  incidents: scope.db.select().from(incidents).where(eq(incidents.tenantId, id)).orderBy(incidents.id).all(),
  links: scope.db.select().from(incidentLinks).where(eq(incidentLinks.tenantId, id)).all(),
  traces: scope.db.select().from(incidentTraces).where(eq(incidentTraces.tenantId, id)).all(),
  history: scope.db.select().from(incidentHistory).where(eq(incidentHistory.tenantId, id)).all(),
});

/** A tenant's links, told by services. */
async function linksOf(tenant: Tenant) {
  const found = rowsOf(tenant);
  const services = new Map((await found.incidents).map(({ id, serviceName }) => [id, serviceName]));
  const links = (await found.links).map((link) => ({
    between: [services.get(link.incidentId), services.get(link.otherId)].sort(),
    kind: link.kind,
    origin: services.get(link.originId ?? ""),
    evidence: LinkEvidence.parse(JSON.parse(link.evidence)),
  }));
  return links.sort((a, b) => String(a.between).localeCompare(String(b.between)));
}

describe("three services that fail in the same traces", () => {
  test("are three incidents, linked, with the first to fail named as the origin", async () => {
    const tenant = await createTenant();
    await cascade(tenant, ["db", "payment", "checkout"]);
    const links = await linksOf(tenant);
    expect(links.map(({ between, kind, origin }) => [between.join(" "), kind, origin])).toEqual([
      ["checkout ledger-db", "traces", "ledger-db"],
      ["checkout payment-service", "traces", "payment-service"],
      ["ledger-db payment-service", "traces", "ledger-db"],
    ]);
    expect(
      links.map(({ evidence }) => [evidence.sharedTraces, evidence.secondsApart, evidence.traceIds.length]),
    ).toEqual([
      [12, 2, 5],
      [12, 1.2, 5],
      [12, 0.8, 5],
    ]);
    expect(links[0]?.evidence.text).toContain("began 2 s before checkout");
    expect(links[0]?.evidence.text).toContain("they share 12 traces; probable origin: ledger-db.");
    const found = rowsOf(tenant);
    const origin = (await found.incidents).find(({ serviceName }) => serviceName === "ledger-db");
    expect(originOfAll(await found.links)).toBe(origin?.id);
  });

  test("have it in their history, on both sides, and nobody is told of it", async () => {
    const tenant = await createTenant();
    await cascade(tenant, ["db"]);
    const [before] = await rowsOf(tenant).incidents;
    await accepted(tenant.key, failing("checkout", Date.now()));
    const [event] = await messagesAt("incident-events", tenant);
    await deliver("incident-events", event === undefined ? [] : [event]);
    const found = rowsOf(tenant);
    const linked = (await found.history).filter(({ change }) => change === "LINKED");
    expect(linked.map(({ actor, toStatus }) => [actor, toStatus])).toEqual([
      ["system", "NEW"],
      ["system", "NEW"],
    ]);
    expect(linked.map(({ incidentId }) => incidentId).sort()).toEqual((await found.incidents).map(({ id }) => id));
    expect(linked.map(({ subject }) => subject).sort()).toEqual((await found.incidents).map(({ id }) => id));
    for (const { note, incidentId, subject } of linked) {
      expect(note).toContain("they share 12 traces");
      expect(subject).not.toBe(incidentId);
    }
    expect((await found.incidents).find(({ id }) => id === before?.id)).toEqual(before);
    expect(queued("notification-events", tenant.id)).toHaveLength(1);
  });

  test("give the same links and origin in whatever order they are heard of", async () => {
    const told = [];
    const at = Date.now();
    for (const order of [
      ["db", "payment", "checkout"],
      ["checkout", "payment", "db"],
      ["payment", "checkout", "db"],
    ] as const) {
      const tenant = await createTenant();
      await cascade(tenant, order, at);
      told.push(await linksOf(tenant));
    }
    expect(told[0]).toHaveLength(3);
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });

  test("are linked once, however often their events are delivered", async () => {
    const tenant = await createTenant();
    for (const name of ["db", "payment", "checkout"] as const) await accepted(tenant.key, failing(name, Date.now()));
    const messages = await messagesAt("incident-events", tenant);
    expect(messages).toHaveLength(3);
    await deliver("incident-events", messages);
    const snapshot = async () => {
      const found = rowsOf(tenant);
      return [await found.incidents, await found.links, await found.traces, await found.history];
    };
    const once = await snapshot();
    expect(once.map((rows) => rows.length)).toEqual([3, 3, 36, 9]);
    for (let n = 0; n < 4; n++) await deliver("incident-events", messages.toReversed());
    expect(await snapshot()).toEqual(once);
  });

  test("are not linked across environments, nor across tenants", async () => {
    const [one, two] = [await createTenant(), await createTenant()];
    const at = Date.now();
    await accepted(one.key, failing("db", at, { environment: "production" }));
    await accepted(one.key, failing("payment", at, { environment: "staging" }));
    await accepted(two.key, failing("checkout", at, { environment: "production" }));
    for (const tenant of [one, two]) await settle(tenant);
    expect([(await rowsOf(one).incidents).length, (await rowsOf(two).incidents).length]).toEqual([2, 1]);
    expect([await linksOf(one), await linksOf(two)]).toEqual([[], []]);
  });

  test("are linked also when the database failed in between", async () => {
    const tenant = await createTenant();
    for (const name of ["db", "checkout"] as const) await accepted(tenant.key, failing(name, Date.now()));
    const messages = await messagesAt("incident-events", tenant);
    fail("db", `insert into "incident_links"`, { times: 1 });
    const { acked, retried } = await deliver("incident-events", messages);
    expect([acked.length, retried.length]).toEqual([1, 1]);
    // The alert did not wait for it.
    expect(queued("notification-events", tenant.id)).toHaveLength(2);
    await deliver(
      "incident-events",
      messages.filter(({ id }) => retried.some((one) => one.id === id)),
    );
    expect(await linksOf(tenant)).toHaveLength(1);
  });
});

describe("services that fail together without traces", () => {
  const bare = { traceId: undefined };
  test.each([
    { name: "are linked when one names the other", message: "POST http://ledger-db:5432 gave up after", links: 1 },
    { name: "are not linked by the time alone", message: "it all came to nothing after", links: 0 },
    { name: "are not linked by a name that holds the other's", message: "ledger-db-replica gave up after", links: 0 },
  ])("$name", async ({ message, links }) => {
    const tenant = await createTenant();
    const at = Date.now();
    await accepted(tenant.key, failing("db", at, bare));
    await accepted(tenant.key, failing("checkout", at, { message, ...bare }));
    await settle(tenant);
    expect(await rowsOf(tenant).incidents).toHaveLength(2);
    const found = await linksOf(tenant);
    expect(found.map(({ kind, origin }) => [kind, origin])).toEqual(Array(links).fill(["cascade", "ledger-db"]));
  });
});

/** What a window says at a crossing. */
function crossing(tenant: Tenant, number: number, fields: Partial<IncidentEvent> = {}): IncidentEvent {
  const now = new Date(Date.now() + number).toISOString();
  const start = new Date(Math.floor(Date.now() / (5 * MINUTE)) * 5 * MINUTE).toISOString();
  return IncidentEvent.parse({
    type: "INCIDENT_EVENT",
    eventId: `${tenant.id}-${number}-${Date.now()}`,
    kind: "CROSSED",
    tenantId: tenant.id,
    fingerprint: number.toString(16).padStart(64, "0"),
    serviceName: `service-${number}`,
    environment: "production",
    severity: "HIGH",
    messageTemplate: "it broke",
    occurrenceCount: 10,
    windows: [{ start, count: 10 }],
    firstSeenAt: now,
    lastSeenAt: now,
    crossedAt: now,
    topMessages: ["it broke"],
    traceIds: ["trace-0001"],
    schemaVersion: "v1",
    ...fields,
  });
}

const record = (tenant: Tenant, event: IncidentEvent) => recordIncidentEvent(tenant.scope, event);
const traceIds = (from: number, count: number) => Array.from({ length: count }, (_, index) => `trace-${from + index}`);

describe("an incident keeps", () => {
  test("the first 20 trace ids that it hears of", async () => {
    const tenant = await createTenant();
    await record(tenant, crossing(tenant, 1, { traceIds: traceIds(100, 12) }));
    advance(MINUTE);
    await record(tenant, crossing(tenant, 1, { kind: "UPDATED", traceIds: traceIds(106, 20) }));
    const found = rowsOf(tenant);
    const [incident] = await found.incidents;
    expect(JSON.parse(incident?.traceIds ?? "")).toEqual(traceIds(100, MAX_TRACES));
    expect((await found.traces).map(({ traceId }) => traceId).sort()).toEqual(traceIds(100, MAX_TRACES));
  });

  test("at most 20 links, and all of a large outage stays tied together", async () => {
    const tenant = await createTenant();
    for (let number = 1; number <= 45; number++) await record(tenant, crossing(tenant, number));
    const found = rowsOf(tenant);
    const neighbours = new Map<string, string[]>();
    for (const { incidentId, otherId } of await found.links) {
      neighbours.set(incidentId, [...(neighbours.get(incidentId) ?? []), otherId]);
      neighbours.set(otherId, [...(neighbours.get(otherId) ?? []), incidentId]);
    }
    expect(Math.max(...[...neighbours.values()].map((others) => others.length))).toBe(MAX_LINKS);
    const reached = new Set<string>();
    const from = [...neighbours.keys()].slice(0, 1);
    for (let id = from.pop(); id !== undefined; id = from.pop()) {
      if (reached.has(id)) continue;
      reached.add(id);
      from.push(...(neighbours.get(id) ?? []));
    }
    expect(reached.size).toBe(45);
    const linked = (await found.history).filter(({ change }) => change === "LINKED");
    expect(linked).toHaveLength(2 * (await found.links).length);
  });

  test("a trace in mind for 50 others at most", async () => {
    const tenant = await createTenant();
    for (let number = 1; number <= 52; number++) await record(tenant, crossing(tenant, number));
    expect(await rowsOf(tenant).traces).toHaveLength(50);
  });
});

describe("a link", () => {
  test("is made once by two that are recorded at the same time", async () => {
    const tenant = await createTenant();
    await Promise.all([1, 2, 3].map((number) => record(tenant, crossing(tenant, number))));
    expect(await linksOf(tenant)).toHaveLength(3);
    expect((await rowsOf(tenant).history).filter(({ change }) => change === "LINKED")).toHaveLength(6);
  });

  test("by a name becomes one by traces once they are known, never the other way round", async () => {
    const tenant = await createTenant();
    await record(tenant, crossing(tenant, 1, { traceIds: undefined }));
    const naming = crossing(tenant, 2, { traceIds: undefined, topMessages: ["service-1 is gone"] });
    await record(tenant, naming);
    expect((await linksOf(tenant)).map(({ kind }) => kind)).toEqual(["cascade"]);
    for (const number of [1, 2]) {
      await record(tenant, crossing(tenant, number, { kind: "UPDATED", eventId: `with traces ${number}` }));
    }
    expect((await linksOf(tenant)).map(({ kind }) => kind)).toEqual(["traces"]);
    await record(tenant, naming);
    expect((await linksOf(tenant)).map(({ kind }) => kind)).toEqual(["traces"]);
  });

  test("that somebody made stays theirs, and one that somebody took away stays away", async () => {
    const tenant = await createTenant();
    await record(tenant, crossing(tenant, 1));
    await record(tenant, crossing(tenant, 2));
    const mine = eq(incidentLinks.tenantId, tenant.id);
    await tenant.scope.db.update(incidentLinks).set({ kind: "hand", actor: "user:1", evidence: "{}" }).where(mine);
    await record(tenant, crossing(tenant, 1));
    expect(await rowsOf(tenant).links).toMatchObject([{ kind: "hand", actor: "user:1", evidence: "{}" }]);
    await tenant.scope.db.delete(incidentLinks).where(mine);
    await record(tenant, crossing(tenant, 2));
    expect(await rowsOf(tenant).links).toEqual([]);
  });

  test("of a resolved incident is made within the hour after it was opened, and not later", async () => {
    const tenant = await createTenant();
    const resolve = () =>
      tenant.scope.db
        .update(incidents)
        .set({ status: "RESOLVED", resolvedAt: Date.now() })
        .where(and(eq(incidents.tenantId, tenant.id), eq(incidents.serviceName, "service-1")));
    await record(tenant, crossing(tenant, 1));
    await resolve();
    advance(59 * MINUTE);
    await record(tenant, crossing(tenant, 2));
    expect((await linksOf(tenant)).map(({ between }) => between)).toEqual([["service-1", "service-2"]]);
    advance(2 * MINUTE);
    await record(tenant, crossing(tenant, 3));
    expect((await linksOf(tenant)).map(({ between }) => between)).toEqual([
      ["service-1", "service-2"],
      ["service-2", "service-3"],
    ]);
  });
});

test("traces are forgotten after a week, links are not", async () => {
  const tenant = await createTenant();
  for (const number of [1, 2]) await record(tenant, crossing(tenant, number));
  advance(TRACE_DAYS * 24 * 60 * MINUTE);
  await forgetTraces(tenant.platform);
  expect(await rowsOf(tenant).traces).toHaveLength(2);
  advance(1);
  await forgetTraces(tenant.platform);
  expect(await rowsOf(tenant).traces).toEqual([]);
  expect(await linksOf(tenant)).toHaveLength(1);
});
