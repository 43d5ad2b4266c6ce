import "./support/bindings.ts";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { advance, nextWindow, setClock, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted } from "./support/http.ts";
import {
  changesOf,
  closeWindow,
  conflictOf,
  detailOf,
  done,
  listOf,
  openIncident,
  send,
  withIncident,
} from "./support/incidents.ts";
import { events } from "./support/logs.ts";
import { deliver, settle, storeAlarm } from "./support/pipeline.ts";
import { queued, take } from "./support/queues.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

/** Two open incidents: of `checkout`, and of `search`. */
async function two(): Promise<{ tenant: Tenant; a: string; b: string }> {
  const { tenant, id: a } = await withIncident();
  return { tenant, a, b: await openIncident(tenant, "search") };
}

async function merged() {
  const both = await two();
  await done(both.tenant, "POST", `/incidents/${both.a}/merge`, { into: both.b, note: "the same cause" });
  await settle(both.tenant);
  return both;
}

const sum = (windows: readonly { count: number }[]): number => windows.reduce((all, { count }) => all + count, 0);

describe("a merge by hand", () => {
  test("resolves the one, and the other goes on with the counts of both; the history of each names the other", async () => {
    const { tenant, a, b } = await merged();
    const [absorbed, survivor] = [await detailOf(tenant, a), await detailOf(tenant, b)];
    expect(absorbed).toMatchObject({ status: "RESOLVED", mergedInto: b, occurrenceCount: 12 });
    expect(survivor).toMatchObject({ status: "NEW", mergedInto: null, occurrenceCount: 24 });
    expect(sum(survivor.windows)).toBe(24);
    expect(absorbed.history.at(-1)).toMatchObject({ change: "MERGED", subject: b, note: "the same cause" });
    expect(survivor.history.at(-1)).toMatchObject({ change: "ABSORBED", subject: a, note: "the same cause" });
  });

  test("of a worse one makes the other as bad: it does not hide in it", async () => {
    const { tenant, id } = await withIncident();
    const low = { title: "slow", severity: "LOW", service: "web" };
    const { id: into } = z.object({ id: z.string() }).parse(await done(tenant, "POST", "/incidents", low));
    await done(tenant, "POST", `/incidents/${id}/merge`, { into });
    expect(await detailOf(tenant, into)).toMatchObject({ severity: "HIGH", occurrenceCount: 12 });
  });

  test("counts what comes later of the first for the other, each event once, in the same window and the next", async () => {
    const { tenant, b } = await merged();
    advance(31_000);
    await accepted(tenant.key, events(8));
    await settle(tenant);
    await closeWindow(tenant);
    expect(await detailOf(tenant, b)).toMatchObject({ occurrenceCount: 32 });
    await accepted(tenant.key, events(15));
    for (const queue of ["raw-logs", "normalized-logs"] as const) await deliver(queue, take(queue, tenant.id));
    await storeAlarm(tenant);
    const crossing = take("incident-events", tenant.id);
    for (let n = 0; n < 5; n++) await deliver("incident-events", crossing);
    expect((await listOf(tenant)).filter(({ status }) => status === "NEW")).toMatchObject([
      { id: b, occurrenceCount: 47 },
    ]);
  });

  test("counts nothing twice when the fingerprints are merged as well", async () => {
    const { tenant, a, b } = await merged();
    advance(31_000);
    await accepted(tenant.key, events(8));
    for (const queue of ["raw-logs", "normalized-logs"] as const) await deliver(queue, take(queue, tenant.id));
    await storeAlarm(tenant);
    const update = take("incident-events", tenant.id);
    expect(update).toMatchObject([{ body: { kind: "UPDATED", windows: [{ count: 20 }] } }]);
    const [fingerprint, into] = [(await detailOf(tenant, a)).fingerprint, (await detailOf(tenant, b)).fingerprint];
    await done(tenant, "POST", "/grouping/merges", { fingerprint, into });
    advance(1_000);
    await deliver("incident-events", update);
    expect(await detailOf(tenant, b)).toMatchObject({ occurrenceCount: 32 });
  });

  test("is not undone by a crossing from before both, that was long on its way", async () => {
    const tenant = await createTenant();
    setClock(nextWindow() + 1_000);
    await accepted(tenant.key, events(12));
    for (const queue of ["raw-logs", "normalized-logs"] as const) await deliver(queue, take(queue, tenant.id));
    await storeAlarm(tenant);
    const onItsWay = take("incident-events", tenant.id);
    expect(onItsWay).toMatchObject([{ body: { kind: "CROSSED" } }]);
    setClock(nextWindow() + 400_000);
    const [a, b] = [await openIncident(tenant), await openIncident(tenant, "search")];
    await done(tenant, "POST", `/incidents/${a}/merge`, { into: b });
    await deliver("incident-events", onItsWay);
    expect((await listOf(tenant, "status=NEW")).map(({ id }) => id)).toEqual([b]);
  });

  test("after whose end the first one's logs open a regression of the other", async () => {
    const { tenant, b } = await merged();
    await done(tenant, "PATCH", `/incidents/${b}/resolve`);
    setClock(nextWindow() + 60_000);
    await accepted(tenant.key, events(15));
    await settle(tenant);
    expect((await listOf(tenant))[0]).toMatchObject({ status: "NEW", regressionOf: b, occurrenceCount: 15 });
  });

  test("is taken back: each counts its own again, also what came meanwhile, and the state is what it was", async () => {
    const { tenant, a, b } = await two();
    await done(tenant, "PATCH", `/incidents/${a}/acknowledge`);
    await done(tenant, "POST", `/incidents/${a}/ignore`);
    await done(tenant, "POST", `/incidents/${a}/merge`, { into: b });
    setClock(nextWindow() + 1_000);
    await accepted(tenant.key, events(15));
    await settle(tenant);
    await done(tenant, "DELETE", `/incidents/${a}/merge`);
    expect(await detailOf(tenant, a)).toMatchObject({
      ...{ status: "ACKNOWLEDGED", mergedInto: null, resolvedAt: null, occurrenceCount: 27 },
      ignoredAt: expect.any(Number),
    });
    expect(await detailOf(tenant, b)).toMatchObject({ status: "NEW", occurrenceCount: 12 });
    advance(31_000);
    await accepted(tenant.key, events(5));
    await settle(tenant);
    await closeWindow(tenant);
    expect(await detailOf(tenant, a)).toMatchObject({ occurrenceCount: 32 });
    expect((await changesOf(tenant, b)).slice(-2)).toEqual(["ABSORBED", "UNMERGED"]);
  });

  test("over three incidents shows all counts on the last", async () => {
    const { tenant, a, b } = await merged();
    const c = await openIncident(tenant, "third");
    await done(tenant, "POST", `/incidents/${b}/merge`, { into: c });
    expect(await detailOf(tenant, c)).toMatchObject({ occurrenceCount: 36 });
    setClock(nextWindow() + 1_000);
    await accepted(tenant.key, events(15));
    await settle(tenant);
    expect(await detailOf(tenant, c)).toMatchObject({ occurrenceCount: 51 });
    await done(tenant, "DELETE", `/incidents/${b}/merge`);
    expect([await detailOf(tenant, a), await detailOf(tenant, b), await detailOf(tenant, c)]).toMatchObject([
      { mergedInto: b },
      { occurrenceCount: 39 },
      { occurrenceCount: 12 },
    ]);
  });

  test("of one whose survivor was merged further is taken back from the last", async () => {
    const { tenant, a, b } = await merged();
    const c = await openIncident(tenant, "third");
    await done(tenant, "POST", `/incidents/${b}/merge`, { into: c });
    await done(tenant, "DELETE", `/incidents/${a}/merge`);
    expect([await detailOf(tenant, a), await detailOf(tenant, c)]).toMatchObject([
      { status: "NEW", mergedInto: null, occurrenceCount: 12 },
      { status: "NEW", occurrenceCount: 24 },
    ]);
  });

  test("of the same pattern in two environments counts both", async () => {
    const { tenant, id: a } = await withIncident();
    const b = await openIncident(tenant, "checkout", { environment: "staging" });
    await done(tenant, "POST", `/incidents/${a}/merge`, { into: b });
    expect(await detailOf(tenant, b)).toMatchObject({ occurrenceCount: 24 });
    setClock(nextWindow() + 1_000);
    for (const environment of ["production", "staging"]) await accepted(tenant.key, events(10, { environment }));
    await settle(tenant);
    expect(await detailOf(tenant, b)).toMatchObject({ occurrenceCount: 44 });
  });

  test("twice at once, or to and fro: one wins, the other gets a 409 that names the state", async () => {
    for (const back of [false, true]) {
      const { tenant, a, b } = await two();
      const answers = await Promise.all([
        send(tenant, "POST", `/incidents/${a}/merge`, { into: b }),
        send(tenant, "POST", `/incidents/${back ? b : a}/merge`, { into: back ? a : b }),
      ]);
      const [loser, ...others] = answers.filter((answer) => !answer.ok);
      if (loser === undefined) throw new Error("both won");
      expect(others).toEqual([]);
      expect(await conflictOf(loser)).toContain("RESOLVED, merged into");
      expect((await listOf(tenant, "status=NEW")).map((incident) => incident.occurrenceCount)).toEqual([24]);
    }
  });

  test("taken back twice at once: one wins, the other gets a 409", async () => {
    const { tenant, a } = await merged();
    const answers = await Promise.all([1, 2].map(() => send(tenant, "DELETE", `/incidents/${a}/merge`)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect((await changesOf(tenant, a)).filter((change) => change === "UNMERGED")).toHaveLength(1);
  });

  test("into itself → 400; into one that is resolved, or from one whose survivor is → 409 that says so", async () => {
    const { tenant, a, b } = await merged();
    expect((await send(tenant, "POST", `/incidents/${b}/merge`, { into: b })).status).toBe(400);
    const c = await openIncident(tenant, "third");
    expect(await conflictOf(await send(tenant, "POST", `/incidents/${c}/merge`, { into: a }))).toContain("RESOLVED");
    await done(tenant, "PATCH", `/incidents/${b}/resolve`);
    expect(await conflictOf(await send(tenant, "DELETE", `/incidents/${a}/merge`))).toContain("RESOLVED");
  });

  test("does all or nothing when the database fails, and is told by the sweep when the queue does", async () => {
    const { tenant, a, b } = await two();
    await settle(tenant);
    const untouched = [await detailOf(tenant, a), await detailOf(tenant, b)];
    fail("db", 'update "incidents"', { times: 1 });
    expect((await send(tenant, "POST", `/incidents/${a}/merge`, { into: b })).status).toBe(503);
    expect([await detailOf(tenant, a), await detailOf(tenant, b)]).toEqual(untouched);
    fail("queue", "notification-events", { times: 2 });
    await done(tenant, "POST", `/incidents/${a}/merge`, { into: b });
    expect(queued("notification-events", tenant.id)).toEqual([]);
  });
});
