import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { readSegment } from "../../core/logs/segment/index.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, call, Log, problemOf, storedLogs } from "./support/http.ts";
import { settle, storeAlarm } from "./support/pipeline.ts";
import { ATOMS, PLACES, rangeQuery, type Sample, sampleOf } from "./support/sample.ts";
import { interrupt } from "./support/segments.ts";
import { createKey, createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const COLUMNS =
  "timestamp,level,service,environment,message,trace,traceId,template,fingerprint,attributes,receivedAt,eventId";

/** With a key of its own: a key has ten exports a minute, and the clock stands still. */
async function request(tenant: Tenant, query: string): Promise<Response> {
  return await call(`/api/v1/logs/export?${query}`, { headers: { "x-api-key": await createKey(tenant.id) } });
}

/** text() warns of a type that it does not know. */
async function bodyOf(response: Response): Promise<string> {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await response.arrayBuffer());
}

async function exported(tenant: Tenant, query: string, contentType: string): Promise<string> {
  const response = await request(tenant, query);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe(contentType);
  return await bodyOf(response);
}

async function ndjson(tenant: Tenant, query: string) {
  const text = await exported(tenant, query, "application/x-ndjson");
  if (text !== "" && !text.endsWith("\n")) throw new Error("the last line is not ended");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => Log.parse(JSON.parse(line)));
}

/** Records of a CSV whose fields are all quoted, by column. */
async function csv(tenant: Tenant, query: string): Promise<Record<string, string>[]> {
  const text = await exported(tenant, query, "text/csv; charset=utf-8; header=present");
  if (!text.startsWith(`${COLUMNS}\r\n`)) throw new Error(`another header: ${text.slice(0, 200)}`);
  const body = text.slice(COLUMNS.length + 2);
  const fields = [...body.matchAll(/"((?:[^"]|"")*)"(,|\r\n)/g)];
  // What lies between the fields would be lost otherwise.
  expect(fields.map(([whole]) => whole).join("")).toBe(body);
  const names = COLUMNS.split(",");
  const records: Record<string, string>[] = [];
  for (let at = 0; at < fields.length; at += names.length) {
    expect(fields[at + names.length - 1]?.[2]).toBe("\r\n");
    records.push(
      Object.fromEntries(names.map((name, column) => [name, (fields[at + column]?.[1] ?? "").replaceAll('""', '"')])),
    );
  }
  return records;
}

const sortedIds = (logs: readonly { eventId?: string }[]) => logs.map((log) => log.eventId ?? "").sort();

describe.each(PLACES)("an export of logs $name", ({ place }) => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await sampleOf(place, 5);
  });

  test.each(ATOMS.filter((_, index) => index % 3 === 0))("$q: each matching log exactly once", async ({ q, means }) => {
    const expected = sortedIds(sample.logs.filter(means));
    expect(sortedIds(await ndjson(sample.tenant, rangeQuery(sample, { q })))).toEqual(expected);
    expect(sortedIds(await csv(sample.tenant, rangeQuery(sample, { q, format: "csv" })))).toEqual(expected);
  });

  test("as NDJSON has the lines that a search shows", async () => {
    const found = await storedLogs(sample.tenant, rangeQuery(sample));
    const lines = await ndjson(sample.tenant, rangeQuery(sample));
    const byId = (logs: readonly Log[]) => [...logs].sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
    expect(byId(lines)).toEqual(byId(found));
    expect(lines).toHaveLength(240);
  });

  test("as CSV has every field of every log", async () => {
    const records = new Map(
      (await csv(sample.tenant, rangeQuery(sample, { format: "csv" }))).map((r) => [r.eventId, r]),
    );
    expect(records.size).toBe(240);
    for (const log of sample.logs) {
      expect(records.get(log.eventId)).toMatchObject({
        timestamp: new Date(log.at).toISOString(),
        level: log.level,
        service: log.service,
        environment: log.environment,
        message: log.message,
        trace: log.trace ?? "",
        traceId: log.traceId ?? "",
        attributes: log.attributes === undefined ? "" : JSON.stringify(log.attributes),
      });
    }
  });

  test("of a part of the range and plain filters holds what they say", async () => {
    const part = { from: sample.from + 1_800_000, to: sample.to - 1_800_000 };
    const query = rangeQuery(part, { level: "info,warn", service: "payment", environment: "production" });
    const expected = sample.logs.filter(
      ({ at, level, service, environment }) =>
        at >= part.from &&
        at < part.to &&
        ["INFO", "WARN"].includes(level) &&
        service === "payment" &&
        environment === "production",
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(sortedIds(await ndjson(sample.tenant, query))).toEqual(sortedIds(expected));
  });
});

describe("an export", () => {
  test("is a file to save", async () => {
    const tenant = await createTenant();
    const headers = async (query: string) => (await request(tenant, query)).headers.get("content-disposition");
    expect(await headers("")).toBe('attachment; filename="logs.ndjson"');
    expect(await headers("format=ndjson")).toBe('attachment; filename="logs.ndjson"');
    expect(await headers("format=csv")).toBe('attachment; filename="logs.csv"');
  });

  test("of nothing is nothing, or a header", async () => {
    const tenant = await createTenant();
    expect(await ndjson(tenant, "")).toEqual([]);
    expect(await csv(tenant, "format=csv")).toEqual([]);
  });

  test("as CSV holds no formula that a stranger wrote into a log, and keeps quotes and line breaks", async () => {
    const tenant = await createTenant();
    const messages = ['=HYPERLINK("http://x","y")', "+1", "-2+3", "@SUM(A1)", 'say "hi", then\r\ngo on', "a\u0000b"];
    await accepted(
      tenant.key,
      messages.map((message) => ({ message, service: `=${message.slice(0, 3)}`, environment: "@e", traceId: "-1" })),
    );
    await settle(tenant);
    const records = await csv(tenant, "format=csv");
    expect(records.map((record) => record.message).sort()).toEqual(
      messages.map((message) => (/^[=+\-@]/.test(message) ? `'${message}` : message)).sort(),
    );
    for (const { service, environment, traceId } of records) {
      expect([service?.startsWith("'="), environment, traceId]).toEqual([true, "'@e", "'-1"]);
    }
    expect((await ndjson(tenant, "")).map((log) => log.message).sort()).toEqual([...messages].sort());
  });

  test("of more than fits into one piece of the stream is complete", async () => {
    const tenant = await createTenant();
    const body = Array.from({ length: 2_000 }, (_, n) => ({ message: `${n} ${"long ".repeat(50)}é😀`, level: "INFO" }));
    await accepted(tenant.key, body);
    await settle(tenant);
    const messages = body.map(({ message }) => message).sort();
    expect((await ndjson(tenant, "")).map((log) => log.message).sort()).toEqual(messages);
    expect((await csv(tenant, "format=csv")).map((record) => record.message).sort()).toEqual(messages);
  });

  test("during which a flush ends holds each log once", async () => {
    const { tenant, logs, ...range } = await sampleOf("both", 6, 80);
    interrupt(async () => {
      await storeAlarm(tenant);
    });
    expect(sortedIds(await ndjson(tenant, rangeQuery(range)))).toEqual(sortedIds(logs));
    expect(sortedIds(await ndjson(tenant, rangeQuery(range)))).toEqual(sortedIds(logs));
  });

  test("that cannot be read to its end breaks off: nobody takes a part for the whole", async () => {
    const { tenant, ...range } = await sampleOf("segments", 7, 40);
    fail("bucket.get", "logs/");
    const response = await request(tenant, rangeQuery(range));
    await expect(bodyOf(response)).rejects.toThrow();
    repair();
    expect(await ndjson(tenant, rangeQuery(range))).toHaveLength(40);
  });

  test.each([
    ["key", "UPDATE api_keys SET revoked_at = 1 WHERE tenant_id = ?"],
    ["tenant", "UPDATE tenants SET status = 'suspended' WHERE id = ?"],
  ])("whose %s comes to an end meanwhile breaks off", async (_what, sql) => {
    const { tenant, ...range } = await sampleOf("segments", 8, 40);
    const during = async (ms: number, change: string) => {
      interrupt(async () => {
        await env.DB.prepare(change).bind(tenant.id).run();
        advance(ms);
      });
      return await request(tenant, rangeQuery(range));
    };
    const harmless = await during(30_000, "UPDATE tenants SET shards = 1 WHERE id = ?");
    expect((await bodyOf(harmless)).trim().split("\n")).toHaveLength(40);
    await expect(bodyOf(await during(10_000, sql))).rejects.toThrow();
  });

  test.each(["format=xml", "q=(a", "q=level:loud", "level=loud", "from=9&to=8", "from=yesterday"])(
    "that makes no sense is refused before it begins: %s → 400",
    async (query) => {
      const tenant = await createTenant();
      const response = await request(tenant, query);
      expect(response.status).toBe(400);
      expect(await problemOf(response)).toMatchObject({ code: "invalid_query" });
    },
  );
});

test("an export as Parquet is a segment of the logs that match", async () => {
  const tenant = await createTenant();
  const messages = ["one", "two", "three"];
  await accepted(
    tenant.key,
    messages.map((message) => ({ message, level: message === "two" ? "INFO" : "ERROR" })),
  );
  await settle(tenant);
  const response = await request(tenant, "format=parquet&level=error");
  expect(response.headers.get("content-type")).toBe("application/vnd.apache.parquet");
  const bytes = await response.arrayBuffer();
  const file = { byteLength: bytes.byteLength, slice: async (from: number, to?: number) => bytes.slice(from, to) };
  const found: string[] = [];
  for await (const row of readSegment(file)) found.push(row.message);
  expect(found.sort()).toEqual(["one", "three"]);
});
