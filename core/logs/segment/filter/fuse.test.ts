import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildFuse, fuseBytes, fuseHas, fuseShape, mix } from "./fuse.ts";

const keysOf = (pairs: readonly (readonly [number, number])[]) => ({
  high: Int32Array.from(pairs, ([high]) => high),
  low: Int32Array.from(pairs, ([, low]) => low),
});

/** Pseudo-random keys, the same in each run. */
const spread = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => [mix(from + i) | 0, (i % 9) - 1] as const);

function build(pairs: readonly (readonly [number, number])[]) {
  const shape = fuseShape(pairs.length);
  for (let seed = 0; seed < 16; seed++) {
    const bytes = buildFuse(keysOf(pairs), 0, pairs.length, shape, seed);
    if (bytes) return { has: (high: number, low: number) => fuseHas(bytes, shape, seed, high, low), bytes };
  }
  throw new Error(`no seed of 16 places ${pairs.length} keys`);
}

describe("a binary fuse filter", () => {
  it.each([1, 2, 3, 4, 5, 7, 10, 30, 100, 333, 1_000, 5_000, 13_000, 40_000])("finds each of %i keys", (count) => {
    const pairs = spread(count);
    const { has } = build(pairs);
    expect(pairs.filter(([high, low]) => !has(high, low))).toEqual([]);
  });

  it("finds each of any distinct keys", () => {
    const key = fc.tuple(fc.integer(), fc.integer({ min: -1, max: 100 }));
    const near = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -1, max: 3 }));
    const keys = fc.uniqueArray(fc.oneof(key, near), { minLength: 1, maxLength: 300, selector: String });
    fc.assert(
      fc.property(keys, (pairs) => {
        const { has } = build(pairs);
        expect(pairs.filter(([high, low]) => !has(high, low))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([200, 1_000, 13_000])("takes 0.4 %% of other keys for one of %i", (count) => {
    const { has } = build(spread(count));
    const others = spread(100_000, 1_000_000).filter(([high, low]) => has(high, low)).length;
    expect(others / 100_000).toBeGreaterThan(0.003);
    expect(others / 100_000).toBeLessThan(0.005);
  });

  it("takes about 10 bits a key in a block of the size that segments have", () => {
    expect((fuseBytes(fuseShape(13_000)) * 8) / 13_000).toBeLessThan(10.2);
  });

  it("is given up on when a key is there twice, with any seed", () => {
    const keys = keysOf([[7, 1], ...spread(20), [7, 1]]);
    for (let seed = 0; seed < 50; seed++) expect(buildFuse(keys, 0, 22, fuseShape(22), seed)).toBeUndefined();
  });

  it("is built of a part of the keys", () => {
    const pairs = spread(300);
    const shape = fuseShape(100);
    const bytes = buildFuse(keysOf(pairs), 100, 200, shape, 0) ?? new Uint8Array(0);
    const found = pairs.map(([high, low]) => fuseHas(bytes, shape, 0, high, low));
    expect(found.slice(100, 200).every(Boolean)).toBe(true);
    expect(found.filter(Boolean).length).toBeLessThan(110);
  });
});
