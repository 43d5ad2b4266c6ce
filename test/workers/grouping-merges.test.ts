import "./support/bindings.ts";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { advance, nextWindow, setClock, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import {
  burst,
  CACHES_MS,
  fingerprintOf,
  incidentsUnder,
  merge,
  merged,
  mergesOf,
  openOnes,
  split,
  taken,
} from "./support/grouping.ts";
import { accepted, ask, changeStatus, incidentOf, incidentsOf, problemOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, settle, storeAlarm, sweep, windowAlarms } from "./support/pipeline.ts";
import { queued, take } from "./support/queues.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const A = "disk is full on volume";
const B = "lock was lost by writer";
const C = "queue has grown over limit";
const UNKNOWN = "f".repeat(64);

/** A tenant at the beginning of a window, with bursts of some templates, and the fingerprint of each. */
async function withBursts(...bursts: [message: string, count: number, more?: Record<string, unknown>][]) {
  const tenant = await createTenant();
  setClock(nextWindow() + 1_000);
  for (const [message, count, more] of bursts) {
    await burst(tenant, message, count, more);
    advance(1_000);
  }
  const known = new Map<string, string>();
  for (const [message] of bursts) known.set(message, await fingerprintOf(tenant, message));
  const of = (message: string): string => known.get(message) ?? "";
  return { tenant, a: of(A), b: of(B), c: of(C) };
}

/** Lets the present window speak its last word. */
async function closeWindow(tenant: Tenant): Promise<void> {
  setClock(nextWindow() + 11_000);
  await storeAlarm(tenant);
  await windowAlarms(tenant);
  await settle(tenant);
}

/** The changes of an incident's history. */
async function changes(tenant: Tenant, id: string | undefined): Promise<string[]> {
  return (await incidentOf(tenant, id ?? "")).history.map((entry) => entry.change);
}

/** The next window but one: no crossing of its events reaches back into the present one. */
function later(): void {
  setClock(nextWindow() + 5 * 60_000 + 1_000);
}

async function become(tenant: Tenant, id: string | undefined, status: string): Promise<void> {
  expect((await changeStatus(tenant, id ?? "", status)).status).toBe(200);
}

const Detail = z.object({ mergedInto: z.string().nullable(), status: z.string() });

function heirOf(tenant: Tenant, id: string | undefined) {
  return ask(tenant, Detail, `/api/v1/incidents/${id}`);
}

describe("a merge", () => {
  test("of two with incidents open: the target's goes on with the counts of both", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    await merged(tenant, a, b);
    const [old] = await incidentsUnder(tenant, a);
    const [kept] = await incidentsUnder(tenant, b);
    expect(old).toMatchObject({ status: "RESOLVED", occurrenceCount: 12 });
    expect(kept).toMatchObject({ status: "NEW", occurrenceCount: 27, regressionOf: null });
    expect(await heirOf(tenant, old?.id)).toEqual({ status: "RESOLVED", mergedInto: kept?.id });
    expect(await changes(tenant, old?.id)).toEqual(["OPENED", "MERGED"]);
    expect(await changes(tenant, kept?.id)).toEqual(["OPENED", "ABSORBED"]);
    const { history } = await incidentOf(tenant, old?.id ?? "");
    expect(history.at(-1)).toMatchObject({ fromStatus: "NEW", toStatus: "RESOLVED" });
    expect(history.at(-1)?.actor).toMatch(/^key:/);
  });

  test("shows in the Slack messages of both", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    const before = (await slackCalls(tenant)).length;
    await merged(tenant, a, b);
    await settle(tenant);
    const updates = (await slackCalls(tenant)).slice(before);
    expect(updates.map((one) => one.method)).toEqual(["chat.update", "chat.update"]);
    const texts = updates.map((one) => JSON.stringify(one.body.blocks)).join();
    expect(texts).toContain("RESOLVED");
    expect(updates.map((one) => one.body.text).join()).toContain("27 in");
  });

  test("with only the first open: its incident goes on under the target", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 2]);
    const [before] = await incidentsUnder(tenant, a);
    await merged(tenant, a, b);
    expect(await incidentsOf(tenant)).toMatchObject([
      { id: before?.id, fingerprint: b, status: "NEW", occurrenceCount: 12 },
    ]);
    expect(await changes(tenant, before?.id)).toEqual(["OPENED", "MOVED"]);
    later();
    await burst(tenant, B, 11);
    await burst(tenant, A, 11);
    await closeWindow(tenant);
    expect(await openOnes(tenant)).toEqual([{ fingerprint: b, environment: "production", occurrenceCount: 34 }]);
  });

  test("with only the target open: the first counts there from now on", async () => {
    const { tenant, a, b } = await withBursts([A, 2], [B, 12]);
    await merged(tenant, a, b);
    later();
    await burst(tenant, A, 11);
    expect(await openOnes(tenant)).toMatchObject([{ fingerprint: b, occurrenceCount: 23 }]);
    const [kept] = await incidentsOf(tenant);
    expect(await changes(tenant, kept?.id)).toEqual(["OPENED"]);
  });

  test("with none open: both together reach the threshold", async () => {
    const { tenant, a, b } = await withBursts([A, 2], [B, 2]);
    await merged(tenant, a, b);
    later();
    await burst(tenant, A, 6);
    expect(await incidentsOf(tenant)).toEqual([]);
    await burst(tenant, B, 6);
    expect(await openOnes(tenant)).toMatchObject([{ fingerprint: b, occurrenceCount: 12 }]);
  });

  test("of two environments: joined in the one where both are open, moved in the other", async () => {
    const [prod, dev] = [{ environment: "prod" }, { environment: "dev" }];
    const { tenant, a, b } = await withBursts([A, 12, prod], [A, 13, dev], [B, 15, prod]);
    const id = await merged(tenant, a, b);
    expect(await openOnes(tenant)).toEqual([
      { fingerprint: b, environment: "dev", occurrenceCount: 13 },
      { fingerprint: b, environment: "prod", occurrenceCount: 27 },
    ]);
    await taken(tenant, id);
    expect(await openOnes(tenant)).toEqual([
      { fingerprint: a, environment: "prod", occurrenceCount: 12 },
      { fingerprint: a, environment: "dev", occurrenceCount: 13 },
      { fingerprint: b, environment: "prod", occurrenceCount: 15 },
    ]);
  });

  test("keeps logs under their own fingerprint", async () => {
    const { tenant, a, b } = await withBursts([A, 2], [B, 2]);
    await merged(tenant, a, b);
    await burst(tenant, A, 3);
    expect(await fingerprintOf(tenant, A)).toBe(a);
  });

  test("is on record, with who and when, also after it was taken back", async () => {
    const { tenant, a, b } = await withBursts([A, 2], [B, 2]);
    const id = await merged(tenant, a, b);
    expect(await mergesOf(tenant)).toMatchObject([
      { id, fingerprint: a, target: b, kind: "merge", endedAt: null, endedBy: null },
    ]);
    await taken(tenant, id);
    const [record, ...others] = await mergesOf(tenant, `fingerprint=${b}`);
    expect(others).toEqual([]);
    expect(record?.actor).toMatch(/^key:/);
    expect(record?.endedBy).toBe(record?.actor);
    expect(record?.endedAt).toBeGreaterThan(record?.createdAt ?? 0);
    expect(await mergesOf(tenant, `fingerprint=${UNKNOWN}`)).toEqual([]);
  });

  test("reaches Slack through the sweep when the queue refused", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    const before = (await slackCalls(tenant)).length;
    fail("queue", "notification-events", { times: 2 });
    await merged(tenant, a, b);
    expect(queued("notification-events", tenant.id)).toEqual([]);
    advance(31_000);
    await sweep();
    await settle(tenant);
    expect((await slackCalls(tenant)).length).toBe(before + 2);
  });
});

describe("counts add up, and never double", () => {
  const orders: { name: string; bursts: [string, number][] }[] = [
    {
      name: "the merged one crossed first",
      bursts: [
        [A, 12],
        [B, 15],
      ],
    },
    {
      name: "the target crossed first",
      bursts: [
        [B, 15],
        [A, 12],
      ],
    },
  ];
  test.each(orders)("late words of the merged fingerprint's window ($name)", async ({ bursts }) => {
    const { tenant, a, b } = await withBursts(...bursts);
    await burst(tenant, A, 8);
    await burst(tenant, B, 5);
    expect((await openOnes(tenant)).map((one) => one.occurrenceCount)).toEqual([12, 15]);
    await merged(tenant, a, b);
    await closeWindow(tenant);
    expect(await openOnes(tenant)).toEqual([{ fingerprint: b, environment: "production", occurrenceCount: 40 }]);
  });

  test("events of both after the merge, in the window that both had begun", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    await merged(tenant, a, b);
    await burst(tenant, A, 7);
    await burst(tenant, B, 6);
    await closeWindow(tenant);
    expect(await openOnes(tenant)).toMatchObject([{ fingerprint: b, occurrenceCount: 40 }]);
  });

  test("events told twice, before and after the merge", async () => {
    const { tenant, a, b } = await withBursts([A, 12]);
    expect(b).toBe("");
    await burst(tenant, A, 8);
    setClock(nextWindow() + 11_000);
    await storeAlarm(tenant);
    await windowAlarms(tenant);
    const last = take("incident-events", tenant.id);
    expect(last.length).toBeGreaterThan(0);
    await deliver("incident-events", last);
    await burst(tenant, B, 15);
    const target = await fingerprintOf(tenant, B);
    await merged(tenant, a, target);
    for (let n = 0; n < 2; n++) await deliver("incident-events", last);
    await settle(tenant);
    expect(await openOnes(tenant)).toMatchObject([{ fingerprint: target, occurrenceCount: 35 }]);
  });

  test("late words that come between the merge and the split, and after it", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    await burst(tenant, A, 8);
    const id = await merged(tenant, a, b);
    // 30 s after the crossing the window has its next word.
    advance(20_000);
    await storeAlarm(tenant);
    await windowAlarms(tenant);
    await settle(tenant);
    expect(await openOnes(tenant)).toMatchObject([{ fingerprint: b, occurrenceCount: 35 }]);
    await taken(tenant, id);
    expect(await openOnes(tenant)).toMatchObject([
      { fingerprint: b, occurrenceCount: 15 },
      { fingerprint: a, occurrenceCount: 20 },
    ]);
    await burst(tenant, A, 5);
    await closeWindow(tenant);
    expect(await openOnes(tenant)).toMatchObject([
      { fingerprint: b, occurrenceCount: 15 },
      { fingerprint: a, occurrenceCount: 25 },
    ]);
  });

  test("merged, taken apart, and merged again", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    for (let n = 0; n < 2; n++) {
      const id = await merged(tenant, a, b);
      expect((await openOnes(tenant)).map((one) => one.occurrenceCount)).toEqual([27]);
      await taken(tenant, id);
      expect((await openOnes(tenant)).map((one) => one.occurrenceCount)).toEqual([12, 15]);
    }
  });
});

describe("a split", () => {
  test.each(["NEW", "ACKNOWLEDGED"])("opens what the merge resolved, %s as it was", async (status) => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    const [before] = await incidentsUnder(tenant, a);
    if (status === "ACKNOWLEDGED") await become(tenant, before?.id, status);
    const id = await merged(tenant, a, b);
    await taken(tenant, id);
    const [after] = await incidentsUnder(tenant, a);
    expect(after).toMatchObject({ id: before?.id, status, occurrenceCount: 12 });
    expect(await heirOf(tenant, after?.id)).toEqual({ status, mergedInto: null });
    expect((await changes(tenant, after?.id)).slice(-2)).toEqual(["MERGED", "SPLIT"]);
    expect(await incidentsUnder(tenant, b)).toMatchObject([{ status: "NEW", occurrenceCount: 15 }]);
  });

  test("takes what was moved back", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 2]);
    const id = await merged(tenant, a, b);
    await taken(tenant, id);
    const [incident] = await incidentsUnder(tenant, a);
    expect(incident).toMatchObject({ status: "NEW", occurrenceCount: 12 });
    expect(await changes(tenant, incident?.id)).toEqual(["OPENED", "MOVED", "SPLIT"]);
    later();
    await burst(tenant, B, 11);
    expect((await openOnes(tenant)).map((one) => one.fingerprint)).toEqual([b, a]);
  });

  test("leaves resolved what was resolved with the survivor", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    const id = await merged(tenant, a, b);
    const [kept] = await incidentsUnder(tenant, b);
    await become(tenant, kept?.id, "RESOLVED");
    await taken(tenant, id);
    expect(await openOnes(tenant)).toEqual([]);
    const [old] = await incidentsUnder(tenant, a);
    expect(await heirOf(tenant, old?.id)).toEqual({ status: "RESOLVED", mergedInto: null });
    expect((await incidentsOf(tenant)).map((incident) => incident.occurrenceCount).sort()).toEqual([12, 15]);
    // A crossing that reaches back into the window of the merge counts nothing of it again.
    setClock(nextWindow() + 60_000);
    await burst(tenant, A, 12);
    const [regression] = await incidentsUnder(tenant, a);
    expect(regression).toMatchObject({ status: "NEW", regressionOf: old?.id, occurrenceCount: 12 });
  });

  test("of what is split already → 409, and changes nothing", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    const id = await merged(tenant, a, b);
    await taken(tenant, id);
    const before = await incidentsOf(tenant);
    const response = await split(tenant, id);
    expect(response.status).toBe(409);
    expect(await problemOf(response)).toMatchObject({ code: "conflict" });
    expect(await incidentsOf(tenant)).toEqual(before);
  });

  test("twice at once: one wins, with one row of history", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    const id = await merged(tenant, a, b);
    const answers = await Promise.all([split(tenant, id), split(tenant, id)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409]);
    const [old] = await incidentsUnder(tenant, a);
    expect(await changes(tenant, old?.id)).toEqual(["OPENED", "MERGED", "SPLIT"]);
  });

  test("of one that is not there → 404", async () => {
    const tenant = await createTenant();
    expect((await split(tenant, crypto.randomUUID())).status).toBe(404);
    expect((await split(tenant, "x")).status).toBe(404);
  });
});

describe("a chain a → b → c", () => {
  const counts = async (tenant: Tenant) =>
    (await openOnes(tenant)).map((one) => [one.fingerprint, one.occurrenceCount]);

  test("with all open counts at its end; split from the end, each has its own again", async () => {
    const { tenant, a, b, c } = await withBursts([A, 12], [B, 15], [C, 18]);
    const first = await merged(tenant, a, b);
    const second = await merged(tenant, b, c);
    expect(await counts(tenant)).toEqual([[c, 45]]);
    await taken(tenant, second);
    expect(await counts(tenant)).toEqual([
      [c, 18],
      [b, 27],
    ]);
    await taken(tenant, first);
    expect(await counts(tenant)).toEqual([
      [a, 12],
      [b, 15],
      [c, 18],
    ]);
  });

  test("with all open, split from the beginning", async () => {
    const { tenant, a, b, c } = await withBursts([A, 12], [B, 15], [C, 18]);
    const first = await merged(tenant, a, b);
    const second = await merged(tenant, b, c);
    await taken(tenant, first);
    expect(await counts(tenant)).toEqual([
      [a, 12],
      [c, 33],
    ]);
    await taken(tenant, second);
    expect(await counts(tenant)).toEqual([
      [a, 12],
      [b, 15],
      [c, 18],
    ]);
  });

  test.each([
    { name: "the end", order: [1, 0] },
    { name: "the beginning", order: [0, 1] },
  ])("of an incident that only a has, split from $name: it goes back to a", async ({ order }) => {
    const { tenant, a, b, c } = await withBursts([A, 12], [B, 2], [C, 2]);
    const ids = [await merged(tenant, a, b), await merged(tenant, b, c)];
    expect(await counts(tenant)).toEqual([[c, 12]]);
    for (const index of order) await taken(tenant, ids[index] ?? "");
    expect(await counts(tenant)).toEqual([[a, 12]]);
  });

  test("counts new events of each at its end", async () => {
    const { tenant, a, b, c } = await withBursts([A, 2], [B, 2], [C, 2]);
    await merged(tenant, b, c);
    await merged(tenant, a, b);
    later();
    for (const message of [A, B, C]) await burst(tenant, message, 4);
    expect(await counts(tenant)).toEqual([[c, 12]]);
  });
});

describe("is refused with 409", () => {
  test("a cycle of two and of three", async () => {
    const { tenant, a, b, c } = await withBursts([A, 2], [B, 2], [C, 2]);
    await merged(tenant, a, b);
    expect((await merge(tenant, b, a)).status).toBe(409);
    await merged(tenant, b, c);
    for (const into of [a, b]) expect((await merge(tenant, c, into)).status).toBe(409);
    expect(await mergesOf(tenant)).toHaveLength(2);
  });

  test("itself", async () => {
    const { tenant, a } = await withBursts([A, 2]);
    expect((await merge(tenant, a, a)).status).toBe(409);
    expect(await mergesOf(tenant)).toEqual([]);
  });

  test("what is merged already, naming with what", async () => {
    const { tenant, a, b, c } = await withBursts([A, 12], [B, 15], [C, 18]);
    await merged(tenant, a, b);
    const before = await incidentsOf(tenant);
    for (const into of [b, c]) {
      const response = await merge(tenant, a, into);
      expect(response.status).toBe(409);
      expect((await problemOf(response)).detail).toContain(b);
    }
    expect(await incidentsOf(tenant)).toEqual(before);
  });

  test.each(["two ways", "the same way"])("of two at once, %s: one", async (ways) => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    const second = ways === "two ways" ? merge(tenant, b, a) : merge(tenant, a, b);
    const answers = await Promise.all([merge(tenant, a, b), second]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
    expect(await mergesOf(tenant)).toHaveLength(1);
    expect((await openOnes(tenant)).map((one) => one.occurrenceCount)).toEqual([27]);
  });
});

describe("is refused", () => {
  test("with 404 where a fingerprint was never seen", async () => {
    const { tenant, a } = await withBursts([A, 2]);
    expect((await merge(tenant, a, UNKNOWN)).status).toBe(404);
    expect((await merge(tenant, UNKNOWN, a)).status).toBe(404);
  });

  test("with 400 where it is none", async () => {
    const { tenant, a } = await withBursts([A, 2]);
    expect((await merge(tenant, a, "x")).status).toBe(400);
    expect((await merge(tenant, `${a}' OR 1`, a)).status).toBe(400);
  });

  test("to other tenants: they see nothing and change nothing", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    const other = await createTenant();
    expect((await merge(other, a, b)).status).toBe(404);
    const id = await merged(tenant, a, b);
    const before = await incidentsOf(tenant);
    expect((await split(other, id)).status).toBe(404);
    expect(await mergesOf(other)).toEqual([]);
    expect(await incidentsOf(tenant)).toEqual(before);
    expect(await mergesOf(tenant)).toMatchObject([{ endedAt: null }]);
  });

  test("no tenant's merge touches the same fingerprints of another", async () => {
    const one = await withBursts([A, 12], [B, 15]);
    const two = await withBursts([A, 12], [B, 15]);
    expect([two.a, two.b]).toEqual([one.a, one.b]);
    const before = await incidentsOf(two.tenant);
    const id = await merged(one.tenant, one.a, one.b);
    expect(await incidentsOf(two.tenant)).toEqual(before);
    await merged(two.tenant, two.b, two.a);
    await taken(one.tenant, id);
    expect((await openOnes(two.tenant)).map((incident) => incident.occurrenceCount)).toEqual([27]);
  });
});

describe("a regression", () => {
  test("of what was merged is one of the survivor, not of the one that the merge resolved", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    await merged(tenant, a, b);
    const [kept] = await incidentsUnder(tenant, b);
    await become(tenant, kept?.id, "RESOLVED");
    later();
    await burst(tenant, A, 12);
    const [regression, ...others] = (await incidentsOf(tenant)).filter((incident) => incident.status !== "RESOLVED");
    expect(others).toEqual([]);
    expect(regression).toMatchObject({ fingerprint: b, regressionOf: kept?.id, occurrenceCount: 12 });
  });

  test("is none while the merge's survivor is open", async () => {
    const { tenant, a, b } = await withBursts([A, 12], [B, 15]);
    await merged(tenant, a, b);
    later();
    await burst(tenant, A, 12);
    expect(await openOnes(tenant)).toMatchObject([{ fingerprint: b, occurrenceCount: 39 }]);
    expect(await incidentsOf(tenant)).toHaveLength(2);
  });

  test("a crossing from before a resolution, delivered after a merge, opens nothing", async () => {
    const { tenant, a } = await withBursts([A, 12]);
    const [old] = await incidentsUnder(tenant, a);
    await burst(tenant, B, 2);
    const b = await fingerprintOf(tenant, B);
    setClock(nextWindow() + 1_000);
    // The second window's crossing is long on its way.
    const crossing = await crossingOf(tenant, A);
    advance(5_000);
    await become(tenant, old?.id, "RESOLVED");
    advance(1_000);
    await merged(tenant, a, b);
    await deliver("incident-events", crossing);
    expect(await openOnes(tenant)).toEqual([]);
  });
});

/** The crossing that a burst causes, taken out of its queue. */
async function crossingOf(tenant: Tenant, message: string) {
  await accepted(tenant.key, events(12, { message }));
  for (const queue of ["raw-logs", "normalized-logs"] as const) await deliver(queue, take(queue, tenant.id));
  await storeAlarm(tenant);
  const crossing = take("incident-events", tenant.id);
  expect(crossing).toMatchObject([{ body: { kind: "CROSSED" } }]);
  return crossing;
}

const Candidates = z.object({
  candidates: z.array(
    z.object({
      template: z.string(),
      serviceName: z.string(),
      patterns: z.array(z.object({ fingerprint: z.string() })),
    }),
  ),
});

test("templates that differ in one word are offered as candidates, until they are merged", async () => {
  const tenant = await createTenant();
  await burst(tenant, "removing telnet service after", 2);
  await burst(tenant, "removing ftp service after", 2);
  await burst(tenant, "nothing like the others in", 2);
  const offered = async () => (await ask(tenant, Candidates, "/api/v1/grouping/candidates")).candidates;
  const [candidate, ...others] = await offered();
  expect(others).toEqual([]);
  expect(candidate?.template).toContain("removing <*> service after");
  const [first, second] = candidate?.patterns.map(({ fingerprint }) => fingerprint) ?? [];
  expect(await ask(await createTenant(), Candidates, "/api/v1/grouping/candidates")).toEqual({ candidates: [] });
  const id = await merged(tenant, first ?? "", second ?? "");
  expect(await offered()).toEqual([]);
  await taken(tenant, id);
  advance(CACHES_MS);
  expect(await offered()).toHaveLength(1);
});
