import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Counter, grant, type LeaseRequest, windowEnd } from "./windows.ts";

const MINUTE = 60_000;
const request = (more: Partial<LeaseRequest> = {}): LeaseRequest => ({
  ...{ counter: "c", limit: 10, windowMs: MINUTE, want: 1, atLeast: 1, lasting: true },
  ...more,
});

describe("a grant", () => {
  test.each([
    { name: "all that is wanted", before: 0, want: 4, atLeast: 1, granted: 4, remaining: 6 },
    { name: "what is left of it", before: 8, want: 4, atLeast: 1, granted: 2, remaining: 0 },
    { name: "nothing when less is of no use", before: 8, want: 4, atLeast: 3, granted: 0, remaining: 2 },
    { name: "nothing of what is used up", before: 10, want: 1, atLeast: 1, granted: 0, remaining: 0 },
    { name: "nothing when the limit has fallen below", before: 20, want: 1, atLeast: 1, granted: 0, remaining: 0 },
    { name: "what is needed, when less is wanted", before: 0, want: 1, atLeast: 5, granted: 5, remaining: 5 },
  ])("is $name", ({ before, want, atLeast, granted, remaining }) => {
    const { lease } = grant({ endsAt: MINUTE, granted: before }, request({ want, atLeast }), 1);
    expect(lease).toEqual({ granted, remaining, resetAt: MINUTE });
  });

  test("a window ends at its last millisecond, and the next one is whole", () => {
    const full: Counter = { endsAt: MINUTE, granted: 10 };
    expect(grant(full, request(), MINUTE - 1).lease.granted).toBe(0);
    expect(grant(full, request(), MINUTE)).toEqual({
      counter: { endsAt: 2 * MINUTE, granted: 1 },
      lease: { granted: 1, remaining: 9, resetAt: 2 * MINUTE },
    });
  });

  test("a clock that was far ahead does not make a window longer", () => {
    const { counter } = grant({ endsAt: 1_000 * MINUTE, granted: 10 }, request(), 5);
    expect(counter).toEqual({ endsAt: MINUTE + 5, granted: 10 });
  });
});

test("whatever is asked, and however often the object begins anew, a window never grants more than its limit", () => {
  const step = fc.record({
    advance: fc.integer({ min: -3_000, max: 20_000 }),
    want: fc.integer({ min: 1, max: 200 }),
    atLeast: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.array(step, { maxLength: 200 }), (limit, steps) => {
      let now = 10 * MINUTE;
      let counter: Counter | undefined;
      const sums = new Map<number, number>();
      for (const { advance, want, atLeast } of steps) {
        now += advance;
        const stored = counter && structuredClone(counter);
        const { counter: after, lease } = grant(stored, request({ limit, want, atLeast }), now);
        counter = after;
        const sum = (sums.get(lease.resetAt) ?? 0) + lease.granted;
        sums.set(lease.resetAt, sum);
        expect(sum).toBeLessThanOrEqual(limit);
        expect(lease.remaining).toBe(limit - after.granted);
        expect(lease.granted === 0 || lease.granted >= atLeast).toBe(true);
        expect(lease.resetAt).toBeGreaterThan(now);
        expect(lease.resetAt - now).toBeLessThanOrEqual(windowEnd(now, MINUTE) - now + MINUTE);
      }
    }),
  );
});
