import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { stopClock } from "./support/clock.ts";
import { accepted, storedLogs } from "./support/http.ts";
import { events, gzip } from "./support/logs.ts";
import { settle } from "./support/pipeline.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

async function stored(tenant: Tenant) {
  await settle(tenant);
  return (await storedLogs(tenant)).sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
}

const a = { message: "first", level: "warn" };
const b = { message: "second", level: "ERR" };
const ndjson = `${JSON.stringify(a)}\n${JSON.stringify(b)}\n`;
const type = (value: string) => ({ "content-type": value });

describe("a request's form", () => {
  const cases: { name: string; body: unknown; headers?: Record<string, string>; path?: string }[] = [
    { name: "{logs: […]}", body: { logs: [a, b] } },
    { name: "a top-level array", body: [a, b] },
    { name: "NDJSON", body: ndjson, headers: type("application/x-ndjson") },
    { name: "NDJSON that says it is JSON", body: ndjson, headers: type("application/json") },
    { name: "NDJSON without a type", body: ndjson },
    { name: "JSON without a type", body: JSON.stringify([a, b]) },
    { name: "/v1/ingest", body: [a, b], path: "/v1/ingest" },
    { name: "/api/v1/ingest", body: [a, b], path: "/api/v1/ingest" },
    { name: "/v1/logs", body: [a, b], path: "/v1/logs" },
    {
      name: "/api/v1/logs/stream as NDJSON",
      body: ndjson,
      path: "/api/v1/logs/stream",
      headers: type("application/x-ndjson"),
    },
    {
      name: "/v1/logs/stream that says it is JSON",
      body: ndjson,
      path: "/v1/logs/stream",
      headers: type("application/json"),
    },
  ];
  test.each(cases)("$name is two events", async ({ body, ...posting }) => {
    const tenant = await createTenant();
    const answer = await accepted(tenant.key, body, posting);
    expect(answer).toMatchObject({ received: 2, rejected: [], duplicates_skipped: 0 });
    const logs = await stored(tenant);
    expect(logs.map((log) => [log.eventId, log.message, log.level])).toEqual([
      [answer.eventIds[0], "first", "WARN"],
      [answer.eventIds[1], "second", "ERROR"],
    ]);
  });

  test("one event alone", async () => {
    const tenant = await createTenant();
    expect(await accepted(tenant.key, a)).toMatchObject({ received: 1 });
    expect(await stored(tenant)).toMatchObject([{ message: "first" }]);
  });

  const bodies: { name: string; body: string; headers: Record<string, string> }[] = [
    { name: "JSON", body: JSON.stringify([a, b]), headers: type("application/json") },
    { name: "NDJSON", body: ndjson, headers: type("application/x-ndjson") },
    { name: "text", body: "WARN first\nERROR second", headers: type("text/plain") },
  ];
  test.each(bodies)("gzip of $name", async ({ body, headers }) => {
    const tenant = await createTenant();
    const posting = { headers: { ...headers, "content-encoding": "gzip" } };
    expect(await accepted(tenant.key, await gzip(body), posting)).toMatchObject({ received: 2 });
    expect((await stored(tenant)).map((log) => log.level)).toEqual(["WARN", "ERROR"]);
  });

  test("a body sent in parts, of no declared length", async () => {
    const tenant = await createTenant();
    const stream = new Blob([ndjson]).stream();
    const { exports } = await import("cloudflare:workers");
    const response = await exports.default.fetch("http://log0.test/api/v1/logs", {
      method: "POST",
      headers: { authorization: `Bearer ${tenant.key}`, "x-service-name": "checkout" },
      body: stream,
    });
    expect(response.status).toBe(202);
  });
});

describe("plain text", () => {
  test("is one event a line, with the level and the time that the line names", async () => {
    const tenant = await createTenant();
    const at = new Date(Date.now() - 1_000).toISOString();
    await accepted(tenant.key, `${at} ERROR disk full\n\nall is well\r\n`, { headers: type("text/plain") });
    const [first, second, ...others] = await stored(tenant);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ level: "ERROR", timestamp: at, message: `${at} ERROR disk full` });
    expect(second).toMatchObject({ level: "INFO", message: "all is well" });
  });

  const traces: { name: string; lines: string[] }[] = [
    { name: "Java", lines: ["\tat a.B.run(B.java:7)", "Caused by: java.io.IOException: gone", "\t... 3 more"] },
    { name: "JavaScript", lines: ["    at run (/app/a.js:7:3)", "    at main (/app/b.js:1:1)"] },
    {
      name: "Python",
      lines: ["Traceback (most recent call last):", '  File "a.py", line 7, in run', "ValueError: gone"],
    },
  ];
  test.each(traces)("keeps a $name stack trace with the line above it", async ({ lines }) => {
    const tenant = await createTenant();
    const body = ["ERROR it broke", ...lines, "INFO next"].join("\n");
    expect(await accepted(tenant.key, body, { headers: type("text/plain") })).toMatchObject({ received: 2 });
    const logs = await stored(tenant);
    expect(logs.map((log) => [log.message, log.trace])).toEqual([
      ["ERROR it broke", lines.join("\n")],
      ["INFO next", undefined],
    ]);
  });
});

describe("an event's fields", () => {
  test("headers say what events do not", async () => {
    const tenant = await createTenant();
    const headers = { "x-service-name": "from-header", "x-environment": "staging" };
    await accepted(tenant.key, [{ message: "1" }, { message: "2", serviceName: "own", environment: "dev" }], {
      headers,
    });
    expect((await stored(tenant)).map((log) => [log.serviceName, log.environment])).toEqual([
      ["from-header", "staging"],
      ["own", "dev"],
    ]);
  });

  test("the environment is production when nobody says it", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, { message: "1" });
    expect(await stored(tenant)).toMatchObject([{ environment: "production" }]);
  });

  test("metadata, attributes and unknown fields are kept, the trace id found", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, {
      message: "paid",
      metadata: { region: "eu", nested: { n: 1 } },
      attributes: { trace_id: "4bf92f35", ok: true },
      order: 17,
    });
    expect(await stored(tenant)).toMatchObject([
      {
        traceId: "4bf92f35",
        attributes: { region: "eu", nested: { n: 1 }, trace_id: "4bf92f35", ok: true, order: 17 },
      },
    ]);
  });

  test("nanoseconds are kept", async () => {
    const tenant = await createTenant();
    const timestamp = new Date().toISOString().replace(/\.\d{3}Z$/, ".123456789Z");
    await accepted(tenant.key, { message: "precise", timestamp });
    expect(await stored(tenant)).toMatchObject([{ timestamp }]);
  });
});

describe("the answer", () => {
  test("names the first 100 event ids, and the rest follow from order", async () => {
    const tenant = await createTenant();
    const answer = await accepted(tenant.key, events(250));
    expect(answer.received).toBe(250);
    expect(answer.eventIds).toHaveLength(100);
    expect((await stored(tenant)).slice(0, 100).map((log) => log.eventId)).toEqual(answer.eventIds);
  });

  test("concurrent requests share a message, and each is told the ids of its own events", async () => {
    const tenant = await createTenant();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        accepted(tenant.key, [{ message: `request ${n}` }, { message: `again ${n}` }]),
      ),
    );
    const messages = new Map((await stored(tenant)).map((log) => [log.eventId, log.message]));
    expect(messages.size).toBe(40);
    for (const [n, { eventIds }] of answers.entries()) {
      expect(eventIds.map((id) => messages.get(id))).toEqual([`request ${n}`, `again ${n}`]);
    }
  });
});
