import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { normalizeEvent } from "../../core/events/normalize-event.ts";
import type { RawEvent } from "../../core/events/raw-event.ts";
import type { GroupingEngine } from "../../core/grouping/engine.ts";
import { Grouping } from "../../core/grouping/group-event.ts";
import { normalizeMessage } from "../../core/normalize/index.ts";
import { consumeRawLogs } from "../../workers/consumers/raw-logs.ts";
import { platformOf } from "../../workers/platform.ts";
import { advance, nextWindow, setClock, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { burst, CACHES_MS, incidentsUnder, merged, mergesOf, openOnes, taken } from "./support/grouping.ts";
import { accepted, ask, changeStatus, incidentsOf, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, settle, storeAlarm, windowAlarms } from "./support/pipeline.ts";
import { putBack, take } from "./support/queues.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

/** The version before: it looked at the first two words only. */
const OLD: GroupingEngine = {
  version: "0",
  normalize: (message, trace) => ({
    ...normalizeMessage(message, trace),
    template: message.split(" ").slice(0, 2).join(" "),
  }),
};
const oldGrouping = new Grouping({ current: OLD });

const byOld = (event: RawEvent, receivedAt: number) => normalizeEvent(event, receivedAt, oldGrouping);

/** Sends a burst through the normalizer of a time: the old version alone, or the new one with the old beside it. */
async function send(tenant: Tenant, time: "old" | "new", message: string, count: number, more = {}): Promise<void> {
  await accepted(tenant.key, events(count, { message, ...more }));
  const messages = take("raw-logs", tenant.id);
  const verdict = await deliver("raw-logs", messages, (batch) =>
    time === "old"
      ? consumeRawLogs(batch, platformOf(env), byOld)
      : consumeRawLogs(batch, platformOf(env), undefined, OLD),
  );
  const again = new Set(verdict.retried.map(({ id }) => id));
  putBack(messages.filter(({ id }) => again.has(id)).map((one) => ({ ...one, attempts: one.attempts + 1 })));
  if (again.size === 0) await settle(tenant);
}

/** Delivers what was given back, to the normalizer of now. */
async function retry(tenant: Tenant): Promise<void> {
  await deliver("raw-logs", take("raw-logs", tenant.id), (batch) =>
    consumeRawLogs(batch, platformOf(env), undefined, OLD),
  );
  await settle(tenant);
}

function nextBurst(): void {
  setClock(nextWindow() + 5 * 60_000 + 1_000);
}

const FULL = "disk is full on volume";
const RED = "disk is red on panel";
const LOCK = "lock was lost by writer";

/** A tenant with an incident of the old version, at the time of the new one. */
async function carried() {
  const tenant = await createTenant();
  nextBurst();
  await send(tenant, "old", FULL, 12);
  const [incident] = await incidentsOf(tenant);
  if (incident === undefined) throw new Error("no incident");
  nextBurst();
  return { tenant, id: incident.id, old: incident.fingerprint };
}

async function resolve(tenant: Tenant, id: string): Promise<void> {
  expect((await changeStatus(tenant, id, "RESOLVED")).status).toBe(200);
}

async function newest(tenant: Tenant): Promise<string> {
  return (await storedLogs(tenant))[0]?.fingerprint ?? "";
}

describe("while an incident of the old version is open", () => {
  test("events of the new one count towards it, and an alias says why", async () => {
    const { tenant, id, old } = await carried();
    await send(tenant, "new", FULL, 15);
    expect(await incidentsOf(tenant)).toMatchObject([{ id, fingerprint: old, status: "NEW", occurrenceCount: 27 }]);
    const fingerprint = await newest(tenant);
    expect(fingerprint).not.toBe(old);
    expect(await mergesOf(tenant)).toMatchObject([
      { fingerprint, target: old, kind: "version", actor: "system", endedAt: null },
    ]);
  });

  test("several new fingerprints that were one count together", async () => {
    const { tenant, old } = await carried();
    await send(tenant, "new", FULL, 15);
    await send(tenant, "new", RED, 13);
    setClock(nextWindow() + 11_000);
    await storeAlarm(tenant);
    await windowAlarms(tenant);
    await settle(tenant);
    expect(await openOnes(tenant)).toMatchObject([{ fingerprint: old, occurrenceCount: 40 }]);
    expect((await mergesOf(tenant)).map(({ target }) => target)).toEqual([old, old]);
  });

  test("in the very window that was begun under the old version, counts go on", async () => {
    const tenant = await createTenant();
    setClock(nextWindow() + 1_000);
    await send(tenant, "old", FULL, 12);
    await send(tenant, "new", FULL, 8);
    setClock(nextWindow() + 11_000);
    await storeAlarm(tenant);
    await windowAlarms(tenant);
    await settle(tenant);
    expect((await incidentsOf(tenant)).map((incident) => incident.occurrenceCount)).toEqual([20]);
  });

  test("what the old version called something else stands alone", async () => {
    const { tenant, id } = await carried();
    await send(tenant, "new", LOCK, 12);
    expect(await incidentsOf(tenant)).toMatchObject([{ occurrenceCount: 12, regressionOf: null }, { id }]);
    expect(await mergesOf(tenant)).toEqual([]);
  });

  test("many bursts record the alias once", async () => {
    const { tenant } = await carried();
    for (let n = 0; n < 3; n++) {
      await send(tenant, "new", FULL, 2);
      advance(CACHES_MS);
    }
    expect(await mergesOf(tenant)).toHaveLength(1);
  });

  test("an alias that could not be recorded is recorded with the next try", async () => {
    const { tenant, old } = await carried();
    const fault = fail("db", 'insert into "fingerprint_aliases"', { times: 1 });
    await send(tenant, "new", FULL, 15);
    expect(fault.tripped).toBe(1);
    expect(await mergesOf(tenant)).toEqual([]);
    await retry(tenant);
    expect(await mergesOf(tenant)).toMatchObject([{ target: old }]);
    expect(await openOnes(tenant)).toMatchObject([{ occurrenceCount: 27 }]);
  });
});

describe("once it is resolved", () => {
  test("the alias ends, and a crossing of the new fingerprint is a regression of it", async () => {
    const { tenant, id, old } = await carried();
    await send(tenant, "new", FULL, 2);
    await resolve(tenant, id);
    expect(await mergesOf(tenant)).toMatchObject([{ endedAt: Date.now(), endedBy: "system" }]);
    advance(CACHES_MS);
    nextBurst();
    await send(tenant, "new", FULL, 12);
    const fingerprint = await newest(tenant);
    expect(fingerprint).not.toBe(old);
    expect(await openOnes(tenant)).toMatchObject([{ fingerprint, occurrenceCount: 12 }]);
    expect(await incidentsUnder(tenant, fingerprint)).toMatchObject([{ regressionOf: id }]);
  });

  test("what a loaded grouping still carries over begins no alias", async () => {
    const { tenant, id } = await carried();
    await send(tenant, "new", FULL, 2);
    await resolve(tenant, id);
    await send(tenant, "new", RED, 2);
    expect((await mergesOf(tenant)).filter(({ endedAt }) => endedAt === null)).toEqual([]);
    advance(CACHES_MS);
    nextBurst();
    await send(tenant, "new", RED, 12);
    expect(await openOnes(tenant)).toMatchObject([{ fingerprint: await newest(tenant), occurrenceCount: 12 }]);
  });

  test("it stays while another environment has one open", async () => {
    const tenant = await createTenant();
    nextBurst();
    for (const environment of ["prod", "dev"]) await send(tenant, "old", FULL, 12, { environment });
    nextBurst();
    await send(tenant, "new", FULL, 1, { environment: "prod" });
    const [first, second] = await incidentsOf(tenant);
    await resolve(tenant, first?.id ?? "");
    expect(await mergesOf(tenant)).toMatchObject([{ endedAt: null }]);
    await resolve(tenant, second?.id ?? "");
    expect(await mergesOf(tenant)).toMatchObject([{ endedBy: "system" }]);
  });

  test("it stays where people merged something with the old fingerprint, until they split it", async () => {
    const { tenant, id, old } = await carried();
    await burst(tenant, LOCK, 2);
    const lock = await newest(tenant);
    const mergeId = await merged(tenant, lock, old);
    await send(tenant, "new", FULL, 2);
    const version = async () => (await mergesOf(tenant)).find(({ kind }) => kind === "version");
    expect(await version()).toMatchObject({ target: old, endedAt: null });
    await resolve(tenant, id);
    expect(await version()).toMatchObject({ endedAt: null });
    advance(CACHES_MS);
    nextBurst();
    await send(tenant, "new", FULL, 12);
    const [regression] = await incidentsUnder(tenant, old);
    expect(regression).toMatchObject({ status: "NEW", regressionOf: id, occurrenceCount: 12 });
    await taken(tenant, mergeId);
    await resolve(tenant, regression?.id ?? "");
    expect((await version())?.endedAt).not.toBeNull();
  });
});

describe("where nothing is open", () => {
  test("the new fingerprint stands alone from the beginning, and the log is no new pattern", async () => {
    const { tenant, id } = await carried();
    await resolve(tenant, id);
    advance(CACHES_MS);
    await send(tenant, "new", FULL, 2);
    await send(tenant, "new", LOCK, 2);
    expect(await mergesOf(tenant)).toEqual([]);
    const found = await ask(
      tenant,
      z.object({ patterns: z.array(z.object({ template: z.string() })) }),
      "/api/v1/patterns/new",
    );
    const templates = found.patterns.map(({ template }) => template);
    expect(templates.filter((template) => template.startsWith("disk"))).toEqual(["disk is"]);
    expect(templates.filter((template) => template.startsWith("lock"))).toHaveLength(1);
  });

  test("another tenant's open incident of the same old fingerprint is none of its business", async () => {
    await carried();
    const tenant = await createTenant();
    await send(tenant, "new", FULL, 12);
    expect(await openOnes(tenant)).toMatchObject([{ fingerprint: await newest(tenant), occurrenceCount: 12 }]);
    expect(await mergesOf(tenant)).toEqual([]);
  });
});
