import { describe, expect, it } from "vitest";
import { FULL_BYTES, MAX_INPUTS, type MergeCandidate, planMerges } from "./merge-plan.ts";

const MB = 1024 * 1024;
const NOON = Date.parse("2026-11-22T12:00:00Z");
const HOUR = 3_600_000;

/** Flushes of these sizes in MB, one a minute, the last an hour ago; then one more, which is left alone. */
function flushes(sizes: readonly number[], change: Partial<MergeCandidate> = {}): MergeCandidate[] {
  return [...sizes, 1].map((size, n) => {
    const at = NOON - HOUR - (sizes.length - n) * 60_000;
    const id = `id-${String(n).padStart(3, "0")}`;
    return { id, rawBytes: size * MB, maxTimestamp: at, createdAt: at, flushedThrough: id, taken: false, ...change };
  });
}

/** Sizes, in MB, of the inputs of each merge. */
function planned(segments: readonly MergeCandidate[], now = NOON): number[][] {
  const sizes = new Map(segments.map((segment) => [segment.id, segment.rawBytes / MB]));
  return planMerges(segments, now).map((inputs) => inputs.map((id) => sizes.get(id) ?? Number.NaN));
}

const LATER = NOON + 24 * HOUR;

describe("planMerges", () => {
  const cases: { name: string; sizes: number[]; open: number[][]; over: number[][] }[] = [
    { name: "nothing of nothing", sizes: [], open: [], over: [] },
    { name: "never one alone", sizes: [8], open: [], over: [] },
    { name: "fewer than four only when the day is over", sizes: [8, 8, 8], open: [], over: [[8, 8, 8]] },
    { name: "four", sizes: [8, 8, 8, 8], open: [[8, 8, 8, 8]], over: [[8, 8, 8, 8]] },
    { name: "no large one with small ones", sizes: [40, 1, 1, 1, 1], open: [[1, 1, 1, 1]], over: [[1, 1, 1, 1]] },
    { name: "what does not double its largest, not yet", sizes: [16, 4, 4, 2], open: [], over: [[2, 4, 4, 16]] },
    { name: "a straggler not at all", sizes: [60, 1], open: [], over: [] },
    { name: "none that is full", sizes: [64, 64, 64, 64], open: [], over: [] },
    {
      name: "no further than 64 MB, where there are enough",
      sizes: [8, 8, 8, 8, 8, 8, 8, 8, 8, 8],
      open: [[8, 8, 8, 8, 8, 8, 8, 8]],
      over: [
        [8, 8, 8, 8, 8, 8, 8, 8],
        [8, 8],
      ],
    },
    {
      name: "up to 128 MB, where it takes as much to make four",
      sizes: [32, 32, 32, 32, 32],
      open: [[32, 32, 32, 32]],
      over: [
        [32, 32],
        [32, 32],
      ],
    },
    {
      name: "nothing beyond 128 MB",
      sizes: [40, 40, 40, 40],
      open: [],
      over: [
        [40, 40],
        [40, 40],
      ],
    },
  ];
  it.each(cases)("merges $name", ({ sizes, open, over }) => {
    expect(planned(flushes(sizes))).toEqual(open);
    expect(planned(flushes(sizes), LATER)).toEqual(over);
  });

  it("plans several merges at once, each of so many inputs at most", () => {
    const plans = planned(flushes(new Array(40).fill(1)));
    expect(plans.map((inputs) => inputs.length)).toEqual([MAX_INPUTS, MAX_INPUTS, 8]);
  });

  it("leaves alone what is younger than ten minutes", () => {
    expect(planned(flushes([8, 8, 8, 8], { createdAt: NOON - 599_000 }))).toEqual([]);
  });

  it("leaves alone what is merged already", () => {
    expect(planned(flushes([8, 8, 8, 8], { taken: true }))).toEqual([]);
  });

  it("leaves the latest flush alone, though it be old: its store may repeat it", () => {
    const segments = flushes([8, 8, 8, 8]).slice(0, -1);
    expect(planned(segments)).toEqual([]);
    expect(planned(segments, LATER)).toEqual([[8, 8, 8]]);
  });

  it("does not take a flush of the last minutes as a proof that the one before is done", () => {
    const segments = flushes([8, 8, 8, 8]);
    const last = segments.pop();
    if (last === undefined) throw new Error("no last segment");
    expect(planned([...segments, { ...last, createdAt: NOON - 1_000 }])).toEqual([]);
  });

  it("keeps days apart", () => {
    const yesterday = { maxTimestamp: NOON - 24 * HOUR };
    const segments = [...flushes([8, 8, 8]).map((segment) => ({ ...segment, ...yesterday })), ...flushes([9, 9, 9, 9])];
    const plans = planMerges(
      segments.map((segment, n) => ({ ...segment, id: `${segment.id}-${n}` })),
      NOON,
    );
    expect(plans.map((inputs) => inputs.length)).toEqual([4, 4]);
  });

  it("writes a line few times, however many small segments come", () => {
    const segment = (id: string, rawBytes: number, flushedThrough = "a"): MergeCandidate => {
      const at = NOON - HOUR;
      return { id, rawBytes, maxTimestamp: at, createdAt: at, flushedThrough, taken: false };
    };
    const latest = segment("latest", FULL_BYTES, "b");
    let segments: MergeCandidate[] = [];
    let written = 0;
    for (let n = 0; n < 1_000; n++) {
      segments.push(segment(`flush-${n}`, MB));
      for (const inputs of planMerges([...segments, latest], NOON)) {
        const taken = segments.filter(({ id }) => inputs.includes(id));
        const total = taken.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
        written += total;
        segments = segments.filter(({ id }) => !inputs.includes(id));
        segments.push(segment(`merge-${n}`, total));
      }
    }
    expect(written / MB / 1_000).toBeLessThan(4);
    expect(segments.length).toBeLessThan(30);
  });
});
