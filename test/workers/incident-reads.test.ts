import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { advance, nextWindow, setClock, stopClock } from "./support/clock.ts";
import { accepted, problemOf } from "./support/http.ts";
import {
  changesOf,
  createUser,
  detailOf,
  done,
  listOf,
  openIncident,
  type Shown,
  send,
  withIncident,
} from "./support/incidents.ts";
import { events } from "./support/logs.ts";
import { settle } from "./support/pipeline.ts";
import { queued } from "./support/queues.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

const HOUR_MS = 60 * 60 * 1000;

beforeAll(stopClock);

const byHand = { title: "Checkout is slow", severity: "HIGH", service: "checkout", note: "support says so" };

describe("an incident made by hand", () => {
  test("is like any other, of its own fingerprint, and tells of itself", async () => {
    const tenant = await createTenant();
    const response = await send(tenant, "POST", "/incidents", byHand);
    expect(response.status).toBe(201);
    const { id } = z.object({ id: z.uuid() }).parse(await response.json());
    expect(await detailOf(tenant, id)).toMatchObject({
      ...{ title: byHand.title, status: "NEW", origin: "hand", occurrenceCount: 0, version: 1, windows: [] },
      history: [{ change: "OPENED", fromStatus: null, toStatus: "NEW", note: byHand.note }],
    });
    await settle(tenant);
    expect((await slackCalls(tenant)).filter((one) => one.method === "chat.postMessage")).toHaveLength(1);
    await done(tenant, "PATCH", `/incidents/${id}/resolve`);
    expect(await changesOf(tenant, id)).toEqual(["OPENED", "RESOLVED"]);
  });

  test("may be made again, equal in every word: they are two", async () => {
    const tenant = await createTenant();
    for (let n = 0; n < 2; n++) await done(tenant, "POST", "/incidents", byHand);
    expect(new Set((await listOf(tenant)).map((incident) => incident.fingerprint)).size).toBe(2);
  });

  test("five times at once with one key is one; with the key of another tenant another", async () => {
    const [tenant, other] = [await createTenant(), await createTenant()];
    const make = (who: Tenant) => send(who, "POST", "/incidents", byHand, { "idempotency-key": "k1" });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => make(tenant)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 200, 200, 201]);
    const [incident, ...others] = await listOf(tenant);
    expect(others).toEqual([]);
    expect(await changesOf(tenant, incident?.id ?? "")).toEqual(["OPENED"]);
    expect(queued("notification-events", tenant.id)).toHaveLength(1);
    expect((await make(other)).status).toBe(201);
  });

  test.each([
    { ...byHand, title: " " },
    { ...byHand, title: "x".repeat(151) },
    { ...byHand, severity: "BAD" },
    { ...byHand, service: undefined },
    { ...byHand, tenantId: "another" },
    7,
  ])("of %j → 400", async (body) => {
    const tenant = await createTenant();
    const response = await send(tenant, "POST", "/incidents", body);
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({ code: "invalid_query" });
    expect(await listOf(tenant)).toEqual([]);
  });
});

describe("the list", () => {
  /** Incidents of all kinds, made by hand, and one of logs. */
  async function many() {
    const tenant = await createTenant({ settings: { threshold: 3 } });
    const severities = ["LOW", "HIGH", "CRITICAL", "MEDIUM", "HIGH"];
    for (const [index, severity] of severities.entries()) {
      await done(tenant, "POST", "/incidents", { ...byHand, severity, title: `Case ${index}`, service: `s${index}` });
      if (index % 2 === 0) advance(1_000);
    }
    const logs = await openIncident(tenant, "checkout");
    const all = await listOf(tenant);
    return { tenant, logs, id: (title: string) => all.find((one) => one.title === title)?.id ?? "" };
  }

  test("is filtered by state, severity, assignee, title, snoozed, ignored", async () => {
    const { tenant, logs, id } = await many();
    const ann = await createUser(tenant);
    await done(tenant, "PATCH", `/incidents/${id("Case 0")}/assign`, { assigneeId: ann });
    await done(tenant, "PATCH", `/incidents/${id("Case 1")}/resolve`);
    await done(tenant, "POST", `/incidents/${id("Case 2")}/snooze`, { occurrences: 1 });
    await done(tenant, "POST", `/incidents/${id("Case 3")}/ignore`);
    const found = async (query: string) => (await listOf(tenant, query)).map((one) => one.title.slice(0, 6)).sort();
    expect(await found("status=ASSIGNED,RESOLVED")).toEqual(["Case 0", "Case 1"]);
    expect(await found("severity=CRITICAL,MEDIUM")).toEqual(["Case 2", "Case 3"]);
    expect(await found(`assignee=${ann}`)).toEqual(["Case 0"]);
    expect(await found("assignee=none")).toHaveLength(5);
    expect(await found("snoozed=true")).toEqual(["Case 2"]);
    expect(await found("snoozed=false")).toHaveLength(5);
    expect(await found("ignored=true")).toEqual(["Case 3"]);
    expect(await found("regressed=true")).toEqual([]);
    expect(await found("q=CASE%204")).toEqual(["Case 4"]);
    expect(await found("q=%25")).toEqual([]);
    expect(await found("service=s1&status=RESOLVED&severity=HIGH")).toEqual(["Case 1"]);
    expect((await listOf(tenant, "service=checkout")).map((one) => one.id)).toEqual([logs]);
  });

  test.each([
    { sort: "created", key: (one: Shown) => one.createdAt },
    { sort: "lastSeen", key: (one: Shown) => one.lastSeenAt },
    { sort: "severity", key: (one: Shown) => ["LOW", "MEDIUM", "HIGH", "CRITICAL"].indexOf(one.severity) },
    { sort: "count", key: (one: Shown) => one.occurrenceCount },
  ])("sorted by $sort comes greatest first, in pages that neither repeat nor skip", async ({ sort, key }) => {
    const { tenant } = await many();
    const all = await listOf(tenant, `sort=${sort}`);
    expect(all).toHaveLength(6);
    expect(all.map(key)).toEqual(all.map(key).toSorted((a, b) => b - a));
    const Page = z.object({ incidents: z.array(z.object({ id: z.string() })), nextCursor: z.string().nullable() });
    const paged: string[] = [];
    for (let next: string | null = ""; next !== null && paged.length < 10; ) {
      const page: z.infer<typeof Page> = Page.parse(
        await done(tenant, "GET", `/incidents?sort=${sort}&limit=2${next === "" ? "" : `&cursor=${next}`}`),
      );
      paged.push(...page.incidents.map((one) => one.id));
      next = page.nextCursor;
    }
    expect(paged).toEqual(all.map((one) => one.id));
  });

  test.each([
    "status=SLEEPING",
    "status=",
    `status=${Array(101).fill("NEW").join(",")}`,
    "severity=HIGH,BAD",
    "sort=name",
    "snoozed=maybe",
    "q=",
    "status=NEW&limit=0",
  ])("?%s → 400", async (query) => {
    const tenant = await createTenant();
    expect((await send(tenant, "GET", `/incidents?${query}`)).status).toBe(400);
  });
});

describe("what is known of one incident", () => {
  test("the timeline comes newest first, in pages, in the order of writing within one millisecond", async () => {
    const { tenant, id } = await withIncident();
    for (let n = 0; n < 6; n++) {
      await done(tenant, "POST", `/incidents/${id}/comments`, { text: `comment ${n}` });
      if (n === 3) advance(1_000);
    }
    const Page = z.object({
      history: z.array(z.object({ change: z.string(), note: z.string().nullable() })),
      nextCursor: z.string().nullable(),
    });
    const notes: (string | null)[] = [];
    for (let next: string | null = ""; next !== null && notes.length < 20; ) {
      const page: z.infer<typeof Page> = Page.parse(
        await done(tenant, "GET", `/incidents/${id}/timeline?limit=2${next === "" ? "" : `&cursor=${next}`}`),
      );
      notes.push(...page.history.map((entry) => entry.note));
      next = page.nextCursor;
    }
    expect(notes).toEqual([5, 4, 3, 2, 1, 0].map((n): string | null => `comment ${n}`).concat([null]));
  });

  test("the occurrences are a series without gaps, and add up, with what was merged", async () => {
    const { tenant, id } = await withIncident();
    const other = await openIncident(tenant, "search");
    await done(tenant, "POST", `/incidents/${other}/merge`, { into: id });
    setClock(nextWindow() + 600_000);
    await accepted(tenant.key, events(11));
    await settle(tenant);
    const Series = z.object({
      ...{ from: z.number(), to: z.number(), bucketMs: z.number(), total: z.number() },
      series: z.array(z.object({ start: z.number(), count: z.number() })),
    });
    const answer = Series.parse(await done(tenant, "GET", `/incidents/${id}/occurrences`));
    expect(answer.series.map(({ count }) => count)).toEqual([24, 0, 0, 11]);
    expect(answer).toMatchObject({ total: 35, bucketMs: 300_000, to: answer.from + 4 * 300_000 });
    expect(answer.series.map(({ start }) => start)).toEqual([0, 1, 2, 3].map((n) => answer.from + n * 300_000));
  });

  test("the samples are its own logs and those of what was merged, each message once", async () => {
    const { tenant, id } = await withIncident();
    const other = await openIncident(tenant, "search");
    await accepted(tenant.key, events(5, { message: "something else" }));
    await accepted(tenant.key, events(20, { environment: "staging" }));
    await settle(tenant);
    const Samples = z.object({
      logs: z.array(z.object({ message: z.string(), serviceName: z.string(), environment: z.string() })),
    });
    const samplesOf = async (limit: number) =>
      Samples.parse(await done(tenant, "GET", `/incidents/${id}/samples?limit=${limit}`)).logs;
    const own = await samplesOf(50);
    expect(own).toHaveLength(12);
    expect(own.every((log) => log.serviceName === "checkout" && log.environment === "production")).toBe(true);
    expect(await samplesOf(3)).toHaveLength(3);
    await done(tenant, "POST", `/incidents/${other}/merge`, { into: id });
    expect(new Set((await samplesOf(50)).map((log) => log.serviceName))).toEqual(new Set(["checkout", "search"]));
  });
});

describe("the stats", () => {
  test("count by state and severity, and say how long it took; what was merged is left out", async () => {
    const tenant = await createTenant();
    const from = Date.now();
    const ids: string[] = [];
    for (const severity of ["LOW", "HIGH", "HIGH", "HIGH"]) {
      const made = z
        .object({ id: z.string() })
        .parse(await done(tenant, "POST", "/incidents", { ...byHand, severity }));
      ids.push(made.id);
    }
    await done(tenant, "POST", `/incidents/${ids[0]}/merge`, { into: ids[1] });
    advance(1_000);
    await done(tenant, "PATCH", `/incidents/${ids[1]}/acknowledge`);
    advance(2_000);
    await done(tenant, "PATCH", `/incidents/${ids[2]}/acknowledge`);
    await done(tenant, "PATCH", `/incidents/${ids[1]}/resolve`);
    advance(10_000);
    await done(tenant, "PATCH", `/incidents/${ids[3]}/acknowledge`);
    const stats = await done(tenant, "GET", `/incidents/stats?from=${from}&to=${Date.now()}`);
    expect(stats).toMatchObject({
      total: 3,
      byStatus: { ACKNOWLEDGED: 2, RESOLVED: 1 },
      bySeverity: { HIGH: 3 },
      timeToAcknowledge: { count: 3, mean: 17_000 / 3, median: 3_000 },
      timeToResolve: { count: 1, mean: 3_000, median: 3_000 },
    });
    await done(tenant, "PATCH", `/incidents/${ids[2]}/resolve`);
    expect(await done(tenant, "GET", "/incidents/stats")).toMatchObject({
      timeToResolve: { count: 2, mean: 8_000, median: 8_000 },
    });
  });

  test("of nothing are nothing; of another time, or of another tenant, too", async () => {
    const { tenant } = await withIncident();
    const nothing = { total: 0, byStatus: {}, timeToAcknowledge: { count: 0, mean: null, median: null } };
    const later = `from=${Date.now() + HOUR_MS}&to=${Date.now() + 2 * HOUR_MS}`;
    expect(await done(tenant, "GET", `/incidents/stats?${later}`)).toMatchObject(nothing);
    expect(await done(await createTenant(), "GET", "/incidents/stats")).toMatchObject(nothing);
    expect((await send(tenant, "GET", "/incidents/stats?from=2&to=1")).status).toBe(400);
  });
});
