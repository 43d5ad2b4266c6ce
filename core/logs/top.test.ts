import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TopCounts } from "./top.ts";

describe("the top counts", () => {
  it("are exact for up to 10,000 values, the most frequent first, then by name", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "__proto__", "", "é"), fc.integer({ min: 1, max: 3 }))),
        fc.integer({ min: 1, max: 7 }),
        (added, limit) => {
          const top = new TopCounts();
          const naive = new Map<string, number>();
          for (const [value, count] of added) {
            top.add(value, count);
            naive.set(value, (naive.get(value) ?? 0) + count);
          }
          const expected = [...naive].map(([value, count]) => ({ value, count }));
          expected.sort((a, b) => (a.count === b.count ? (a.value < b.value ? -1 : 1) : b.count - a.count));
          expect(top.top(limit)).toEqual(expected.slice(0, limit));
          expect(top.exact).toBe(true);
        },
      ),
    );
    const many = new TopCounts();
    for (let n = 0; n < 20_000; n++) many.add(`v${n % 10_000}`);
    expect(many.exact).toBe(true);
    expect(many.top(10_000).every(({ count }) => count === 2)).toBe(true);
  });

  it("say when they are not exact", () => {
    const top = new TopCounts();
    for (let n = 0; n <= 10_000; n++) top.add(`v${n}`);
    expect(top.exact).toBe(false);
    expect(top.top(20_000).length).toBeLessThanOrEqual(5_000);
  });

  it("never miss the top of skewed data, though it comes late and among a flood of single values", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 20, max: 60 }), (frequent, every) => {
        const top = new TopCounts();
        const naive = new Map<string, number>();
        for (let n = 0; n < 40_000; n++) {
          top.add(`single-${n}`);
          // The flood has run over once before the first of them comes.
          if (n < 12_000 || n % every !== 0) continue;
          const value = `frequent-${(n / every) % frequent}`;
          top.add(value);
          naive.set(value, (naive.get(value) ?? 0) + 1);
        }
        const found = top.top(frequent);
        for (const { value, count } of found) expect(count).toBe(naive.get(value));
        expect(found.map(({ value }) => value).sort()).toEqual([...naive.keys()].sort());
      }),
      { numRuns: 6 },
    );
  });
});
