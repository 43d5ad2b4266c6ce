import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AT_THE_BEGINNING,
  advance,
  CACHES_MS,
  DELETION_STEPS,
  type DeletionStep,
  FIRST_STEP,
  type Found,
  notBefore,
  Progress,
  stepAfter,
  stepFor,
  WINDOWS_END_MS,
} from "./deletion.ts";

const nothing: Found = {
  objects: { live: 0 },
  stores: { asked: 2, holding: 0 },
  bucket: { "logs/": 0 },
  rows: { a: 0 },
};
const rank = (step: DeletionStep) => DELETION_STEPS.indexOf(step);

describe("the steps of a deletion", () => {
  test("are gone through from the first to the last, each once", () => {
    const walked: DeletionStep[] = [];
    for (let step: DeletionStep | undefined = FIRST_STEP; step !== undefined; step = stepAfter(step)) walked.push(step);
    expect(walked).toEqual([...DELETION_STEPS]);
  });

  test.each<[DeletionStep, DeletionStep, string]>([
    ["objects", "stores", "LiveTail wakes stores"],
    ["stores", "windows", "stores tell windows"],
    ["windows", "rows", "incidents name windows"],
    ["accounts", "rows", "members name accounts"],
    ["rows", "proof", "the proof counts them"],
  ])("%s comes before %s: %s", (first, second) => {
    expect(rank(first)).toBeLessThan(rank(second));
  });

  test.each<[DeletionStep, number]>([
    ["caches", 1_000 + CACHES_MS],
    ["objects", 0],
    ["idle", 5_000 + WINDOWS_END_MS],
    ["proof", 0],
  ])("%s may begin at %d", (step, at) => {
    expect(notBefore(step, 1_000, { ...AT_THE_BEGINNING, silentSince: 5_000 })).toBe(at);
  });
});

describe("progress", () => {
  test("adds up what was removed, and survives its JSON", () => {
    const once = advance(AT_THE_BEGINNING, "rows", { rows: 7 }, "users", 1);
    const twice = advance(once, "rows", { rows: 5, keys: 1 }, null, 2);
    expect(Progress.parse(JSON.parse(JSON.stringify(twice)))).toEqual({
      at: null,
      silentSince: 0,
      removed: { ...AT_THE_BEGINNING.removed, rows: 12, keys: 1 },
    });
  });

  test("the stores are silent from the end of their step on, and not before", () => {
    const half = advance(AT_THE_BEGINNING, "stores", { stores: 1 }, "1/", 10);
    expect(half.silentSince).toBe(0);
    const done = advance(half, "stores", { stores: 1 }, null, 20);
    expect(done.silentSince).toBe(20);
    expect(advance(done, "rows", {}, null, 30).silentSince).toBe(20);
  });
});

describe("a proof", () => {
  test("that finds nothing ends it", () => {
    expect(stepFor(nothing)).toBeUndefined();
  });

  test.each<[string, Partial<Found>, DeletionStep]>([
    ["an object", { objects: { live: 1 } }, "objects"],
    ["a store", { stores: { asked: 2, holding: 1 } }, "stores"],
    ["a key", { bucket: { "logs/": 1 } }, "bucket"],
    ["a row", { rows: { a: 1 } }, "accounts"],
    ["all of it", { objects: { live: 1 }, bucket: { "logs/": 1 }, rows: { a: 1 } }, "objects"],
  ])("that finds %s goes back to what removes it", (_, found, step) => {
    expect(stepFor({ ...nothing, ...found })).toBe(step);
  });

  test("always goes back far enough, and never to the waiting for caches", () => {
    const counts = fc.dictionary(fc.string(), fc.nat(3));
    const arbitrary = fc.record({
      objects: counts,
      stores: fc.record({ asked: fc.nat(3), holding: fc.nat(3) }),
      bucket: counts,
      rows: counts,
    });
    fc.assert(
      fc.property(arbitrary, (found) => {
        const step = stepFor(found);
        const all = [...Object.values(found.objects), found.stores.holding, ...Object.values(found.bucket)];
        const some = [...all, ...Object.values(found.rows)].some((count) => count > 0);
        expect(step !== undefined).toBe(some);
        if (step !== undefined) expect(rank(step)).toBeGreaterThan(rank("caches"));
        if (step !== undefined) expect(rank(step)).toBeLessThan(rank("idle"));
      }),
    );
  });
});
