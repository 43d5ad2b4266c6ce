import fc from "fast-check";
import { expect, it } from "vitest";
import { IncidentEvent } from "../../schema/contracts/incident-event.ts";
import { base, contributionAt, minute, NaiveCounts, settingsWith, tenantId } from "./clusters.fixtures.ts";
import { applyDelivery, type Delivery, IDLE_MS, nextDeadline, onDeadline, WindowState } from "./window.ts";

/** Something that happens to a window object: a delivery (new, or a repeat of an earlier one), after a pause. */
const step = fc.record({
  pauseMs: fc.constantFrom(0, 0, 1, 1_000, 7_000, 29_999, 30_000, 41_000),
  shard: fc.integer({ min: 0, max: 3 }),
  /** Within a quarter of an hour, often the same moments, so that runs fill and straddle boundaries. */
  times: fc.array(
    fc.oneof(
      fc.nat({ max: 15 * minute }),
      fc.constantFrom(0, 1, 4.9 * minute, 5 * minute, 5.4 * minute, 10 * minute - 1),
    ),
    { minLength: 1, maxLength: 4 },
  ),
  repeat: fc.option(fc.nat({ max: 30 }), { nil: undefined, freq: 3 }),
  /** The alarm fires late, or not before the next delivery. */
  alarm: fc.boolean(),
});
const history = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 18 }),
  threshold: fc.integer({ min: 1, max: 7 }),
  windowMs: fc.constantFrom(minute, 5 * minute, 10 * minute),
  updateIntervalMs: fc.constantFrom(1_000, 30_000, 10 * minute),
});

/** Follows what a window object says, and holds it against counts on paper. */
class Witness {
  readonly said = new Map<number, number>();
  readonly crossings = new Map<number, number>();
  private lastEmission = Number.NEGATIVE_INFINITY;
  private readonly ids = new Set<string>();
  private readonly counts: NaiveCounts;
  private readonly intervalMs: number;

  constructor(counts: NaiveCounts, intervalMs: number) {
    this.counts = counts;
    this.intervalMs = intervalMs;
  }

  hear(events: readonly IncidentEvent[], now: number): void {
    expect(events.length).toBeLessThanOrEqual(1);
    for (const event of events) {
      expect(IncidentEvent.safeParse(event).error?.issues).toBeUndefined();
      expect(this.ids.has(event.eventId)).toBe(false);
      this.ids.add(event.eventId);
      if (event.kind === "UPDATED") expect(now - this.lastEmission).toBeGreaterThanOrEqual(this.intervalMs);
      this.lastEmission = now;
      for (const { start, count } of event.windows) {
        const at = Date.parse(start);
        expect(count).toBeLessThanOrEqual(this.counts.in(at));
        this.said.set(at, count);
      }
    }
  }

  /** Windows that crossed with a delivery must be named by a CROSSED event, and only then may there be one. */
  crossed(before: readonly number[], after: readonly number[], events: readonly IncidentEvent[]): void {
    const fresh = after.filter((start) => !before.includes(start));
    const [crossing] = events.filter(({ kind }) => kind === "CROSSED");
    expect(crossing === undefined).toBe(fresh.length === 0);
    const named = crossing?.windows.map(({ start }) => Date.parse(start)) ?? [];
    for (const start of fresh) {
      expect(named).toContain(start);
      this.crossings.set(start, (this.crossings.get(start) ?? 0) + 1);
    }
  }
}

const crossedIn = (state: WindowState | undefined): number[] =>
  state?.windows.filter(({ crossed }) => crossed).map(({ start }) => start) ?? [];

it("a window object agrees with counts on paper, whatever comes in whatever order", () => {
  let crossings = 0;
  fc.assert(
    fc.property(history, ({ steps, threshold, windowMs, updateIntervalMs }) => {
      const settings = settingsWith({ threshold, windowMs, updateIntervalMs });
      const counts = new NaiveCounts(settings);
      const witness = new Witness(counts, updateIntervalMs);
      const sent: Delivery[] = [];
      let state: WindowState | undefined;
      // Late enough that no event is ahead by more than 5 minutes, early enough that none is ever forgotten.
      let now = base + 10 * minute;

      const wake = (at: number): void => {
        if (state === undefined) return;
        const outcome = onDeadline(state, settings, at);
        ({ state } = outcome);
        witness.hear(outcome.events, at);
        // No busy loop: what was due is done.
        expect(nextDeadline(state, settings)).toBeGreaterThan(at);
      };

      for (const { pauseMs, shard, times, repeat, alarm } of steps) {
        now += pauseMs;
        if (alarm && state !== undefined && nextDeadline(state, settings) <= now) wake(now);
        const repeated = repeat === undefined ? undefined : sent[repeat];
        if (repeated !== undefined) {
          const outcome = applyDelivery(state, repeated, now);
          expect(outcome.events).toEqual([]);
          expect(outcome.state).toEqual(state);
          continue;
        }
        const at = times.map((time) => base + Math.floor(time));
        const sequence = sent.filter((earlier) => earlier.shard === shard).length * 3 + 1;
        const delivery = { tenantId, shard, sequence, contribution: contributionAt(at), settings };
        sent.push(delivery);
        counts.add(at);
        const before = crossedIn(state);
        const outcome = applyDelivery(state, delivery, now);
        ({ state } = outcome);
        // It rests in storage between deliveries.
        state = WindowState.parse(JSON.parse(JSON.stringify(state)));
        witness.hear(outcome.events, now);
        witness.crossed(before, crossedIn(state), outcome.events);
        expect(crossedIn(state)).toEqual(counts.crossed());
      }

      for (let rounds = 0; state !== undefined && nextDeadline(state, settings) < state.touchedAt + IDLE_MS; rounds++) {
        expect(rounds).toBeLessThan(200);
        now = Math.max(now, nextDeadline(state, settings));
        wake(now);
      }
      for (const start of counts.crossed()) {
        expect(witness.crossings.get(start)).toBe(1);
        expect(witness.said.has(start)).toBe(true);
      }
      for (const [start, count] of witness.said) expect(count).toBe(counts.in(start));
      crossings += witness.crossings.size;
    }),
    { numRuns: 400 },
  );
  // Else the property would say nothing.
  expect(crossings).toBeGreaterThan(200);
});

it("the order of deliveries changes neither what crosses nor the counts", () => {
  const deliveries = fc.array(fc.array(fc.nat({ max: 15 * minute }), { minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 8,
  });
  const orders = deliveries.chain((given) =>
    fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
  );
  const settings = settingsWith({ threshold: 5 });
  const end = (given: readonly number[][]) => {
    let state: WindowState | undefined;
    for (const [shard, times] of given.entries()) {
      const contribution = contributionAt(times.map((time) => base + time));
      ({ state } = applyDelivery(state, { tenantId, shard, sequence: 1, contribution, settings }, base + 10 * minute));
    }
    return {
      crossed: crossedIn(state),
      buckets: state?.buckets.toSorted(([a], [b]) => a - b),
      firstAt: state?.firstAt,
      lastAt: state?.lastAt,
    };
  };
  fc.assert(
    fc.property(orders, ([given, shuffled]) => {
      expect(end(shuffled)).toEqual(end(given));
    }),
  );
});
