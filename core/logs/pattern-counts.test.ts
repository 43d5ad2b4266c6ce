import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS } from "../../schema/contracts/levels.ts";
import { PatternCounts, patternCounts, sumPatterns } from "./pattern-counts.ts";
import { type PatternStat, writeSegment } from "./segment/index.ts";
import { row } from "./segment/segment.fixtures.ts";

const rows = fc.array(
  fc
    .record({
      fingerprint: fc.constantFrom("a", "b", "c", "__proto__"),
      level: fc.constantFrom(...LEVELS),
      timestamp: fc.nat({ max: 1_000 }),
    })
    .map((fields) => row({ ...fields, template: fields.fingerprint })),
  { minLength: 1, maxLength: 40 },
);

function stat(fingerprint: string, count: number): PatternStat {
  return { fingerprint, template: "t", serviceName: "s", level: "INFO", count, firstSeen: 1, lastSeen: 2 };
}

describe("pattern counts", () => {
  it("of several segments add up to what a naive count of their rows counts", () => {
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 4 }), (segments) => {
        const stored = segments.map((part) => {
          const json = JSON.stringify(patternCounts(writeSegment(part).stats.patterns));
          return PatternCounts.parse(JSON.parse(json));
        });
        const all = segments.flat();
        const totals = sumPatterns(stored);
        expect([...totals.keys()].sort()).toEqual([...new Set(all.map(({ fingerprint }) => fingerprint))].sort());
        for (const [fingerprint, total] of totals) {
          const own = all.filter((one) => one.fingerprint === fingerprint);
          const times = own.map(({ timestamp }) => timestamp);
          expect(total).toEqual({
            fingerprint,
            level: LEVELS.findLast((level) => own.some((one) => one.level === level)),
            count: own.length,
            firstSeen: Math.min(...times),
            lastSeen: Math.max(...times),
          });
        }
      }),
      { numRuns: 50 },
    );
  });

  it("of a segment with too many patterns are those of the most frequent 2,000", () => {
    const stats = Array.from({ length: 5_000 }, (_, n) => stat(`f${n}`, ((n * 37) % 5_000) + 1));
    const counts = patternCounts(stats);
    expect(counts).toHaveLength(2_000);
    expect(Math.min(...counts.map(([, , count]) => count))).toBe(3_001);
    expect(JSON.stringify(counts).length).toBeLessThan(200_000);
  });

  it("of a level that is unknown here are counted all the same", () => {
    expect([...sumPatterns([[["a", 9, 3, 1, 2]]]).values()]).toMatchObject([{ level: "INFO", count: 3 }]);
  });
});
