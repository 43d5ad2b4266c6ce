import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS } from "../../schema/contracts/levels.ts";
import { autoBucket, Histogram, MAX_BUCKETS } from "./histogram.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NOW = 1_800_000_000_000;

const ranges = fc
  .tuple(fc.integer({ min: NOW - DAY_MS, max: NOW }), fc.integer({ min: 1, max: DAY_MS }))
  .map(([from, length]) => ({ from, to: from + length }));
const buckets = fc.constantFrom(60_000, 90_000, 300_000, 3_600_000, 7 * DAY_MS);
const counts = fc.array(
  fc.record({
    timestamp: fc.integer({ min: NOW - 2 * DAY_MS, max: NOW + 2 * DAY_MS }),
    level: fc.constantFrom(...LEVELS),
    count: fc.integer({ min: 1, max: 9 }),
  }),
  { maxLength: 60 },
);

describe("a histogram", () => {
  it("has every bucket of its range, whole and aligned, the empty ones too", () => {
    fc.assert(
      fc.property(ranges, buckets, ({ from, to }, bucketMs) => {
        const histogram = new Histogram(from, to, bucketMs);
        const starts = histogram.finish().map(({ start }) => start);
        expect(starts).toEqual(starts.map((_, index) => histogram.from + index * bucketMs));
        expect(histogram.from % bucketMs).toBe(0);
        expect(starts[0]).toBe(histogram.from);
        expect((starts.at(-1) ?? 0) + bucketMs).toBe(histogram.to);
        expect(histogram.from <= from && histogram.from > from - bucketMs).toBe(true);
        expect(histogram.to >= to && histogram.to < to + bucketMs).toBe(true);
      }),
    );
  });

  it("counts each log of its range in the bucket that it lies in, and no other log", () => {
    fc.assert(
      fc.property(ranges, buckets, counts, ({ from, to }, bucketMs, all) => {
        const histogram = new Histogram(from, to, bucketMs);
        for (const { timestamp, level, count } of all) histogram.add(timestamp, level, count);
        for (const { start, count, levels } of histogram.finish()) {
          const inside = all.filter(({ timestamp }) => timestamp >= start && timestamp < start + bucketMs);
          expect(count).toBe(inside.reduce((sum, one) => sum + one.count, 0));
          for (const level of LEVELS) {
            const own = inside.filter((one) => one.level === level);
            expect(levels[level]).toBe(own.length === 0 ? undefined : own.reduce((sum, one) => sum + one.count, 0));
          }
        }
      }),
    );
  });

  it(`has at most ${MAX_BUCKETS} buckets`, () => {
    expect(new Histogram(0, MAX_BUCKETS * 1_000, 1_000).finish()).toHaveLength(MAX_BUCKETS);
    expect(() => new Histogram(0, MAX_BUCKETS * 1_000 + 1, 1_000)).toThrow(RangeError);
  });
});

describe("a bucket that is chosen", () => {
  it.each([
    { name: "15 minutes", rangeMs: 15 * MINUTE_MS, bucketMs: 30_000 },
    { name: "an hour", rangeMs: 60 * MINUTE_MS, bucketMs: MINUTE_MS },
    { name: "a day and five minutes", rangeMs: DAY_MS + 5 * MINUTE_MS, bucketMs: 30 * MINUTE_MS },
    { name: "91 days", rangeMs: 91 * DAY_MS, bucketMs: 2 * DAY_MS },
    { name: "a millisecond", rangeMs: 1, bucketMs: 1_000 },
  ])("for $name is $bucketMs ms", ({ rangeMs, bucketMs }) => expect(autoBucket(rangeMs)).toBe(bucketMs));

  it("is of whole minutes where it has to be, and never makes more than the target's 60 buckets and the cut ones", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 91 * DAY_MS }), fc.constantFrom(1_000, MINUTE_MS), (rangeMs, least) => {
        const bucketMs = autoBucket(rangeMs, least);
        expect(bucketMs % least).toBe(0);
        expect(Math.ceil(rangeMs / bucketMs)).toBeLessThanOrEqual(60);
        expect(new Histogram(NOW + 1, NOW + 1 + rangeMs, bucketMs).finish().length).toBeLessThanOrEqual(61);
      }),
    );
  });
});
