import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { stopClock } from "./support/clock.ts";
import { accepted, ask, call, Log, problemOf } from "./support/http.ts";
import { settle } from "./support/pipeline.ts";
import { PLACES, type Sample, type SampleLog, sampleOf } from "./support/sample.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const DAY_MS = 24 * 60 * 60 * 1000;
const OneLog = z.object({ log: Log, before: z.array(Log), after: z.array(Log) });

const idsOf = (logs: readonly { eventId: string }[]) => logs.map((log) => log.eventId);

function oneLog(tenant: Tenant, eventId: string, query = "") {
  return ask(tenant, OneLog, `/api/v1/logs/${eventId}?${query}`);
}

async function refusal(tenant: Tenant, path: string) {
  return await problemOf(await call(`/api/v1/logs/${path}`, { headers: { "x-api-key": tenant.key } }));
}

describe.each(PLACES)("a log $name", ({ place }) => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await sampleOf(place, 4, 120);
  });

  /** The logs of the same service around one, nearest first. */
  function around(log: SampleLog) {
    const own = sample.logs.filter(({ service }) => service === log.service);
    const at = own.indexOf(log);
    return { before: own.slice(at + 1), after: own.slice(0, at).reverse() };
  }

  test("is found by its id, with its neighbours of the same service, nearest first", async () => {
    for (const log of sample.logs.filter((_, index) => index % 7 === 0)) {
      const { before, after } = around(log);
      const found = await oneLog(sample.tenant, log.eventId);
      expect(found.log).toMatchObject({ eventId: log.eventId, message: log.message, serviceName: log.service });
      expect(idsOf(found.before)).toEqual(idsOf(before.slice(0, 10)));
      expect(idsOf(found.after)).toEqual(idsOf(after.slice(0, 10)));
    }
  });

  test.each([0, 1, 3, 100])("has as many neighbours as are asked for: %d", async (context) => {
    for (const log of [sample.logs[0], sample.logs[60], sample.logs.at(-1)]) {
      if (log === undefined) throw new Error("no log");
      const { before, after } = around(log);
      const found = await oneLog(sample.tenant, log.eventId, `context=${context}`);
      expect(idsOf(found.before)).toEqual(idsOf(before.slice(0, context)));
      expect(idsOf(found.after)).toEqual(idsOf(after.slice(0, context)));
    }
  });

  test("is found faster by its time, which may be ISO 8601 or Unix ms; at another time there is none", async () => {
    const log = sample.logs[50];
    if (log === undefined) throw new Error("no log");
    for (const timestamp of [String(log.at), new Date(log.at).toISOString()]) {
      const found = await oneLog(sample.tenant, log.eventId, `timestamp=${timestamp}&context=2`);
      expect(found.log.eventId).toBe(log.eventId);
      expect(idsOf(found.before)).toEqual(idsOf(around(log).before.slice(0, 2)));
    }
    const missed = await refusal(sample.tenant, `${log.eventId}?timestamp=${log.at + 1}`);
    expect(missed).toMatchObject({ status: 404, code: "not_found" });
  });

  test("is not there for another tenant, whether or not it says when", async () => {
    const other = await createTenant();
    await accepted(other.key, [{ message: "mine", service: "payment" }]);
    await settle(other);
    for (const { eventId, at } of sample.logs.slice(0, 3)) {
      for (const query of ["", `?timestamp=${at}`]) {
        expect(await refusal(other, eventId + query)).toMatchObject({ status: 404, code: "not_found" });
      }
    }
  });
});

describe("neighbours", () => {
  test("of one millisecond are in the order of their ids, and none is left out or repeated", async () => {
    const tenant = await createTenant();
    const timestamp = new Date(Date.now() - 60_000).toISOString();
    const body = Array.from({ length: 9 }, (_, n) => ({ message: `m${n}`, service: "a", timestamp }));
    const { eventIds } = await accepted(tenant.key, body);
    await settle(tenant);
    const ids = [...eventIds].sort();
    for (const [index, id] of ids.entries()) {
      const found = await oneLog(tenant, id);
      expect(idsOf(found.before)).toEqual(ids.slice(0, index).reverse());
      expect(idsOf(found.after)).toEqual(ids.slice(index + 1));
    }
  });

  test("are looked for up to a day away, and no further", async () => {
    const tenant = await createTenant();
    const at = Date.now() - 5 * DAY_MS;
    const times = [-DAY_MS - 1, -DAY_MS, -3_600_001, -60_000, 0, 59_999, 3_600_000, DAY_MS - 1, DAY_MS];
    const body = times.map((offset, n) => ({
      message: `m${n}`,
      service: "a",
      timestamp: new Date(at + offset).toISOString(),
    }));
    const { eventIds } = await accepted(tenant.key, body);
    await settle(tenant);
    const found = await oneLog(tenant, eventIds[4] ?? "");
    expect(found.before.map((log) => log.message)).toEqual(["m3", "m2", "m1"]);
    expect(found.after.map((log) => log.message)).toEqual(["m5", "m6", "m7"]);
  });

  test("are of the same service alone, named exactly so, whatever its environment", async () => {
    const tenant = await createTenant();
    const names = ["a", "A", "a b", "a,b", "a"];
    const body = names.map((service, n) => ({
      message: `m${n}`,
      service,
      environment: `e${n}`,
      timestamp: new Date(Date.now() - 10_000 + n).toISOString(),
    }));
    const { eventIds } = await accepted(tenant.key, body);
    await settle(tenant);
    expect(idsOf((await oneLog(tenant, eventIds[0] ?? "")).after)).toEqual([eventIds[4]]);
    expect((await oneLog(tenant, eventIds[3] ?? "")).before).toEqual([]);
  });
});

describe("what is no log", () => {
  test.each([
    "0190b4a0-0000-7000-8000-000000000000",
    "hello",
    "0190b4a0-0000-7000-8000-00000000000",
    "0190b4a0-0000-7000-8000-0000000000000",
    "zzzzzzzz-0000-7000-8000-000000000000",
    "..%2f..%2fetc%2fpasswd",
    "%22%20OR%20level:error",
    "%F0%9F%98%80",
    "%00",
    "x".repeat(2_000),
  ])("%s → 404", async (id) => {
    const tenant = await createTenant();
    expect(await refusal(tenant, id)).toMatchObject({ status: 404, code: "not_found" });
  });

  test.each(["context=101", "context=-1", "context=x", "timestamp=yesterday"])("%s → 400", async (query) => {
    const tenant = await createTenant();
    const id = "0190b4a0-0000-7000-8000-000000000000";
    expect(await refusal(tenant, `${id}?${query}`)).toMatchObject({ status: 400, code: "invalid_query" });
  });
});
