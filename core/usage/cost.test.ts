import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { estimateCost, storeCalls } from "./cost.ts";
import type { UsageDay } from "./counter.ts";
import { UNITS } from "./prices.ts";

const usageDay: fc.Arbitrary<UsageDay> = fc.record({
  day: fc.constantFrom("2026-01-30", "2026-01-31"),
  sourceId: fc.constantFrom("a", "b", "c"),
  events: fc.nat(1_000_000),
  bytes: fc.nat(1_000_000_000),
  chunks: fc.nat(1_000_000),
  requests: fc.nat(1_000_000),
});

/** A day and source are counted once. */
const usage = fc.uniqueArray(usageDay, { selector: ({ day, sourceId }) => `${day}/${sourceId}` });

const day = (change: Partial<UsageDay>): UsageDay => ({
  ...{ day: "2026-01-31", sourceId: "a", events: 0, bytes: 0, chunks: 0, requests: 0 },
  ...change,
});
const countOf = (days: UsageDay[], unit: string, gbMonths = 0) =>
  estimateCost(days, gbMonths).lines.find((line) => line.unit === unit)?.count;

describe("an estimate", () => {
  it("is of the whole what it is of the parts together", () => {
    fc.assert(
      fc.property(usage, fc.double({ min: 0, max: 1_000, noNaN: true }), (days, gbMonths) => {
        const estimate = estimateCost(days, gbMonths);
        const hasBytes = days.some(({ bytes }) => bytes > 0);
        for (const [index, unit] of UNITS.entries()) {
          if (unit === "r2GbMonths" && !hasBytes) continue;
          const parts = estimate.sources.reduce((sum, { lines }) => sum + (lines[index]?.count ?? 0), 0);
          expect(parts).toBeCloseTo(estimate.lines[index]?.count ?? Number.NaN, 4);
        }
      }),
    );
  });

  it("is the sum of its lines, none of them below zero", () => {
    fc.assert(
      fc.property(usage, (days) => {
        const { lines, usd } = estimateCost(days, 1);
        expect(lines.every(({ count }) => count >= 0)).toBe(true);
        expect(lines.reduce((sum, line) => sum + line.count * line.price, 0)).toBeCloseTo(usd, 9);
      }),
    );
  });

  it("counts a request as one, and stores what there is to store", () => {
    expect(countOf([day({ requests: 7 }), day({ day: "2026-01-30", requests: 5 })], "requests")).toBe(12);
    expect(countOf([], "r2GbMonths", 3)).toBe(3);
    expect(estimateCost([], 0).usd).toBe(0);
  });

  it("shares a day's calls of the store out by chunks, so that it does not matter who sent first", () => {
    const [a, b] = [day({ chunks: 300_000 }), day({ sourceId: "b", chunks: 100_000 })];
    const rows = (days: UsageDay[]) =>
      estimateCost(days, 0).sources.map(({ lines }) => lines.map(({ count }) => count));
    expect(rows([a, b])).toEqual(rows([b, a]).toReversed());
  });
});

test.each([
  { chunks: 0, calls: 0 },
  { chunks: 60, calls: 60 },
  { chunks: 86_400, calls: 86_400 },
  { chunks: 2_500_000, calls: 186_400 },
])("$chunks chunks of a day are at most $calls calls of the store", ({ chunks, calls }) => {
  expect(storeCalls(chunks, 86_400)).toBe(calls);
});
