import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogRow } from "../log-row.ts";
import { searchableTexts, tokenize } from "../query/index.ts";
import { type SegmentFilter, type SegmentQuery, writeSegment } from "./index.ts";
import { anyRow, readBack, row, sorted } from "./segment.fixtures.ts";

/** What a caller of readSegment applies to the rows: all of the words. */
function holds(each: LogRow, words: readonly string[] = []): boolean {
  const own = new Set(searchableTexts(each).flatMap(tokenize));
  return words.flatMap(tokenize).every((word) => own.has(word));
}

const matches = (each: LogRow, { words, traceIds, fingerprints }: SegmentQuery) =>
  holds(each, words) &&
  (!traceIds || (each.traceId !== undefined && traceIds.includes(each.traceId))) &&
  (!fingerprints || fingerprints.includes(each.fingerprint));

const vocabulary = ["alpha", "beta", "Gamma", "été", "x", "4bf92f35", "Σ-Ω", "\ud83d"];
const phrase = fc
  .array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 4, size: "max" })
  .map((words) => words.join(" "));
const rowOfWords = fc
  .tuple(anyRow, phrase, fc.option(phrase), fc.option(fc.constantFrom(...vocabulary)), fc.option(phrase))
  .map(([each, message, trace, traceId, attribute]): LogRow => {
    const { trace: _, traceId: __, attributes: ___, ...rest } = each;
    return {
      ...rest,
      message,
      ...(trace !== null && { trace }),
      ...(traceId !== null && { traceId }),
      ...(attribute !== null && { attributes: JSON.stringify({ key: `\n${attribute}` }) }),
    };
  });
const some = fc.array(fc.constantFrom(...vocabulary, "absent", ""), { maxLength: 3 });
const anyQuery = fc.record(
  { words: some, traceIds: some, fingerprints: fc.constant(["a", "b"]) },
  { requiredKeys: [] },
);

/** With the location from the index, from the footer, and wrong ones. */
function locations(filter: SegmentFilter | undefined): (SegmentFilter | undefined)[] {
  const { offset, length, blocks } = filter ?? { offset: 4, length: 40, blocks: 1 };
  return [
    undefined,
    filter,
    { offset: offset + 1, length, blocks },
    { offset: 4, length, blocks },
    { offset, length: length * 100, blocks },
    { offset, length, blocks: blocks * 2 },
    { offset, length, blocks: Number.NaN },
    { offset: -1, length: 0, blocks: 0 },
  ];
}

describe("a search by the word filter", () => {
  it("misses no row that a full scan finds, wherever the filter is said to be", async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(rowOfWords, { minLength: 8, maxLength: 20, size: "max" }),
        anyQuery,
        async (rows, query) => {
          const { bytes, stats } = writeSegment(rows, { rowsPerGroup: 2 });
          const expected = rows.filter((each) => matches(each, query));
          found += expected.length;
          for (const location of locations(stats.filter)) {
            const back = await readBack(bytes, query, location);
            expect(sorted(back.rows.filter((each) => holds(each, query.words)))).toEqual(sorted(expected));
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(found).toBeGreaterThan(40);
  });

  const lines = Array.from({ length: 400 }, (_, i) =>
    row({
      index: i,
      message: `order ${i} done ${i % 100 === 7 ? "unusual" : "usual"} n${i}`,
      traceId: `trace-${i}`,
      fingerprint: `f${Math.floor(i / 100)}`,
      timestamp: i,
      ...(i === 333 && { attributes: '{"path":"a\\nhidden"}' }),
    }),
  );
  const { bytes, stats } = writeSegment(lines, { rowsPerGroup: 20 });

  it.each<[string, SegmentQuery, number]>([
    ["a word in one of 20 row groups", { words: ["n123"] }, 1],
    ["a word in some", { words: ["unusual"] }, 4],
    ["a word in all", { words: ["done"] }, 20],
    ["two words, of which one is in few", { words: ["done", "unusual"] }, 4],
    ["two words that are never in one row group", { words: ["n1", "n399"] }, 0],
    ["a word in the case that it was asked in", { words: ["UNUSUAL"] }, 4],
    ["an absent word", { words: ["absent"] }, 0],
    ["an absent word beside one in all", { words: ["done", "absentee"] }, 0],
    ["no words", { words: [] }, 20],
    ["a letter, which is no word", { words: ["d"] }, 20],
    ["a word behind an escape in an attribute", { words: ["hidden"] }, 1],
    ["a trace id", { traceIds: ["trace-5"] }, 20],
    ["a trace id of a word of its own", { traceIds: ["n5"] }, 1],
    ["one of several trace ids", { traceIds: ["absent", "n6", "n206"] }, 2],
    ["a fingerprint", { fingerprints: ["f2"] }, 5],
    ["one of several fingerprints", { fingerprints: ["f0", "f3", "f9"] }, 10],
    ["an absent fingerprint", { fingerprints: ["f9"] }, 0],
    ["a fingerprint and a word", { fingerprints: ["f1"], words: ["unusual"] }, 1],
    ["a word and a time", { words: ["unusual"], from: 200 }, 2],
    ["no trace id, or no fingerprint", { traceIds: [] }, 0],
  ])("reads the row groups of %s", async (_, query, expected) => {
    for (const location of [undefined, stats.filter]) {
      const { read } = await readBack(bytes, query, location);
      expect(read).toMatchObject({ rowGroups: 20, rowGroupsRead: expected, damagedFilterBlocks: 0 });
    }
  });

  it("reads every row group of a segment without a filter", async () => {
    const plain = writeSegment(lines, { rowsPerGroup: 20, filter: false });
    expect(plain.stats.filter).toBeUndefined();
    const { rows, read } = await readBack(plain.bytes, { words: ["n123"], fingerprints: ["f1"] });
    expect(rows).toHaveLength(100);
    expect(read).toMatchObject({ rowGroupsRead: 20, damagedFilterBlocks: 0 });
  });
});

describe("what a search by the word filter reads", () => {
  /** Four row groups and three blocks of the filter; messages that gzip cannot shrink below the size of a tail. */
  const hex = fc.sample(fc.stringMatching(/^[0-9a-f]{16} [0-9a-f]{16} [0-9a-f]{16}$/), { numRuns: 8_000, seed: 11 });
  const many = hex.map((message, index) => row({ index, message, timestamp: index }));
  const { bytes, stats } = writeSegment(many, { rowsPerGroup: 2_000 });
  const filter = stats.filter ?? { offset: 0, length: 0, blocks: 0 };
  const rare = many[4_321]?.message.split(" ")[1] ?? "";

  it("is one block of the filter when the index knows where it is and the word is absent", async () => {
    const { rows, read } = await readBack(bytes, { words: ["absent"] }, filter);
    expect(rows).toEqual([]);
    expect(read).toMatchObject({ rowGroups: 4, rowGroupsRead: 0, reads: 1 });
    expect(read.bytesRead).toBe(filter.length / filter.blocks);
    expect(filter.blocks).toBeGreaterThan(2);
  });

  it("is the footer and one block when the index does not know", async () => {
    const { read } = await readBack(bytes, { words: ["absent"] });
    expect(read).toMatchObject({ rowGroups: 4, rowGroupsRead: 0, reads: 2 });
  });

  it("is one block, the footer and one row group for a rare word", async () => {
    const { rows, read } = await readBack(bytes, { words: [rare] }, filter);
    expect(rows.map(({ index }) => index)).toContain(4_321);
    expect(read).toMatchObject({ rowGroupsRead: 1, reads: 3 });
    expect(read.bytesRead).toBeLessThan(bytes.length / 2.5);
  });

  it("is the block of the longest word first, and no other when that is absent", async () => {
    const { read } = await readBack(bytes, { words: [rare, "absentandverylongword", "1a"] }, filter);
    expect(read).toMatchObject({ rowGroupsRead: 0, reads: 1 });
  });

  it("is everything when the filter is damaged, wherever it is, and says so", async () => {
    const size = filter.length / filter.blocks;
    for (let at = filter.offset; at < filter.offset + filter.length; at += 1_009) {
      const damaged = bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
      const block = Math.floor((at - filter.offset) / size);
      for (const location of [filter, undefined]) {
        const { rows, read } = await readBack(damaged, { words: [rare] }, location);
        expect(rows.map(({ index }) => index)).toContain(4_321);
        if (read.damagedFilterBlocks > 0) expect(read.rowGroupsRead, `block ${block}`).toBe(4);
      }
    }
    const wiped = bytes.map((byte, at) => (at >= filter.offset && at < filter.offset + filter.length ? 0 : byte));
    const { read } = await readBack(wiped, { words: [rare, "absent"] }, filter);
    expect(read).toMatchObject({ rowGroupsRead: 4 });
    expect(read.damagedFilterBlocks).toBeGreaterThan(0);
  });

  it("is everything when the block of one of several alternatives is damaged", async () => {
    const size = filter.length / filter.blocks;
    const own = many[0]?.fingerprint ?? "";
    for (let block = 0; block < filter.blocks; block++) {
      const damaged = bytes.slice().fill(0, filter.offset + block * size, filter.offset + (block + 1) * size);
      const { rows } = await readBack(damaged, { fingerprints: [own, "absent", "missing", "nowhere"] }, filter);
      expect(rows).toHaveLength(many.length);
    }
  });

  it("fails when the file ends within the filter, rather than miss rows", async () => {
    for (const length of [filter.offset + 100, filter.offset + filter.length, bytes.length - 1]) {
      await expect(readBack(bytes.slice(0, length), { words: [rare] }, filter)).rejects.toThrow();
    }
  });
});
