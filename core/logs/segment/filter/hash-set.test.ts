import * as fc from "fast-check";
import { expect, it } from "vitest";
import { HashSet } from "./hash-set.ts";

it("a set of hashes holds what a Set holds, zero and what was added twice included", () => {
  const hash = fc.oneof(fc.integer(), fc.integer({ min: -5, max: 5 }));
  fc.assert(
    fc.property(fc.array(hash, { maxLength: 200 }), (hashes) => {
      const set = new HashSet(8);
      const expected = new Set<number>();
      for (const each of hashes) {
        expect(set.add(each)).toBe(!expected.has(each));
        expected.add(each);
      }
      expect([...set.values()].sort()).toEqual([...expected].sort());
      expect(set.size).toBe(expected.size);
      set.clear();
      expect([set.size, set.values().length, set.add(0)]).toEqual([0, 0, true]);
    }),
  );
});
