import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogRow } from "../log-row.ts";
import { mergeSegments, type SegmentFile, type SegmentOptions, writeSegment } from "./index.ts";
import { compareRows, inSegmentOrder } from "./order.ts";
import { anyRow, fileOf, readBack, row, sorted } from "./segment.fixtures.ts";

async function merged(files: readonly SegmentFile[], options?: SegmentOptions) {
  const parts: Uint8Array[] = [];
  const result = await mergeSegments(files, (bytes) => void parts.push(bytes), options);
  return { ...result, file: new Uint8Array(Buffer.concat(parts)), parts };
}

const segmentOf = (rows: readonly LogRow[], rowsPerGroup?: number) =>
  fileOf(writeSegment(rows, rowsPerGroup ? { rowsPerGroup } : {}).bytes);

describe("merged segments", () => {
  it("are the union of their rows, in every field and in segment order, with the statistics of all", async () => {
    const inputs = fc.array(fc.array(anyRow, { maxLength: 20 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(inputs, fc.integer({ min: 1, max: 8 }), async (lists, rowsPerGroup) => {
        const { file, stats, bytes } = await merged(
          lists.map((rows) => segmentOf(rows, rowsPerGroup)),
          { rowsPerGroup: rowsPerGroup + 1 },
        );
        const { rows } = await readBack(file);
        const union = lists.flat();
        expect(sorted(rows)).toEqual(sorted(union));
        expect(rows.every((each, i) => i === 0 || compareRows(rows[i - 1] ?? each, each) <= 0)).toBe(true);
        expect(bytes).toBe(file.length);
        const whole = writeSegment(union, { rowsPerGroup: rowsPerGroup + 1, gzipLevel: 6 });
        const byName = (a: { fingerprint: string }, b: { fingerprint: string }) =>
          a.fingerprint < b.fingerprint ? -1 : 1;
        expect({ ...stats, patterns: [] }).toEqual({ ...whole.stats, patterns: [], filter: stats.filter });
        expect(stats.patterns.map(({ fingerprint, count }) => ({ fingerprint, count })).sort(byName)).toEqual(
          whole.stats.patterns.map(({ fingerprint, count }) => ({ fingerprint, count })).sort(byName),
        );
      }),
      { numRuns: 150 },
    );
  });

  it.each<[string, number[][]]>([
    ["none", []],
    ["one", [[1, 2, 3]]],
    ["an empty one", [[]]],
    ["an empty one among others", [[1], [], [2]]],
    ["several of the same times", [[1, 1, 2], [1, 2, 2], [1]]],
    ["several that do not overlap", [[5, 6], [1, 2], [3]]],
  ])("of %s", async (_, times) => {
    const lists = times.map((list, chunk) =>
      list.map((timestamp, index) => row({ timestamp, index, chunkId: `chunk ${chunk}` })),
    );
    const { file, stats } = await merged(lists.map((rows) => segmentOf(rows, 2)));
    const { rows } = await readBack(file);
    // Equal rows keep the order of the inputs: what a stable sort of all makes of them.
    expect(rows).toEqual(inSegmentOrder(lists.flat()));
    expect(stats.rows).toBe(times.flat().length);
  });

  it("are found by their words, as by those of the inputs", async () => {
    const inputs = ["alpha", "beta", "gamma"].map((word) => [row({ message: word }), row({ message: "all" })]);
    const { file, stats } = await merged(
      inputs.map((rows) => segmentOf(rows)),
      { rowsPerGroup: 1 },
    );
    const { rows, read } = await readBack(file, { words: ["beta"] }, stats.filter);
    expect(rows.map(({ message }) => message)).toEqual(["beta"]);
    expect(read).toMatchObject({ rowGroups: 6, rowGroupsRead: 1 });
  });

  it("come to the sink a row group at a time, and wait for it", async () => {
    const rows = Array.from({ length: 2_000 }, (_, index) => row({ index, timestamp: index }));
    let waiting = false;
    let calls = 0;
    await mergeSegments(
      [segmentOf(rows), segmentOf(rows)],
      async () => {
        expect(waiting).toBe(false);
        waiting = true;
        await new Promise((resolve) => setTimeout(resolve, 1));
        waiting = false;
        calls++;
      },
      { rowsPerGroup: 500 },
    );
    expect(calls).toBeGreaterThanOrEqual(8);
  });

  it("fail with what the sink or a file throws, and on what is no segment", async () => {
    const away = { byteLength: 100, slice: () => Promise.reject(new Error("R2 is away")) };
    const full = () => Promise.reject(new Error("R2 is full"));
    await expect(mergeSegments([segmentOf([row()]), away], () => {})).rejects.toThrow("R2 is away");
    await expect(mergeSegments([segmentOf([row()])], full)).rejects.toThrow("R2 is full");
    await expect(mergeSegments([fileOf(new Uint8Array(100))], () => {})).rejects.toThrow();
  });
});
