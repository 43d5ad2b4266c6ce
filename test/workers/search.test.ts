import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeEnvelope } from "../../core/wire/envelope.ts";
import { advance, stopClock } from "./support/clock.ts";
import { accepted, call, logPage, problemOf, storedLogs } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { bufferOf, settle, storeAlarm, storeOf } from "./support/pipeline.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const HOUR_MS = 61 * 60 * 1000;

/** The same logs, in the buffer or in a segment. */
const places = [
  { name: "in the buffer", place: async (_tenant: Tenant) => undefined },
  {
    name: "in a segment",
    async place(tenant: Tenant) {
      advance(HOUR_MS);
      await storeAlarm(tenant);
      expect(await bufferOf(tenant)).toEqual([]);
    },
  },
];

describe.each(places)("a search of logs $name", ({ place }) => {
  const cases: { query: string; found: string[] }[] = [
    { query: "", found: ["one", "two", "three", "four"] },
    { query: "level=error", found: ["one"] },
    { query: "level=ERROR,warn", found: ["one", "two"] },
    { query: "service=b", found: ["three"] },
    { query: "service=a,b", found: ["one", "two", "three"] },
    { query: "environment=dev", found: ["four"] },
    { query: "q=TWO", found: ["two"] },
    { query: "q=needle", found: ["three"] },
    { query: "q=absent", found: [] },
    { query: "level=info&service=b&q=thr*", found: ["three"] },
  ];
  test.each(cases)("$query", async ({ query, found }) => {
    const tenant = await createTenant();
    await accepted(tenant.key, [
      { message: "one", level: "ERROR", service: "a" },
      { message: "two", level: "WARN", service: "a" },
      { message: "three", level: "INFO", service: "b", trace: "Error: x\n at needle (/a.js:1:1)" },
      { message: "four", level: "DEBUG", service: "c", environment: "dev" },
    ]);
    await settle(tenant);
    await place(tenant);
    expect((await storedLogs(tenant, query)).map((log) => log.message).sort()).toEqual([...found].sort());
  });

  test("takes a range from its beginning up to before its end", async () => {
    const tenant = await createTenant();
    const start = Date.now() - 10_000;
    await accepted(
      tenant.key,
      [0, 1, 2, 3].map((n) => ({ message: `m${n}`, timestamp: new Date(start + n).toISOString() })),
    );
    await settle(tenant);
    await place(tenant);
    const logs = await storedLogs(tenant, `from=${start + 1}&to=${start + 3}`);
    expect(logs.map((log) => log.message)).toEqual(["m2", "m1"]);
    expect(await storedLogs(tenant, `from=${new Date(start + 3).toISOString()}`)).toHaveLength(1);
  });
});

describe("pages", () => {
  test("neither repeat nor skip, over buffer and segments, though all logs are of one millisecond", async () => {
    const tenant = await createTenant();
    const at = Date.now();
    for (let n = 0; n < 3; n++) {
      await accepted(tenant.key, events(20, { at, level: "INFO" }));
      await settle(tenant);
      if (n < 2) {
        advance(HOUR_MS);
        await storeAlarm(tenant);
      }
    }
    const ids: string[] = [];
    let cursor: string | null = "";
    for (let page = 0; page < 30 && cursor !== null; page++) {
      const answer = await logPage(tenant, `limit=7${cursor === "" ? "" : `&cursor=${cursor}`}`);
      expect(answer.logs.length).toBeLessThanOrEqual(7);
      ids.push(...answer.logs.map((log) => log.eventId));
      cursor = answer.nextCursor;
    }
    expect(ids).toHaveLength(60);
    expect(new Set(ids).size).toBe(60);
    expect(ids).toEqual([...ids].sort().reverse());
  });
});

describe("a question that makes no sense → 400", () => {
  test.each([
    "limit=0",
    "limit=1001",
    "limit=x",
    "from=yesterday",
    "level=loud",
    "q=level:loud",
    "q=(unclosed",
    "q=/regex/",
    "cursor=hello",
    `q=${"x".repeat(2001)}`,
  ])("%s", async (query) => {
    const tenant = await createTenant();
    const response = await call(`/api/v1/logs?${query}`, { headers: { "x-api-key": tenant.key } });
    expect(response.status).toBe(400);
    await problemOf(response);
  });

  test("an address that is nothing → 404", async () => {
    expect(await problemOf(await call("/api/v2/logs"))).toMatchObject({ status: 404, code: "not_found" });
  });
});

describe("a stored chunk that cannot be read", () => {
  async function withBrokenChunk(): Promise<Tenant> {
    const tenant = await createTenant();
    await accepted(tenant.key, events(5));
    await settle(tenant);
    const body = new Uint8Array([1, 2, 3, 4]);
    const section = {
      chunkId: "01890000-0000-7000-8000-000000000000",
      receivedAt: Date.now(),
      count: 1,
      rawBytes: 4,
      bodyBytes: 4,
      digestBytes: 0,
      minTimestamp: Date.now(),
      maxTimestamp: Date.now(),
    };
    const sections = [{ section, body, digest: new Uint8Array(0) }];
    await storeOf(tenant).append(tenant.id, 0, [
      encodeEnvelope({ stage: "normalized", tenantId: tenant.id, shard: 0, sections }),
    ]);
    return tenant;
  }

  test("does not hide the others", async () => {
    const tenant = await withBrokenChunk();
    const page = await logPage(tenant);
    expect(page.logs).toHaveLength(5);
    expect(page.partial).toBe(true);
  });

  test("becomes a dead letter at the flush, and the others a segment", async () => {
    const tenant = await withBrokenChunk();
    advance(HOUR_MS);
    await storeAlarm(tenant);
    expect(await storedLogs(tenant)).toHaveLength(5);
    const rows = await env.DB.prepare("SELECT queue FROM dead_letters WHERE tenant_id = ?").bind(tenant.id).all();
    expect(rows.results).toEqual([{ queue: "normalized-logs" }]);
  });
});
