import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { stopClock } from "./support/clock.ts";
import { call, logPage, storedLogs } from "./support/http.ts";
import { rangeQuery, type Sample, type SampleLog, sampleOf } from "./support/sample.ts";

/** Two tenants with the same services and messages, in buffers and in segments; and the range of both. */
let samples: Sample[];
let range: { from: number; to: number };

beforeAll(async () => {
  stopClock();
  samples = [await sampleOf("both", 8, 80), await sampleOf("both", 9, 120)];
  range = {
    from: Math.min(...samples.map(({ from }) => from)),
    to: Math.max(...samples.map(({ to }) => to)),
  };
});

const idsOf = (logs: readonly { eventId: string }[]) => logs.map((log) => log.eventId);

function pairs(): { own: Sample; other: Sample }[] {
  return samples.flatMap((own) => samples.filter((one) => one !== own).map((other) => ({ own, other })));
}

async function textOf(sample: Sample, path: string, more: Record<string, string> = {}): Promise<string> {
  const headers = { "x-api-key": sample.tenant.key };
  const response = await call(`/api/v1/${path}?${rangeQuery(range, more)}`, { headers });
  // text() warns of a type that it does not know.
  const text = new TextDecoder().decode(await response.arrayBuffer());
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text;
}

/** Whatever an answer tells of a tenant: its id, the ids of its events. */
function expectNothingOf(text: string, other: Sample): void {
  expect(text).not.toContain(other.tenant.id);
  for (const { eventId } of other.logs) expect(text).not.toContain(eventId);
}

describe("a tenant sees its own logs and no others", () => {
  const queries: { q: string; means: (log: SampleLog) => boolean }[] = [
    { q: "", means: () => true },
    { q: "level:error OR level:info", means: (log) => ["ERROR", "INFO"].includes(log.level) },
    { q: "-declined", means: (log) => !log.message.includes("declined") },
  ];
  test.each(queries)("in a search for «$q»", async ({ q, means }) => {
    for (const { own, other } of pairs()) {
      const found = await storedLogs(own.tenant, rangeQuery(range, { q }));
      expect(idsOf(found)).toEqual(idsOf(own.logs.filter(means)));
      expect(new Set(found.map((log) => log.tenantId))).toEqual(new Set([own.tenant.id]));
      expectNothingOf(JSON.stringify(found), other);
    }
  });

  test("with a cursor that another tenant was given", async () => {
    for (const { own, other } of pairs()) {
      const { nextCursor, logs } = await logPage(other.tenant, rangeQuery(range, { limit: "20" }));
      const last = logs.at(-1);
      if (nextCursor === null || last === undefined) throw new Error("no cursor");
      const at = Date.parse(last.timestamp);
      const expected = own.logs.filter((log) => log.at < at || (log.at === at && log.eventId < last.eventId));
      const query = rangeQuery(range, { cursor: nextCursor, limit: "1000" });
      expect(idsOf((await logPage(own.tenant, query)).logs)).toEqual(idsOf(expected));
    }
  });

  test("by the other's event ids and names, whatever the query says", async () => {
    for (const { own, other } of pairs()) {
      const id = other.logs[0]?.eventId ?? "";
      for (const q of [`event_id:${id}`, `event_id:${id} OR tenantId:${other.tenant.id}`, other.tenant.id]) {
        expect(await storedLogs(own.tenant, rangeQuery(range, { q }))).toEqual([]);
      }
      const found = await storedLogs(own.tenant, rangeQuery(range, { tenantId: other.tenant.id }));
      expect(idsOf(found)).toEqual(idsOf(own.logs));
    }
  });

  test.each([{}, { q: "level:*" }])("in a histogram %j", async (more) => {
    for (const { own } of pairs()) {
      const text = await textOf(own, "logs/histogram", { ...more, bucketMs: "3600000" });
      const counts = [...text.matchAll(/"count":(\d+)/g)].map(([, count]) => Number(count));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(own.logs.length);
    }
  });

  test.each([{}, { q: "level:*" }])("in facets %j", async (more) => {
    for (const { own } of pairs()) {
      const facets: unknown = JSON.parse(await textOf(own, "logs/facets", more));
      const staging = own.logs.filter((log) => log.environment === "staging").length;
      const environment = [
        { value: "production", count: own.logs.length - staging },
        { value: "staging", count: staging },
      ];
      expect(facets).toMatchObject({ environment });
    }
  });

  test("in stats and patterns", async () => {
    for (const { own } of pairs()) {
      expect(JSON.parse(await textOf(own, "stats"))).toMatchObject({ events: own.logs.length });
      const counts = [...(await textOf(own, "patterns")).matchAll(/"count":(\d+)/g)].map(([, count]) => Number(count));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(own.logs.length);
    }
  });

  test.each(["ndjson", "csv"])("in an export as %s", async (format) => {
    for (const { own, other } of pairs()) {
      const text = await textOf(own, "logs/export", { format });
      for (const { eventId } of own.logs) expect(text.split(eventId)).toHaveLength(2);
      expectNothingOf(text, other);
    }
  });

  test("by a log's id, and among its neighbours", async () => {
    for (const { own, other } of pairs()) {
      const [log] = own.logs;
      if (log === undefined) throw new Error("no log");
      const path = `/api/v1/logs/${log.eventId}?context=100`;
      const mine = await call(path, { headers: { "x-api-key": own.tenant.key } });
      expect(mine.status).toBe(200);
      expectNothingOf(await mine.text(), other);
      const theirs = await call(path, { headers: { "x-api-key": other.tenant.key } });
      expect(theirs.status).toBe(404);
      await theirs.body?.cancel();
    }
  });
});
