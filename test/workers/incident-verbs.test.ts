import "./support/bindings.ts";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { after, CLICKS, type Click, modelOf } from "../../core/incidents/lifecycle.fixtures.ts";
import { escalateIncident } from "../../services/incidents/escalate.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { call } from "./support/http.ts";
import {
  changesOf,
  conflictOf,
  createUser,
  detailOf,
  done,
  openIncident,
  send,
  withIncident,
} from "./support/incidents.ts";
import { sweep } from "./support/pipeline.ts";
import { queued, take } from "./support/queues.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

/** A verb as a client calls it, and what must have happened before so that it is allowed. */
interface VerbCall {
  name: string;
  change: string;
  before?: readonly (readonly [method: string, verb: string, body?: object])[];
  call: readonly [method: string, verb: string, body?: object];
  /** How the incident stands when the second one comes. */
  stands: string;
}

const VERBS: VerbCall[] = [
  { name: "acknowledge", change: "ACKNOWLEDGED", call: ["PATCH", "acknowledge"], stands: "ACKNOWLEDGED" },
  { name: "resolve", change: "RESOLVED", call: ["PATCH", "resolve", { note: "done" }], stands: "RESOLVED" },
  { name: "snooze", change: "SNOOZED", call: ["POST", "snooze", { occurrences: 5 }], stands: "NEW, snoozed" },
  {
    name: "unsnooze",
    change: "UNSNOOZED",
    before: [["POST", "snooze", { escalates: true }]],
    call: ["DELETE", "snooze"],
    stands: "NEW",
  },
  { name: "ignore", change: "IGNORED", call: ["POST", "ignore"], stands: "NEW, ignored" },
  { name: "unignore", change: "UNIGNORED", before: [["POST", "ignore"]], call: ["DELETE", "ignore"], stands: "NEW" },
];

describe.each(VERBS)("$name", ({ change, before = [], call: [method, verb, body], stands }) => {
  async function ready() {
    const { tenant, id } = await withIncident();
    for (const [early, earlier, what] of before) await done(tenant, early, `/incidents/${id}/${earlier}`, what);
    take("notification-events", tenant.id);
    return { tenant, id, path: `/incidents/${id}/${verb}` };
  }

  test("writes the history, with who did it, and one message", async () => {
    const { tenant, id, path } = await ready();
    await done(tenant, method, path, body);
    const { history } = await detailOf(tenant, id);
    expect(history.at(-1)).toMatchObject({ change, actor: expect.stringMatching(/^key:/) });
    expect(queued("notification-events", tenant.id)).toHaveLength(1);
  });

  test("twice at once: one wins, the other gets a 409 that names the state", async () => {
    const { tenant, id, path } = await ready();
    const answers = await Promise.all([send(tenant, method, path, body), send(tenant, method, path, body)]);
    const [loser, ...others] = answers.filter((answer) => !answer.ok);
    if (loser === undefined) throw new Error("both won");
    expect(others).toEqual([]);
    expect(await conflictOf(loser)).toContain(`is ${stands}: `);
    expect((await changesOf(tenant, id)).filter((one) => one === change)).toHaveLength(1);
    expect(queued("notification-events", tenant.id)).toHaveLength(1);
  });

  test("does all or nothing when the database fails", async () => {
    const { tenant, id, path } = await ready();
    const untouched = await detailOf(tenant, id);
    fail("db", 'update "incidents"', { times: 1 });
    expect((await send(tenant, method, path, body)).status).toBe(503);
    expect(await detailOf(tenant, id)).toEqual(untouched);
    expect(queued("notification-events", tenant.id)).toEqual([]);
    await done(tenant, method, path, body);
  });

  test("has happened when the queue fails, and is told by the sweep", async () => {
    const { tenant, id, path } = await ready();
    fail("queue", "notification-events", { times: 1 });
    await done(tenant, method, path, body);
    expect((await changesOf(tenant, id)).at(-1)).toBe(change);
    expect(queued("notification-events", tenant.id)).toEqual([]);
    advance(31_000);
    await sweep();
    expect(queued("notification-events", tenant.id)).toHaveLength(1);
  });
});

test.each([
  ["PATCH", "assign", { assigneeId: "u", note: 7 }],
  ["PATCH", "acknowledge", { note: "x".repeat(2_001) }],
  ["PATCH", "resolve", { reason: "no such field" }],
  ["POST", "snooze", {}],
  ["POST", "snooze", { until: 1 }],
  ["POST", "snooze", { until: "soon" }],
  ["POST", "snooze", { occurrences: 0 }],
  ["POST", "snooze", { occurrences: 1, escalates: true }],
  ["POST", "merge", {}],
  ["POST", "links", { incidentId: "" }],
] as const)("%s %s with %j → 400, and nothing happens", async (method, verb, body) => {
  const { tenant, id } = await withIncident();
  const response = await send(tenant, method, `/incidents/${id}/${verb}`, body);
  expect(response.status).toBe(400);
  expect(await changesOf(tenant, id)).toEqual(["OPENED"]);
});

test("another tenant finds nothing, whatever it calls, and changes nothing", async () => {
  const { tenant, id } = await withIncident();
  const { tenant: stranger, id: own } = await withIncident();
  const assigneeId = await createUser(stranger);
  const before = await detailOf(tenant, id);
  const calls: [string, string, object?][] = [
    ["GET", ""],
    ...["timeline", "occurrences", "samples", "related"].map((part): [string, string] => ["GET", `/${part}`]),
    ["PATCH", "/status", { status: "RESOLVED" }],
    ["PATCH", "/assign", { assigneeId }],
    ["PATCH", "/acknowledge"],
    ["PATCH", "/resolve"],
    ["POST", "/comments", { text: "hello" }],
    ["POST", "/snooze", { occurrences: 1 }],
    ["DELETE", "/snooze"],
    ["POST", "/ignore"],
    ["DELETE", "/ignore"],
    ["POST", "/merge", { into: own }],
    ["DELETE", "/merge"],
    ["POST", "/links", { incidentId: own }],
    ["DELETE", `/links/${own}`],
  ];
  for (const [method, part, body] of calls) {
    expect((await send(stranger, method, `/incidents/${id}${part}`, body)).status, `${method} ${part}`).toBe(404);
  }
  for (const [part, body] of [["merge", { into: id }] as const, ["links", { incidentId: id }] as const]) {
    expect((await send(stranger, "POST", `/incidents/${own}/${part}`, body)).status).toBe(404);
  }
  expect(await detailOf(tenant, id)).toEqual(before);
  expect(await changesOf(stranger, own)).toEqual(["OPENED"]);
});

describe("a sequence of clicks", () => {
  /** The click as a call. @returns whether it was allowed */
  async function click(tenant: Tenant, id: string, into: string, what: Click, users: readonly string[], turn: number) {
    if (what === "escalate") {
      return await escalateIncident(tenant.scope, id).then(
        () => true,
        () => false,
      );
    }
    const calls: Record<Exclude<Click, "escalate">, [string, string, object?]> = {
      assign: ["PATCH", "assign", { assigneeId: users[turn % users.length] }],
      acknowledge: ["PATCH", "acknowledge"],
      resolve: ["PATCH", "resolve"],
      snooze: ["POST", "snooze", { escalates: true }],
      wake: ["DELETE", "snooze"],
      ignore: ["POST", "ignore"],
      unignore: ["DELETE", "ignore"],
      merge: ["POST", "merge", { into }],
      unmerge: ["DELETE", "merge"],
    };
    const [method, verb, body] = calls[what];
    const { status } = await send(tenant, method, `/incidents/${id}/${verb}`, body);
    expect([200, 409]).toContain(status);
    return status === 200;
  }

  test("is allowed, and ends, as a naive reader of the rules would have it; the history tells all of it", async () => {
    const tenant = await createTenant();
    const users = await Promise.all(Array.from({ length: 30 }, () => createUser(tenant)));
    const into = await openIncident(tenant, "survivor");
    let run = 0;
    const sequences = fc.array(fc.constantFrom(...CLICKS), { minLength: 6, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(sequences, async (clicks) => {
        const id = await openIncident(tenant, `service-${run++}`);
        let model = modelOf();
        let happened = 1;
        for (const [turn, what] of clicks.entries()) {
          const next = after(model, what);
          expect(await click(tenant, id, into, what, users, turn), what).toBe(next !== undefined);
          if (next === undefined) continue;
          model = next;
          happened++;
        }
        const { history, ...incident } = await detailOf(tenant, id);
        expect(incident.status).toBe(model.state);
        expect([incident.snoozedAt, incident.ignoredAt].map((at) => at !== null)).toEqual([
          model.snoozed,
          model.ignored,
        ]);
        expect(history).toHaveLength(happened);
        for (const [index, entry] of history.entries()) {
          expect(entry.fromStatus).toBe(index === 0 ? null : history[index - 1]?.toStatus);
        }
      }),
      { numRuns: 12 },
    );
  });
});

test("a body that is no JSON is refused, and is not taken for none", async () => {
  const { tenant, id } = await withIncident();
  const headers = { "x-api-key": tenant.key };
  const broken = await call(`/api/v1/incidents/${id}/resolve`, { method: "PATCH", headers, body: '{"note": "fix' });
  expect(broken.status).toBe(400);
  expect(await changesOf(tenant, id)).toEqual(["OPENED"]);
});
