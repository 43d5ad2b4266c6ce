import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS } from "../../../schema/contracts/levels.ts";
import type { LogRow } from "../log-row.ts";
import { readSegment, type SegmentQuery, writeSegment } from "./index.ts";
import { anyRow, fileOf, readBack, roundTrip, row, sorted } from "./segment.fixtures.ts";

const T = 1_760_000_000_000;
const LONG = "x".repeat(80);

describe("a segment gives back what was written", () => {
  it("for any rows, in every field", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 60 }), fc.integer({ min: 1, max: 70 }), async (rows, perGroup) => {
        const { bytes } = writeSegment(rows, { rowsPerGroup: perGroup });
        expect(sorted((await readBack(bytes)).rows)).toEqual(sorted(rows));
      }),
      { numRuns: 200 },
    );
  });

  it.each<[string, Partial<LogRow>]>([
    ["only the required fields", {}],
    ["empty strings, told apart from missing ones", { message: "", trace: "", traceId: "", attributes: "" }],
    ["emoji, NUL and a byte order mark", { message: "\ufeff🚀\0é", template: "\ufeff🚀\0é", serviceName: "\ufeff🚀" }],
    ["lone surrogates", { message: "\ud83d", trace: "a\ude00b", attributes: '{"a":"\ud83d"}', environment: "\udfff" }],
    [
      "a trace of 100,000 characters",
      { trace: "\tat com.acme.Pay.charge(Pay.java:1)\n".repeat(3000).slice(0, 100_000) },
    ],
    ["a trace of 100,000 emoji", { trace: "😀".repeat(50_000) }],
    ["nanoseconds, zero too", { nanoseconds: 0 }],
    ["the largest index", { index: 65_535, nanoseconds: 999_999 }],
    ["times before the epoch", { timestamp: -1, receivedAt: -86_400_000 }],
    ["the ends of JavaScript's time", { timestamp: 8.64e15, receivedAt: -8.64e15 }],
    ["attributes as they were spelled", { attributes: '{ "a" : 1.0,"a":2 }' }],
  ])("with %s", async (_, over) => {
    const rows = [row(over), row()];
    expect(sorted(await roundTrip(rows))).toEqual(sorted(rows));
  });

  it("when a high surrogate ends one message and a low one begins the next", async () => {
    const rows = [row({ message: "\ud83d", timestamp: T }), row({ message: "\ude80", timestamp: T + 1 })];
    expect(sorted(await roundTrip(rows))).toEqual(sorted(rows));
  });

  it.each([[[0, 2 ** 31 - 1]], [[0, 2 ** 31]], [[0, -(2 ** 31)]], [[0, 2 ** 32, 2 ** 40]]])(
    "when times lie 32 bits apart or more: %j",
    async (times) => {
      const rows = times.map((ms) => row({ timestamp: T + ms }));
      expect(sorted(await roundTrip(rows))).toEqual(sorted(rows));
    },
  );

  it("at every gzip level", async () => {
    const rows = [row(), row({ trace: "a\nb" })];
    for (const gzipLevel of [1, 6, 9]) {
      const { rows: back } = await readBack(writeSegment(rows, { gzipLevel }).bytes);
      expect(sorted(back)).toEqual(sorted(rows));
    }
  });

  it("as nothing, when nothing was written", async () => {
    expect(await roundTrip([])).toEqual([]);
  });

  it("never in a time that is not a whole millisecond: it throws", () => {
    expect(() => writeSegment([row({ timestamp: T + 0.5 })])).toThrow(RangeError);
  });
});

describe("a query yields the rows that match, and only those", () => {
  const matches = (each: LogRow, { from, to, levels, services, environments }: SegmentQuery) =>
    (from === undefined || each.timestamp >= from) &&
    (to === undefined || each.timestamp < to) &&
    (!levels || levels.includes(each.level)) &&
    (!services || services.includes(each.serviceName)) &&
    (!environments || environments.includes(each.environment));

  it("for any rows and any query", async () => {
    const time = fc.integer({ min: T, max: T + 300_000 });
    const names = fc.array(fc.constantFrom("a", "b", "", "\ud83d", "é", LONG), { maxLength: 3 });
    const levels = fc.uniqueArray(fc.constantFrom(...LEVELS));
    const query = fc.record(
      { from: time, to: time, levels, services: names, environments: names },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 40 }), query, async (rows, wanted) => {
        const { bytes } = writeSegment(rows, { rowsPerGroup: 3 });
        const expected = rows.filter((each) => matches(each, wanted));
        expect(sorted((await readBack(bytes, wanted)).rows)).toEqual(sorted(expected));
      }),
      { numRuns: 200 },
    );
  });

  const rows = [
    row({ timestamp: T, level: "DEBUG", serviceName: "a", environment: "production" }),
    row({ timestamp: T + 10, level: "ERROR", serviceName: "b", environment: "staging" }),
    row({ timestamp: T + 20, level: "FATAL", serviceName: `${LONG}1`, environment: "production" }),
    row({ timestamp: T + 30, level: "WARN", serviceName: `${LONG}2`, environment: "\u{1f680}" }),
  ];
  it.each<[string, SegmentQuery, number[]]>([
    ["everything without a query", {}, [0, 10, 20, 30]],
    ["from a time on, that time included", { from: T + 10 }, [10, 20, 30]],
    ["up to a time, that time excluded", { to: T + 10 }, [0]],
    ["up to the last millisecond before a time", { to: T + 11 }, [0, 10]],
    ["by several levels", { levels: ["ERROR", "WARN"] }, [10, 30]],
    ["by a service whose name is longer than its statistics", { services: [`${LONG}2`] }, [30]],
    ["by an environment beyond the basic plane", { environments: ["\u{1f680}"] }, [30]],
    ["by all conditions together", { from: T, to: T + 30, environments: ["production"], levels: ["FATAL"] }, [20]],
    ["nothing for an empty list", { levels: [] }, []],
    ["nothing for a service that is not there", { services: ["c"] }, []],
  ])("%s", async (_, query, expected) => {
    for (const rowsPerGroup of [1, 4]) {
      const { rows: found } = await readBack(writeSegment(rows, { rowsPerGroup }).bytes, query);
      expect(found.map(({ timestamp }) => timestamp - T).sort((a, b) => a - b)).toEqual(expected);
    }
  });
});

describe("reading a segment", () => {
  /** 8 row groups of one service each, about 30 KB apiece: random hex does not compress below half. */
  const noise = fc.sample(fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 600, maxLength: 600 }), {
    numRuns: 800,
    seed: 7,
  });
  const many = noise.map((message, i) => row({ index: i, message, serviceName: `s${Math.floor(i / 100)}` }));
  const { bytes } = writeSegment(many, { rowsPerGroup: 100 });

  it("takes two reads when everything is wanted: the footer, then all row groups together", async () => {
    const { rows, read } = await readBack(bytes);
    expect(rows).toHaveLength(800);
    expect(read).toMatchObject({ rowGroups: 8, rowGroupsRead: 8, reads: 2 });
  });

  it("takes one read when the end of the file holds all of it", async () => {
    const { read } = await readBack(writeSegment(many.slice(0, 5)).bytes);
    expect(read).toMatchObject({ rowGroups: 1, rowGroupsRead: 1, reads: 1 });
  });

  it("fetches only the row groups that statistics leave", async () => {
    const { rows, read } = await readBack(bytes, { services: ["s2"] });
    expect(rows).toHaveLength(100);
    expect(read).toMatchObject({ rowGroups: 8, rowGroupsRead: 1, reads: 2 });
    expect(read.bytesRead).toBeLessThan(bytes.length / 4);
  });

  it("tells services with the same first 60 characters apart", async () => {
    const alike = ["a", "b", "c"].map((end) => row({ serviceName: "x".repeat(60) + end }));
    const { read } = await readBack(writeSegment(alike, { rowsPerGroup: 1 }).bytes, {
      services: [`${"x".repeat(60)}b`],
    });
    expect(read).toMatchObject({ rowGroups: 3, rowGroupsRead: 1 });
  });

  it("reads around a large gap and through a small one", async () => {
    const far = await readBack(bytes, { services: ["s0", "s7"] });
    const near = await readBack(bytes, { services: ["s0", "s2"] });
    expect(far.read).toMatchObject({ rowGroupsRead: 2, reads: 3 });
    expect(near.read).toMatchObject({ rowGroupsRead: 2, reads: 2 });
  });

  it("fetches nothing but the footer when no row group can match", async () => {
    const { rows, read } = await readBack(bytes, { levels: ["FATAL"] });
    expect(rows).toEqual([]);
    expect(read).toMatchObject({ rowGroupsRead: 0, reads: 1 });
  });

  it("reads a footer that is larger than expected with a second read", async () => {
    const { bytes: fine } = writeSegment(many, { rowsPerGroup: 10 });
    const { rows, read } = await readBack(fine, { services: ["s7"] });
    expect(rows).toHaveLength(100);
    expect(read).toMatchObject({ rowGroups: 80, rowGroupsRead: 10, reads: 3 });
  });

  it("tells what it read when the caller stops early", async () => {
    let reported = 0;
    const note = () => {
      reported++;
    };
    for await (const _ of readSegment(fileOf(bytes), {}, note)) break;
    expect(reported).toBe(1);
  });

  it("throws what the file throws, and on a file that is no segment", async () => {
    const broken = { byteLength: 100, slice: () => Promise.reject(new Error("R2 is away")) };
    await expect(readSegment(broken).next()).rejects.toThrow("R2 is away");
    await expect(readSegment(fileOf(new Uint8Array(100))).next()).rejects.toThrow();
    await expect(readSegment(fileOf(bytes.slice(0, -9))).next()).rejects.toThrow();
  });
});
