import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIVE_LIMITS } from "./limits.ts";
import { evenly, type Rate, rateFor, Sampler } from "./sampler.ts";

const RATE: Rate = { logs: 200, bytes: 100_000 };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("the rate of a socket", () => {
  it.each([
    [1, LIVE_LIMITS.bytesPerSecond],
    [32, LIVE_LIMITS.bytesPerSecond],
    [64, LIVE_LIMITS.sharedBytesPerSecond / 64],
    [500, 16_777],
    [100_000, LIVE_LIMITS.minBytesPerSecond],
  ])("among %i sockets is %i bytes a second", (sockets, bytes) =>
    expect(rateFor(sockets)).toEqual({ logs: LIVE_LIMITS.logsPerSecond, bytes }),
  );
});

describe("items at even distances", () => {
  it.each([
    [0, []],
    [1, [0]],
    [3, [0, 3, 6]],
    [5, [0, 2, 4, 6, 8]],
    [10, numbers(10)],
    [11, numbers(10)],
  ])("%i of ten", (count, expected) => expect(evenly(numbers(10), count)).toEqual(expected));
});

describe("a sampler", () => {
  it("takes all below the rate, and has nothing to tell", () => {
    const sampler = new Sampler(RATE, 0);
    expect(sampler.take(numbers(200), () => 1, RATE, 0)).toEqual(numbers(200));
    expect(sampler.notice()).toBeUndefined();
  });

  it("takes some at even distances above it, and tells how many of how many", () => {
    const sampler = new Sampler(RATE, 0);
    expect(sampler.take(numbers(1_000), () => 1, RATE, 0)).toEqual(numbers(200).map((n) => n * 5));
    expect(sampler.notice()).toEqual({ shown: 200, matched: 1_000 });
    expect(sampler.notice()).toBeUndefined();
  });

  it("takes none while the second's logs are spent, and more as time goes by", () => {
    const sampler = new Sampler(RATE, 0);
    sampler.take(numbers(200), () => 1, RATE, 0);
    expect(sampler.take(numbers(10), () => 1, RATE, 0)).toEqual([]);
    expect(sampler.take(numbers(200), () => 1, RATE, 100)).toHaveLength(20);
  });

  it("lets one item larger than the second's bytes pass, and pays for it afterwards", () => {
    const sampler = new Sampler(RATE, 0);
    expect(sampler.take(["large", "next"], () => 300_000, RATE, 0)).toEqual(["large"]);
    expect(sampler.take(["next"], () => 1, RATE, 1_900)).toEqual([]);
    expect(sampler.take(["next"], () => 1, RATE, 2_100)).toEqual(["next"]);
  });

  it("asks the size of nothing that it does not take", () => {
    let asked = 0;
    const sampler = new Sampler(RATE, 0);
    sampler.take(
      numbers(5_000),
      () => {
        asked++;
        return 1;
      },
      RATE,
      0,
    );
    expect(asked).toBe(200);
  });

  const offers = fc.array(
    fc.record({ after: fc.nat({ max: 700 }), count: fc.nat({ max: 600 }), size: fc.nat({ max: 5_000 }) }),
    { maxLength: 30 },
  );

  it("never shows more than a burst and the rate allow, in order, each item once, and accounts for all", () => {
    fc.assert(
      fc.property(offers, (list) => {
        const sampler = new Sampler(RATE, 0);
        let now = 0;
        let next = 0;
        let bytes = 0;
        const shown: number[] = [];
        for (const { after, count, size } of list) {
          now += after;
          const items = Array.from({ length: count }, () => next++);
          const taken = sampler.take(items, () => size, RATE, now);
          shown.push(...taken);
          bytes += taken.length * size;
        }
        expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
        expect(shown.length).toBeLessThanOrEqual(RATE.logs + (RATE.logs * now) / 1000);
        expect(bytes).toBeLessThanOrEqual(RATE.bytes + (RATE.bytes * now) / 1000 + 5_000);
        const notice = sampler.notice();
        if (notice === undefined) expect(shown).toHaveLength(next);
        else expect(notice).toEqual({ shown: shown.length, matched: next });
      }),
    );
  });

  it("gives nothing for a clock that goes back", () => {
    const sampler = new Sampler(RATE, 10_000);
    sampler.take(numbers(200), () => 1, RATE, 10_000);
    expect(sampler.take(numbers(10), () => 1, RATE, 0)).toEqual([]);
    expect(sampler.take(numbers(10), () => 1, RATE, 10_000)).toEqual([]);
  });
});
