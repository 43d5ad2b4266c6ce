import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { stopClock } from "./support/clock.ts";
import { accepted, call, type Posting, post, problemOf, storedLogs } from "./support/http.ts";
import { gzip, noise } from "./support/logs.ts";
import { settle } from "./support/pipeline.ts";
import { queued } from "./support/queues.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

const json = { "content-type": "application/json" };
const ndjson = { "content-type": "application/x-ndjson" };
const zipped = { "content-encoding": "gzip" };
const encoder = new TextEncoder();

function join(...parts: (string | Uint8Array)[]): Uint8Array {
  const bytes = parts.map((part) => (typeof part === "string" ? encoder.encode(part) : part));
  const all = new Uint8Array(bytes.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of bytes) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
const badUtf8 = new Uint8Array([0x22, 0xc3, 0x28, 0xff, 0x22]);

describe("a request that is refused as a whole keeps nothing", () => {
  const cases: { name: string; status: number; code: string; body: () => unknown; posting?: Posting }[] = [
    {
      name: "broken JSON",
      status: 400,
      code: "invalid_json",
      body: () => '{"message": "a',
      posting: { headers: json },
    },
    { name: "an empty body", status: 400, code: "empty_body", body: () => "" },
    { name: "only blanks", status: 400, code: "empty_body", body: () => " \n\n " },
    { name: "no events", status: 400, code: "empty_body", body: () => ({ logs: [] }) },
    { name: "logs of a wrong type", status: 400, code: "invalid_type", body: () => ({ logs: "a" }) },
    {
      name: "invalid UTF-8 in a JSON document",
      status: 400,
      code: "invalid_utf8",
      body: () => join('{"message":', badUtf8, "}"),
      posting: { headers: json },
    },
    {
      name: "a truncated gzip",
      status: 400,
      code: "invalid_encoding",
      body: async () => (await gzip(JSON.stringify({ message: noise(5_000) }))).slice(0, 800),
      posting: { headers: zipped },
    },
    {
      name: "gzip that is none",
      status: 400,
      code: "invalid_encoding",
      body: () => "hello",
      posting: { headers: zipped },
    },
    {
      name: "an unknown encoding",
      status: 400,
      code: "invalid_encoding",
      body: () => "hello",
      posting: { headers: { "content-encoding": "br" } },
    },
    {
      name: "a zip bomb of 51 MB",
      status: 413,
      code: "body_too_large",
      body: () => gzip(new Uint8Array(51 * 1024 * 1024).fill(0x20)),
      posting: { headers: zipped },
    },
    { name: "a body of 6 MB", status: 413, code: "body_too_large", body: () => "x".repeat(6 * 1024 * 1024) },
    {
      name: "10,001 events",
      status: 413,
      code: "too_many_events",
      body: () => Array.from({ length: 10_001 }, () => ({ message: "m" })),
    },
    {
      name: "10,001 lines",
      status: 413,
      code: "too_many_events",
      body: () => "line\n".repeat(10_001),
      posting: { headers: { "content-type": "text/plain" } },
    },
    {
      name: "a service name of 201 characters in the header",
      status: 400,
      code: "name_too_long",
      body: () => ({ message: "m" }),
      posting: { headers: { "x-service-name": "s".repeat(201) } },
    },
    {
      name: "an Idempotency-Key of 256 characters",
      status: 400,
      code: "invalid_idempotency_key",
      body: () => ({ message: "m" }),
      posting: { headers: { "idempotency-key": "k".repeat(256) } },
    },
  ];
  test.each(cases)("$name → $status $code", async ({ status, code, body, posting }) => {
    const tenant = await createTenant();
    const response = await post(tenant.key, await body(), posting);
    expect(response.status).toBe(status);
    expect(await problemOf(response)).toMatchObject({ status, code });
    expect(queued("raw-logs", tenant.id)).toEqual([]);
  });
});

describe("an event that is rejected by name leaves its neighbours", () => {
  const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
  const cases: { name: string; code: string; event: unknown }[] = [
    { name: "a number", code: "invalid_type", event: 7 },
    { name: "null", code: "invalid_type", event: null },
    { name: "an array", code: "invalid_type", event: [1] },
    { name: "a message of a wrong type", code: "invalid_type", event: { message: { a: 1 } } },
    { name: "a level of a wrong type", code: "invalid_type", event: { message: "m", level: {} } },
    { name: "a timestamp of a wrong type", code: "invalid_type", event: { message: "m", timestamp: {} } },
    { name: "metadata of a wrong type", code: "invalid_type", event: { message: "m", metadata: [1] } },
    { name: "no message", code: "missing_message", event: { level: "ERROR" } },
    { name: "a message of 10,001 characters", code: "message_too_long", event: { message: "m".repeat(10_001) } },
    {
      name: "a trace of 100,001 characters",
      code: "trace_too_long",
      event: { message: "m", trace: "t".repeat(100_001) },
    },
    { name: "a level of 21 characters", code: "level_too_long", event: { message: "m", level: "l".repeat(21) } },
    { name: "a service of 201 characters", code: "name_too_long", event: { message: "m", service: "s".repeat(201) } },
    {
      name: "attributes beyond 32,000 characters",
      code: "attributes_too_large",
      event: { message: "m", x: "y".repeat(32_000) },
    },
    { name: "attributes 40 deep", code: "attributes_too_deep", event: { message: "m", metadata: deep(40) } },
    { name: "attributes 8,000 deep", code: "attributes_too_deep", event: { message: "m", metadata: deep(4_000) } },
  ];
  test.each(cases)("$name → $code", async ({ code, event }) => {
    const tenant = await createTenant();
    const answer = await accepted(tenant.key, [{ message: "before" }, event, { message: "after" }]);
    expect(answer).toMatchObject({ received: 2, rejectedCount: 1 });
    expect(answer.rejected).toMatchObject([{ index: 1, code }]);
    await settle(tenant);
    expect((await storedLogs(tenant)).map((log) => log.message).sort()).toEqual(["after", "before"]);
  });

  test("a message of 10,000 characters is kept whole", async () => {
    const tenant = await createTenant();
    const message = `${"m".repeat(9_999)}!`;
    await accepted(tenant.key, { message });
    await settle(tenant);
    expect(await storedLogs(tenant)).toMatchObject([{ message }]);
  });

  test("a broken NDJSON line → invalid_json", async () => {
    const tenant = await createTenant();
    const answer = await accepted(tenant.key, '{"message":"a"}\n{"message":\n{"message":"b"}', { headers: ndjson });
    expect(answer).toMatchObject({ received: 2, rejected: [{ index: 1, code: "invalid_json" }] });
  });

  test.each([
    { name: "an NDJSON line", headers: ndjson, body: join('{"message":"a"}\n', badUtf8, '\n{"message":"b"}') },
    { name: "a text line", headers: { "content-type": "text/plain" }, body: join("a\n", badUtf8, "\nb") },
  ])("$name that is not UTF-8 → invalid_utf8", async ({ headers, body }) => {
    const tenant = await createTenant();
    const answer = await accepted(tenant.key, body, { headers });
    expect(answer).toMatchObject({ received: 2, rejected: [{ index: 1, code: "invalid_utf8" }] });
    await settle(tenant);
    expect((await storedLogs(tenant)).map((log) => log.message).sort()).toEqual(["a", "b"]);
  });

  test("without a service → missing_service", async () => {
    const tenant = await createTenant();
    const answer = await accepted(tenant.key, [{ message: "a" }, { message: "b", service: "own" }], {
      headers: { "x-service-name": "" },
    });
    expect(answer).toMatchObject({ received: 1, rejected: [{ index: 0, code: "missing_service" }] });
  });

  test("of 1,500 rejections 1,000 are listed, and all are counted", async () => {
    const tenant = await createTenant();
    const answer = await accepted(
      tenant.key,
      Array.from({ length: 1_500 }, () => 1),
    );
    expect(answer).toMatchObject({ received: 0, rejectedCount: 1_500 });
    expect(answer.rejected).toHaveLength(1_000);
  });
});

describe("odd, but kept", () => {
  test.each(["a\u0000b", "\u0000", "tail\u0000"])("NUL bytes: %j", async (message) => {
    const tenant = await createTenant();
    await accepted(tenant.key, [{ message, level: "ERROR" }, { message: "good" }]);
    await settle(tenant);
    expect((await storedLogs(tenant)).map((log) => log.message).sort()).toEqual([message, "good"].sort());
  });

  test("a lone surrogate does not stop its neighbours", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, '[{"message":"a\\ud800b"},{"message":"good"}]', { headers: json });
    await settle(tenant);
    expect(await storedLogs(tenant)).toHaveLength(2);
  });

  test.each([
    { name: "ten minutes ahead", timestamp: () => new Date(Date.now() + 600_000).toISOString() },
    { name: "31 days ago", timestamp: () => new Date(Date.now() - 31 * 86_400_000).toISOString() },
    { name: "in no known form", timestamp: () => "yesterday at noon" },
  ])("a timestamp $name gives way to the receipt, and is named and kept", async ({ timestamp }) => {
    const tenant = await createTenant();
    const original = timestamp();
    const answer = await accepted(tenant.key, [{ message: "good" }, { message: "odd", timestamp: original }]);
    expect(answer).toMatchObject({ received: 2, rejected: [], adjusted: [{ index: 1 }] });
    await settle(tenant);
    const log = (await storedLogs(tenant)).find((one) => one.message === "odd");
    expect(log?.timestamp).toBe(log?.receivedAt);
    expect(log?.attributes).toEqual({ "log0.original_timestamp": original });
  });

  test("__proto__ as a field is an attribute like any other", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, '{"message":"m","__proto__":{"polluted":true}}', { headers: json });
    await settle(tenant);
    const answer = await call("/api/v1/logs", { headers: { "x-api-key": tenant.key } });
    expect(await answer.text()).toContain('"attributes":{"__proto__":{"polluted":true}}');
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});
