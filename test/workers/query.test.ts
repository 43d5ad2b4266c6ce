import "./support/bindings.ts";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { stopClock } from "./support/clock.ts";
import { ask, type Log, logPage, storedLogs } from "./support/http.ts";
import { bufferOf, storeAlarm } from "./support/pipeline.ts";
import { ATOMS, type Atom, PLACES, rangeQuery, type Sample, type SampleLog, sampleOf } from "./support/sample.ts";
import { indexOf, interrupt } from "./support/segments.ts";

beforeAll(stopClock);

const idsOf = (logs: readonly { eventId: string }[]) => logs.map((log) => log.eventId);

function fieldsOf(log: SampleLog) {
  const { at, service, ...fields } = log;
  return { ...fields, serviceName: service, timestamp: new Date(at).toISOString() };
}

/** Ways to put two queries together. */
const joins: ((a: Atom, b: Atom) => Atom)[] = [
  (a, b) => ({ q: `(${a.q}) (${b.q})`, means: (log) => a.means(log) && b.means(log) }),
  (a, b) => ({ q: `(${a.q}) AND (${b.q})`, means: (log) => a.means(log) && b.means(log) }),
  (a, b) => ({ q: `(${a.q} OR ${b.q})`, means: (log) => a.means(log) || b.means(log) }),
  (a, b) => ({ q: `${a.q} -(${b.q})`, means: (log) => a.means(log) && !b.means(log) }),
  (a, b) => ({ q: `NOT (${a.q} ${b.q})`, means: (log) => !(a.means(log) && b.means(log)) }),
];
const atoms = fc.constantFrom(...ATOMS);
const pairs = fc.tuple(fc.constantFrom(...joins), atoms, atoms).map(([join, a, b]) => join(a, b));
const queries = fc.tuple(fc.constantFrom(...joins), pairs, fc.oneof(atoms, pairs)).map(([join, a, b]) => join(a, b));

describe.each(PLACES)("logs $name", ({ place }) => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await sampleOf(place, 1);
  });

  function search(q: string, more: Record<string, string> = {}): Promise<Log[]> {
    return storedLogs(sample.tenant, rangeQuery(sample, { q, ...more }));
  }

  test("are where the test wants them", async () => {
    const rows = (await indexOf(sample.tenant)).map((segment) => segment.rows);
    const buffered = (await bufferOf(sample.tenant)).flatMap(({ sections }) =>
      sections.map(({ section }) => section.count),
    );
    const expected = { buffer: [[], [240]], segments: [[60, 60, 60, 60], [0]], both: [[60, 60, 60], [120]] };
    expect([rows, [buffered.reduce((sum, count) => sum + count, 0)]]).toEqual(expected[place]);
  });

  test("all come back as they were sent, each once, newest first", async () => {
    const found = await search("");
    expect(idsOf(found)).toEqual(idsOf(sample.logs));
    for (const [index, log] of sample.logs.entries()) expect(found[index]).toMatchObject(fieldsOf(log));
  });

  test.each(ATOMS)("$q: those that a naive filter finds", async ({ q, means }) => {
    expect(idsOf(await search(q))).toEqual(idsOf(sample.logs.filter(means)));
    expect(idsOf(await search(`-(${q})`))).toEqual(idsOf(sample.logs.filter((log) => !means(log))));
  });

  test("of conditions put together at random: those that a naive filter finds", async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(queries, async ({ q, means }) => {
        const expected = sample.logs.filter(means);
        found += expected.length;
        expect(idsOf(await search(q)), q).toEqual(idsOf(expected));
      }),
      { numRuns: 40, seed: 7, endOnFailure: true },
    );
    expect(found).toBeGreaterThan(1_000);
  });

  test("of a query, plain filters and a part of the range at once", async () => {
    const from = sample.from + 30 * 60_000 + 7;
    const to = sample.from + 90 * 60_000;
    const more = { level: "error,fatal,info", service: "payment,search", environment: "production", q: "-declined" };
    const expected = sample.logs.filter(
      (log) =>
        log.at >= from &&
        log.at < to &&
        ["ERROR", "FATAL", "INFO"].includes(log.level) &&
        ["payment", "search"].includes(log.service) &&
        log.environment === "production" &&
        !log.message.includes("declined"),
    );
    expect(expected.length).toBeGreaterThan(5);
    expect(idsOf(await storedLogs(sample.tenant, rangeQuery({ from, to }, more)))).toEqual(idsOf(expected));
  });

  test("by a time in the query: as by the range", async () => {
    const from = sample.logs[100]?.at ?? 0;
    const q = `timestamp:>=${new Date(from).toISOString()} timestamp:<${new Date(sample.to - 600_000).toISOString()}`;
    const expected = sample.logs.filter((log) => log.at >= from && log.at < sample.to - 600_000);
    expect(idsOf(await search(q))).toEqual(idsOf(expected));
  });

  const paged: (Atom & { limit: number })[] = [
    { q: "", means: () => true, limit: 7 },
    {
      q: "level:error OR declined",
      means: (log) => log.level === "ERROR" || log.message.includes("declined"),
      limit: 5,
    },
    { q: "absent", means: () => false, limit: 5 },
  ];
  test.each(paged)("come page by page ($limit of «$q»): each once, in order", async ({ q, means, limit }) => {
    const expected = sample.logs.filter(means);
    const ids: string[] = [];
    let pages = 0;
    for (let cursor: string | null = ""; cursor !== null; pages++) {
      const more: Record<string, string> = cursor === "" ? {} : { cursor };
      const page = await logPage(sample.tenant, rangeQuery(sample, { q, limit: String(limit), ...more }));
      expect(page.partial).toBe(false);
      expect(page.nextCursor === null || page.logs.length === limit).toBe(true);
      ids.push(...idsOf(page.logs));
      cursor = page.nextCursor;
    }
    expect(ids).toEqual(idsOf(expected));
    expect(pages).toBe(Math.max(1, Math.ceil(expected.length / limit)));
  });

  test("say what was read for them", async () => {
    const Answer = z.object({
      partial: z.boolean(),
      read: z.object({
        segments: z.number(),
        segmentsRead: z.number(),
        rowGroups: z.number(),
        rowGroupsRead: z.number(),
        bytes: z.number(),
        hotRows: z.number(),
        unreadable: z.number(),
      }),
    });
    const { read, partial } = await ask(sample.tenant, Answer, `/api/v1/logs?${rangeQuery(sample, { limit: "1000" })}`);
    expect(partial).toBe(false);
    const segments = { buffer: 0, segments: 4, both: 2 }[place];
    expect(read).toMatchObject({ segments, segmentsRead: segments, rowGroups: segments, rowGroupsRead: segments });
    expect(read.bytes > 0).toBe(segments > 0);
    expect(read).toMatchObject({ hotRows: { buffer: 240, segments: 0, both: 120 }[place], unreadable: 0 });
  });

  test("of a range without any: none, and no error", async () => {
    const long = { from: sample.from - 80 * 24 * 3_600_000, to: sample.from - 3_600_000 };
    expect(await logPage(sample.tenant, rangeQuery(long))).toEqual({ logs: [], nextCursor: null, partial: false });
  });
});

describe("a flush that ends while a search reads", () => {
  test.each(["", "level:error"])("«%s»: each log is found once, then and afterwards", async (q) => {
    const sample = await sampleOf("both", 2, 80);
    const expected = sample.logs.filter((log) => q === "" || log.level === "ERROR");
    let interrupted = false;
    interrupt(async () => {
      interrupted = true;
      await storeAlarm(sample.tenant);
    });
    const query = rangeQuery(sample, { q });
    expect(idsOf(await storedLogs(sample.tenant, query))).toEqual(idsOf(expected));
    expect(interrupted).toBe(true);
    expect(await indexOf(sample.tenant)).toHaveLength(3);
    expect(idsOf(await storedLogs(sample.tenant, query))).toEqual(idsOf(expected));
  });
});
