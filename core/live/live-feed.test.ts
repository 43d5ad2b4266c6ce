import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveFeed } from "./live-feed.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_000_000);
});
afterEach(() => vi.useRealTimers());

const LEASE_MS = 60_000;

interface Call {
  batches: number[];
  dropped: number;
  answer: (watched: boolean) => void;
  fail: () => void;
}

/** A feed whose calls the test answers; `reply` answers them all alike. */
function setUp(reply?: boolean | "fail") {
  const calls: Call[] = [];
  let open = 0;
  const send = (envelopes: Uint8Array[], dropped: number) =>
    new Promise<boolean>((resolve, reject) => {
      open++;
      const fail = () => reject(new Error("as the test asks"));
      calls.push({ batches: envelopes.map((bytes) => bytes[0] ?? 0), dropped, answer: resolve, fail });
      if (reply === "fail") fail();
      else if (reply !== undefined) resolve(reply);
    }).finally(() => open--);
  const feed = new LiveFeed({ send, now: () => Date.now() });
  const offer = (mark: number, bytes = 100, count = 10) =>
    feed.offer({ bytes, count, encode: () => new Uint8Array(bytes).fill(mark) });
  return { feed, calls, offer, open: () => open };
}

describe("a feed", () => {
  it("encodes and sends nothing without a lease, nor after its end", async () => {
    const { feed, calls, offer } = setUp(true);
    feed.offer({
      bytes: 1,
      count: 1,
      encode: () => {
        throw new Error("not to be encoded");
      },
    });
    feed.lease(Date.now() + LEASE_MS);
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    offer(1);
    await vi.runAllTimersAsync();
    expect(calls).toEqual([]);
  });

  it("sends the first batch at once, and what comes meanwhile together in one next call", async () => {
    const { feed, calls, offer } = setUp();
    feed.lease(Date.now() + LEASE_MS);
    for (const mark of [1, 2, 3]) offer(mark);
    expect(calls.map((call) => call.batches)).toEqual([[1]]);
    calls[0]?.answer(true);
    await vi.advanceTimersByTimeAsync(200);
    expect(calls.map((call) => call.batches)).toEqual([[1], [2, 3]]);
  });

  it("drops what does not fit while a call is under way, and tells the number", async () => {
    const { feed, calls, offer } = setUp();
    feed.lease(Date.now() + LEASE_MS);
    offer(1);
    offer(2, 900_000);
    offer(3, 900_000, 77);
    offer(4);
    calls[0]?.answer(true);
    await vi.advanceTimersByTimeAsync(200);
    expect(calls[1]).toMatchObject({ batches: [2, 4], dropped: 77 });
  });

  it("ends its lease when nobody watches", async () => {
    const { feed, calls, offer } = setUp(false);
    feed.lease(Date.now() + LEASE_MS);
    for (let mark = 0; mark < 50; mark++) {
      offer(mark);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(calls).toHaveLength(1);
    expect(feed.isWatched).toBe(false);
  });

  it("keeps a lease that was renewed while the answer was on its way", async () => {
    const { feed, calls, offer } = setUp();
    feed.lease(Date.now() + LEASE_MS);
    offer(1);
    await vi.advanceTimersByTimeAsync(5);
    feed.lease(Date.now() + LEASE_MS);
    calls[0]?.answer(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(feed.isWatched).toBe(true);
  });

  it("counts what failed as dropped, and calls less and less often", async () => {
    const { feed, calls, offer } = setUp("fail");
    feed.lease(Date.now() + LEASE_MS);
    offer(1);
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect(calls[1]).toMatchObject({ batches: [], dropped: 10 });
    expect(calls.length).toBeGreaterThan(5);
    expect(calls.length).toBeLessThan(25);
  });

  it("gives up a call that hangs, makes no other under that lease, and goes on with the next one", async () => {
    const { feed, calls, offer } = setUp();
    feed.lease(Date.now() + LEASE_MS);
    offer(1);
    await vi.advanceTimersByTimeAsync(11_000);
    for (let n = 0; n < 20; n++) offer(2);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(calls).toHaveLength(1);
    feed.lease(Date.now() + LEASE_MS);
    offer(3);
    await vi.advanceTimersByTimeAsync(200);
    expect(calls[1]).toMatchObject({ batches: [3], dropped: 210 });
  });

  it("forgets what waits when the lease is ended", async () => {
    const { feed, calls, offer } = setUp();
    feed.lease(Date.now() + LEASE_MS);
    for (const mark of [1, 2]) offer(mark);
    feed.lease(0);
    calls[0]?.answer(true);
    await vi.runAllTimersAsync();
    feed.lease(Date.now() + LEASE_MS);
    offer(3);
    expect(calls.map((call) => call.batches)).toEqual([[1], [3]]);
  });

  const steps = fc.array(
    fc.record({
      size: fc.integer({ min: 1, max: 600_000 }),
      count: fc.integer({ min: 1, max: 100 }),
      wait: fc.nat({ max: 400 }),
      outcome: fc.constantFrom("answer", "fail", "none"),
    }),
    { maxLength: 40 },
  );

  it("has one call under way at most, and every event is handed over or counted as dropped", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const { feed, calls, offer, open } = setUp();
        feed.lease(Date.now() + 1_000_000);
        const counts: number[] = [];
        const settle = (outcome: "answer" | "fail") => {
          for (const call of calls) outcome === "answer" ? call.answer(true) : call.fail();
        };
        const failed = new Set<Call>();
        for (const [mark, { size, count, wait, outcome }] of list.entries()) {
          counts.push(count);
          offer(mark, size, count);
          expect(open()).toBeLessThanOrEqual(1);
          const last = calls.at(-1);
          if (outcome === "fail" && open() === 1 && last !== undefined) failed.add(last);
          if (outcome !== "none") settle(outcome);
          await vi.advanceTimersByTimeAsync(wait);
          expect(open()).toBeLessThanOrEqual(1);
        }
        for (let n = 0; n < 5; n++) {
          settle("answer");
          await vi.advanceTimersByTimeAsync(6_000);
        }
        const arrived = calls.filter((call) => !failed.has(call));
        const handed = arrived.flatMap((call) => call.batches).reduce((sum, mark) => sum + (counts[mark] ?? 0), 0);
        const dropped = arrived.reduce((sum, call) => sum + call.dropped, 0);
        expect(handed + dropped).toBe(counts.reduce((sum, count) => sum + count, 0));
      }),
      { numRuns: 60 },
    );
  });
});
