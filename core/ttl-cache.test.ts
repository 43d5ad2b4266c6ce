import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TtlCache } from "./ttl-cache.ts";

describe("a cache", () => {
  it("believes a value for its time and not a millisecond longer", () => {
    const cache = new TtlCache<string>(100, 10);
    cache.set("a", "x", 1_000);
    expect(cache.get("a", 1_000)).toBe("x");
    expect(cache.get("a", 1_099)).toBe("x");
    expect(cache.get("a", 1_100)).toBeUndefined();
    expect(cache.get("b", 1_000)).toBeUndefined();
  });

  it("believes what was set again for its time from then on", () => {
    const cache = new TtlCache<string>(100, 10);
    cache.set("a", "x", 1_000);
    cache.set("a", "y", 1_090);
    expect(cache.get("a", 1_150)).toBe("y");
    expect(cache.get("a", 1_190)).toBeUndefined();
  });

  it("lets the oldest go first when it is full", () => {
    const cache = new TtlCache<number>(100, 2);
    cache.set("a", 1, 0);
    cache.set("b", 2, 0);
    cache.set("a", 3, 0);
    cache.set("c", 4, 0);
    expect(["a", "b", "c"].map((key) => cache.get(key, 0))).toEqual([3, undefined, 4]);
  });

  it("keeps undefined and null apart from nothing known", () => {
    const cache = new TtlCache<null>(100, 2);
    cache.set("a", null, 0);
    expect(cache.get("a", 0)).toBeNull();
  });

  it("holds the newest keys, as many as it may and no more", () => {
    const key = fc.constantFrom(..."abcdefgh");
    fc.assert(
      fc.property(fc.array(key), fc.integer({ min: 1, max: 5 }), (keys, capacity) => {
        const cache = new TtlCache<number>(1_000, capacity);
        for (const [index, name] of keys.entries()) cache.set(name, index, 0);
        const newest = [...new Set(keys.toReversed())].slice(0, capacity);
        for (const name of "abcdefgh") {
          expect(cache.get(name, 0)).toBe(newest.includes(name) ? keys.lastIndexOf(name) : undefined);
        }
      }),
    );
  });
});
