import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { advance, nextWindow, setClock, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import {
  burst,
  CACHES_MS,
  fingerprintOf,
  merged,
  openOnes,
  putRules,
  rulesOf,
  saved,
  send,
} from "./support/grouping.ts";
import { accepted, incidentsOf, problemOf, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { callsOfWindows, settle, storeAlarm } from "./support/pipeline.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const HOUR_MS = 60 * 60 * 1000;
const NEVER = { type: "never" };

function rule(action: unknown, when: unknown = { service: "*" }, name = "a rule") {
  return { name, when, action };
}

const fixed = (...parts: string[]) => ({ type: "fingerprint", parts });

/** Sends bursts in a window of their own, so that earlier ones add nothing to them. */
async function bursts(tenant: Tenant, ...list: [message: string, count: number, more?: Record<string, unknown>][]) {
  setClock(nextWindow() + 5 * 60_000 + 1_000);
  for (const [message, count, more] of list) await burst(tenant, message, count, more);
}

const counts = async (tenant: Tenant) => (await openOnes(tenant)).map((one) => one.occurrenceCount);

describe("rules", () => {
  test("are none, as version 0, where none were saved", async () => {
    expect(await rulesOf(await createTenant())).toEqual({ version: 0, rules: [], actor: null, savedAt: null });
  });

  test("are saved as versions, with who and when", async () => {
    const tenant = await createTenant();
    for (const version of [1, 2]) {
      const response = await putRules(tenant, [rule(NEVER, undefined, `v${version}`)], version - 1);
      expect(await response.json()).toEqual({ version });
      const found = await rulesOf(tenant);
      expect(found).toMatchObject({ version, rules: [{ name: `v${version}` }], savedAt: Date.now() });
      expect(found.actor).toMatch(/^key:/);
    }
  });

  test.each([
    { name: "one that was saved over", basedOn: 0 },
    { name: "one that is not there yet", basedOn: 2 },
  ])("made from $name → 409, and nothing is saved", async ({ basedOn }) => {
    const tenant = await createTenant();
    await putRules(tenant, [], 0);
    const response = await putRules(tenant, [rule(NEVER)], basedOn);
    expect(response.status).toBe(409);
    expect(await problemOf(response)).toMatchObject({ code: "conflict" });
    expect(await rulesOf(tenant)).toMatchObject({ version: 1, rules: [] });
  });

  test("by several at once: one is saved, the others get a 409", async () => {
    const tenant = await createTenant();
    const answers = await Promise.all(
      ["a", "b", "c"].map((name) => putRules(tenant, [rule(NEVER, undefined, name)], 0)),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409]);
    expect(await rulesOf(tenant)).toMatchObject({ version: 1 });
  });

  test.each<{ name: string; rules: unknown; code: string; says: string }>([
    {
      name: "a wrong pattern",
      rules: [rule(NEVER, { message: "(" }, "open")],
      code: "invalid_rule",
      says: "rule 1 (open), when.message",
    },
    {
      name: "an empty mask",
      rules: [rule(NEVER), rule({ type: "mask", pattern: "x*" }, undefined, "m")],
      code: "invalid_rule",
      says: "rule 2 (m), action.pattern",
    },
    { name: "no condition", rules: [rule(NEVER, {})], code: "invalid_query", says: "body.rules.0.when" },
    { name: "another action", rules: [rule({ type: "drop" })], code: "invalid_query", says: "body.rules.0.action" },
    { name: "no list", rules: "none", code: "invalid_query", says: "body.rules" },
  ])("with $name → 400 that names it", async ({ rules, code, says }) => {
    const tenant = await createTenant();
    const response = await putRules(tenant, rules, 0);
    expect(response.status).toBe(400);
    const problem = await problemOf(response);
    expect(problem.code).toBe(code);
    expect(problem.detail).toContain(says);
    expect(await rulesOf(tenant)).toMatchObject({ version: 0 });
  });

  test("of one tenant are not those of another", async () => {
    const [tenant, other] = [await createTenant(), await createTenant()];
    await saved(tenant, [rule(NEVER)]);
    expect(await rulesOf(other)).toMatchObject({ version: 0, rules: [] });
    for (const one of [tenant, other]) await bursts(one, ["it broke after", 12]);
    expect(await incidentsOf(tenant)).toEqual([]);
    expect(await counts(other)).toEqual([12]);
  });
});

describe("a rule that was saved takes effect", () => {
  test("when the caches are over, and not on what came before", async () => {
    const tenant = await createTenant();
    await bursts(tenant, ["it broke after", 12]);
    expect((await putRules(tenant, [rule(NEVER)], 0)).status).toBe(200);
    await burst(tenant, "it failed after", 12);
    expect(await counts(tenant)).toEqual([12, 12]);
    advance(CACHES_MS);
    await burst(tenant, "it stopped after", 12);
    expect(await counts(tenant)).toEqual([12, 12]);
    expect(await storedLogs(tenant)).toHaveLength(36);
  });

  test("and so does the one that takes its place", async () => {
    const tenant = await createTenant();
    await saved(tenant, [rule(NEVER)]);
    await bursts(tenant, ["it broke after", 12]);
    expect(await incidentsOf(tenant)).toEqual([]);
    await saved(tenant, []);
    await bursts(tenant, ["it broke after", 12]);
    expect(await counts(tenant)).toEqual([12]);
  });

  test("that never groups makes no incident, calls no window, and keeps the logs", async () => {
    const tenant = await createTenant();
    await saved(tenant, [rule(NEVER, { message: "^noise" })]);
    await bursts(tenant, ["noise again after", 30], ["it broke after", 11]);
    expect(await openOnes(tenant)).toMatchObject([{ occurrenceCount: 11 }]);
    expect(callsOfWindows(tenant)).toBe(1);
    const logs = (await storedLogs(tenant)).filter((log) => log.message.startsWith("noise"));
    expect(logs).toHaveLength(30);
    expect(new Set(logs.map((log) => log.fingerprint)).size).toBe(1);
  });

  test("that names a fingerprint joins templates and services; each log keeps its own template", async () => {
    const tenant = await createTenant();
    await saved(tenant, [rule(fixed("the pool"), { template: "pool" })]);
    await bursts(tenant, ["pool is empty after", 6], ["pool has closed in", 6, { service: "other" }]);
    expect(await counts(tenant)).toEqual([12]);
    const logs = await storedLogs(tenant);
    expect(new Set(logs.map((log) => log.fingerprint)).size).toBe(1);
    for (const log of logs) expect(log.messageTemplate.slice(0, 8)).toBe(log.message.slice(0, 8));
  });

  test("that adds to the default splits a template by an attribute", async () => {
    const tenant = await createTenant();
    await saved(tenant, [rule(fixed("{{ default }}", "{{ attributes.region }}"))]);
    const at = (region: string) => ({ attributes: { region } });
    await bursts(
      tenant,
      ["it broke after", 10, at("eu")],
      ["it broke after", 11, at("us")],
      ["it broke after", 9, at("ap")],
    );
    expect(await counts(tenant)).toEqual([10, 11]);
  });

  test("that masks joins what differs there", async () => {
    const tenant = await createTenant();
    const lines = ["acme", "globex", "initech"].map((name) => `we heard ${name} sing after`);
    const list = lines.map((line): [string, number] => [line, 4]);
    await bursts(tenant, ...list);
    expect(await incidentsOf(tenant)).toEqual([]);
    await saved(tenant, [rule({ type: "mask", pattern: "acme|globex|initech" })]);
    await bursts(tenant, ...list);
    expect(await counts(tenant)).toEqual([12]);
  });

  test("is the first that holds", async () => {
    const tenant = await createTenant();
    await saved(tenant, [
      rule(fixed("mine"), { levels: ["ERROR", "FATAL"], service: "check*" }),
      rule(NEVER, { service: "checkout" }),
    ]);
    await bursts(
      tenant,
      ["it broke after", 6],
      ["it failed after", 5, { level: "FATAL" }],
      ["it failed after", 12, { level: "WARN" }],
    );
    expect(await counts(tenant)).toEqual([11]);
  });
});

const Named = z.object({
  fingerprint: z.string(),
  template: z.string(),
  exceptionType: z.string(),
  grouped: z.boolean(),
  rule: z.number().nullable(),
});
const Comparison = z.object({
  lines: z.number(),
  groupsNow: z.number(),
  groupsProposed: z.number(),
  changedLines: z.number(),
  groups: z.array(z.object({ now: Named, proposed: Named, count: z.number(), samples: z.array(z.string()) })),
  partial: z.boolean().optional(),
});

async function preview(tenant: Tenant, body: unknown): Promise<z.infer<typeof Comparison>> {
  const response = await send(tenant, "POST", "/grouping/preview", body);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`no preview: ${response.status} ${text}`);
  return Comparison.parse(JSON.parse(text));
}

describe("a preview of pasted lines", () => {
  test("shows how they would group beside how they group now, and saves nothing", async () => {
    const tenant = await createTenant();
    const lines = ["pool is empty", "pool has closed", { message: "it broke", service: "x", level: "WARN" }];
    const found = await preview(tenant, { rules: [rule(fixed("pool"), { message: "^pool" })], lines });
    expect(found).toMatchObject({ lines: 3, groupsNow: 3, groupsProposed: 2, changedLines: 2 });
    const pool = found.groups.filter((group) => group.proposed.rule === 0);
    expect(pool.flatMap((group) => group.samples).sort()).toEqual(["pool has closed", "pool is empty"]);
    expect(new Set(pool.map((group) => group.proposed.fingerprint)).size).toBe(1);
    expect(await rulesOf(tenant)).toMatchObject({ version: 0 });
  });

  test("gives the fingerprints that the pipeline gives", async () => {
    const tenant = await createTenant();
    const rules = [rule(fixed("{{ default }}", "{{ service }}"))];
    const trace = "java.io.IOException: x\n\tat a.B.c(B.java:1)";
    const line = {
      message: "  it broke after 1ms ",
      service: "checkout",
      environment: "production",
      level: "err",
      trace,
    };
    const { groups } = await preview(tenant, { rules, lines: [line] });
    await burst(tenant, "it broke after", 1, { trace });
    expect(groups[0]?.now.fingerprint).toBe(await fingerprintOf(tenant, "it broke"));
    await saved(tenant, rules);
    await burst(tenant, "it broke after", 1, { trace, service: "checkout", at: Date.now() });
    const [newest] = await storedLogs(tenant);
    expect(groups[0]?.proposed.fingerprint).toBe(newest?.fingerprint);
  });

  test("reads the level out of a line that names none, as the pipeline does", async () => {
    const tenant = await createTenant();
    const lines = ["2026-01-01T00:00:00Z ERROR it broke", "2026-01-01T00:00:00Z INFO it broke"];
    const found = await preview(tenant, { rules: [rule(NEVER, { levels: ["ERROR"] })], lines });
    expect(found.changedLines).toBe(1);
    expect(found.groups.find((group) => !group.proposed.grouped)?.samples).toEqual([lines[0]]);
  });

  test("compares with what was saved a moment ago", async () => {
    const tenant = await createTenant();
    const rules = [rule(NEVER)];
    const body = { rules, lines: ["it broke"] };
    expect(await preview(tenant, body)).toMatchObject({ groupsNow: 1, groupsProposed: 0, changedLines: 1 });
    await putRules(tenant, rules, 0);
    expect(await preview(tenant, body)).toMatchObject({ groupsNow: 0, groupsProposed: 0, changedLines: 0 });
  });

  test("keeps what is merged together", async () => {
    const tenant = await createTenant();
    await burst(tenant, "it broke after", 1);
    await burst(tenant, "it failed after", 1);
    const [a, b] = [await fingerprintOf(tenant, "it broke"), await fingerprintOf(tenant, "it failed")];
    await merged(tenant, a, b);
    const lines = ["it broke after 1ms", "it failed after 1ms"].map((message) => ({ message, service: "checkout" }));
    const found = await preview(tenant, { rules: [], lines });
    expect(found).toMatchObject({ groupsNow: 1, groupsProposed: 1 });
    expect(found.groups[0]?.now.fingerprint).toBe(b);
  });

  test.each<{ name: string; body: unknown; code: string }>([
    { name: "a wrong rule", body: { rules: [rule(NEVER, { message: "(" })], lines: ["x"] }, code: "invalid_rule" },
    { name: "no lines", body: { rules: [], lines: [] }, code: "invalid_query" },
    { name: "neither lines nor a range", body: { rules: [] }, code: "invalid_query" },
    { name: "both", body: { rules: [], lines: ["x"], stored: {} }, code: "invalid_query" },
    {
      name: "too many lines",
      body: { rules: [], lines: Array.from({ length: 2_001 }, () => "x") },
      code: "invalid_query",
    },
  ])("with $name → 400", async ({ body, code }) => {
    const response = await send(await createTenant(), "POST", "/grouping/preview", body);
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({ code });
  });
});

describe("a preview of stored lines", () => {
  const rules = [rule(fixed("pool"), { message: "^pool" })];

  async function withLogs(): Promise<Tenant> {
    const tenant = await createTenant();
    await bursts(tenant, ["pool is empty after", 4], ["pool has closed after", 3], ["it broke after", 2]);
    return tenant;
  }

  test("groups those of the range, from the buffer and from segments", async () => {
    const tenant = await withLogs();
    expect(await preview(tenant, { rules, stored: {} })).toMatchObject({
      lines: 9,
      groupsNow: 3,
      groupsProposed: 2,
      changedLines: 7,
      partial: false,
    });
    advance(HOUR_MS + 60_000);
    await storeAlarm(tenant);
    await burst(tenant, "pool is new after", 1);
    const from = new Date(Date.now() - 2 * HOUR_MS).toISOString();
    const found = await preview(tenant, { rules, stored: { from } });
    expect(found).toMatchObject({ lines: 10, groupsNow: 4, groupsProposed: 2, changedLines: 8 });
    expect(found.groups.map((group) => group.count)).toEqual([4, 3, 2, 1]);
  });

  test("takes the same selection as a search", async () => {
    const tenant = await withLogs();
    expect(await preview(tenant, { rules, stored: { q: "closed" } })).toMatchObject({ lines: 3, changedLines: 3 });
    expect(await preview(tenant, { rules, stored: { level: "INFO" } })).toMatchObject({ lines: 0 });
  });

  test("says when it has not seen all", async () => {
    const tenant = await withLogs();
    expect(await preview(tenant, { rules, stored: { limit: 5 } })).toMatchObject({ lines: 5, partial: true });
  });

  test("sees no other tenant's logs", async () => {
    await withLogs();
    expect(await preview(await createTenant(), { rules, stored: {} })).toMatchObject({ lines: 0, groups: [] });
  });

  test.each([
    { stored: { limit: 2_001 } },
    { stored: { q: "level:" } },
    { stored: { from: "2026-01-02", to: "2026-01-01" } },
  ])("of $stored → 400", async (body) => {
    const response = await send(await createTenant(), "POST", "/grouping/preview", { rules, ...body });
    expect(response.status).toBe(400);
  });
});

test("logs that the rules were not loaded for wait: nothing is grouped by other rules than the tenant's", async () => {
  const tenant = await createTenant();
  await putRules(tenant, [rule(NEVER)], 0);
  const fault = fail("db", 'from "grouping_rule_sets"', { times: 1 });
  await accepted(tenant.key, events(12));
  await settle(tenant);
  repair();
  expect(fault.tripped).toBe(1);
  expect(await incidentsOf(tenant)).toEqual([]);
  expect(await storedLogs(tenant)).toHaveLength(12);
});
