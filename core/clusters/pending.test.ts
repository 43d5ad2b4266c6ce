import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import { base, contributionAt, minute, NaiveCounts, settingsWith, tenantId } from "./clusters.fixtures.ts";
import { type Contribution, keyOf, MAX_LATENESS_MS } from "./digest.ts";
import { contributionSize, PendingState, PendingWindows } from "./pending.ts";
import { applyDelivery, quietUntil, type WindowState } from "./window.ts";

const keyOfContribution = ({ environment, fingerprint }: Contribution) => keyOf(environment, fingerprint);
const key = (number: number) => keyOfContribution(contributionAt([base], { key: number }));
const keys = (contributions: readonly Contribution[]) => contributions.map(keyOfContribution);
const total = ({ buckets }: Contribution) => buckets.reduce((sum, [, count]) => sum + count, 0);
const settings = settingsWith();

describe("a single shard", () => {
  it("holds back what cannot reach the threshold, and tells all of it once it can", () => {
    const pending = new PendingWindows();
    for (let i = 0; i < 9; i++) {
      pending.add(contributionAt([base]));
      expect(pending.take(base, settings, 1)).toEqual([]);
    }
    pending.add(contributionAt([base]));
    expect(pending.take(base, settings, 1).map(total)).toEqual([10]);
    expect(pending.isEmpty).toBe(true);
  });

  it("holds nothing back that could add up with what it told before", () => {
    const pending = new PendingWindows();
    pending.add(contributionAt(Array(10).fill(base)));
    pending.take(base, settings, 1);
    pending.add(contributionAt([base + 10 * minute - 1]));
    expect(pending.take(base + 10 * minute, settings, 1)).toHaveLength(1);
  });

  it("holds back again what lies two windows later", () => {
    const pending = new PendingWindows();
    pending.add(contributionAt(Array(10).fill(base)));
    pending.take(base, settings, 1);
    pending.add(contributionAt([base + 10 * minute]));
    expect(pending.take(base + 10 * minute, settings, 1)).toEqual([]);
  });

  it("goes by the threshold of the severity", () => {
    const own = settingsWith({ thresholdBySeverity: { HIGH: 2 } });
    const pending = new PendingWindows();
    pending.add(contributionAt([base, base], { key: 1, level: "WARN" }));
    pending.add(contributionAt([base, base], { key: 2, level: "ERROR" }));
    expect(keys(pending.take(base, own, 1))).toEqual([key(2)]);
  });
});

describe("a quiet window", () => {
  const quietly = () => {
    const pending = new PendingWindows();
    pending.add(contributionAt(Array(10).fill(base)));
    pending.take(base, settings, 1);
    pending.quiet(key(0), base + 30_000);
    pending.add(contributionAt([base + 1]));
    return pending;
  };

  it("is told nothing before it wants to hear, and then all", () => {
    const pending = quietly();
    expect(pending.take(base + 29_999, settings, 1)).toEqual([]);
    expect(pending.nextDue()).toBe(base + 30_000);
    expect(pending.take(base + 30_000, settings, 1).map(total)).toEqual([1]);
    expect(pending.nextDue()).toBeUndefined();
  });

  it("is no deadline once its time has passed", () => {
    const pending = quietly();
    pending.take(base + 30_000, settings, 1);
    pending.add(contributionAt([base + 15 * minute]));
    pending.take(base + 15 * minute, settings, 1);
    expect(pending.nextDue()).toBeUndefined();
  });

  it("of a key that nothing is known of changes nothing", () => {
    const pending = new PendingWindows();
    pending.quiet(key(0), base + 30_000);
    expect(pending.state()).toMatchObject({ held: [], sent: [] });
  });
});

it("a contribution that was added is not changed by what is added later", () => {
  const pending = new PendingWindows();
  const first = contributionAt([base]);
  const before = structuredClone(first);
  pending.add(first);
  pending.add(contributionAt([base, base + minute]));
  expect(first).toEqual(before);
});

describe("memory", () => {
  it("holds at most 2,000 keys; the rest is told, and nothing is lost", () => {
    const pending = new PendingWindows();
    for (let number = 0; number < 5_000; number++) pending.add(contributionAt([base], { key: number }));
    const due = [];
    for (let told = pending.take(base, settings, 1); told.length > 0; told = pending.take(base, settings, 1)) {
      due.push(...told);
    }
    const { held } = pending.state();
    expect(held).toHaveLength(2_000);
    expect(new Set([...keys(due), ...keys(held)]).size).toBe(5_000);
  });

  it("of large samples is told in parts, and what is left to persist fits a value of 2 MB", () => {
    const pending = new PendingWindows();
    const trace = "at com.acme.Pay.charge ".repeat(170);
    for (let number = 0; number < 1_000; number++) {
      pending.add({ ...contributionAt([base], { key: number }), trace });
    }
    const first = pending.take(base, settings, 1);
    expect(first.length).toBeGreaterThan(0);
    expect(first.reduce((sum, contribution) => sum + contributionSize(contribution), 0)).toBeLessThanOrEqual(600_000);
    expect(JSON.stringify(pending.state()).length).toBeLessThan(2_000_000);
    expect(JSON.stringify(pending.state(0)).length).toBeLessThan(500_000);
  });

  it("that overflows does not forget how new the counts are that were told", () => {
    const pending = new PendingWindows();
    pending.add(contributionAt(Array(10).fill(base + 7 * minute)));
    pending.take(base + 7 * minute, settings, 1);
    pending.quiet(key(0), base + 8 * minute);
    pending.add(contributionAt([base]));
    for (let number = 1; number <= 2_000; number++) pending.add(contributionAt([base], { key: number }));
    expect(keys(pending.take(base + 7 * minute, settings, 1))).toEqual([key(2_000)]);
    const [, sent] = pending.state().sent.find(([name]) => name === key(0)) ?? [];
    expect(sent?.newestBucket).toBe(base + 7 * minute);
  });

  it("forgets what is too old for anything that still counts to join it, and not sooner", () => {
    const pending = new PendingWindows();
    pending.add(contributionAt(Array(10).fill(base), { key: 1 }));
    pending.take(base, settings, 1);
    pending.add(contributionAt([base], { key: 2 }));
    const horizon = base + MAX_LATENESS_MS + 2 * settings.windowMs;
    pending.take(horizon, settings, 1);
    expect(pending.state()).toMatchObject({ held: [{}], sent: [[key(1), {}]] });
    pending.take(horizon + 1, settings, 1);
    expect(pending.state()).toMatchObject({ held: [], sent: [] });
  });

  it("remembers 4,000 keys; beyond it everything is told until it knows again what the windows have", () => {
    const pending = new PendingWindows();
    const now = base + minute;
    for (let number = 0; number <= 4_000; number++) {
      pending.add(contributionAt(Array(10).fill(base), { key: number }));
      if (number % 1_000 === 999) pending.take(now, settings, 1);
    }
    pending.take(now, settings, 1);
    expect(pending.state().sent).toEqual([]);
    pending.add(contributionAt([base], { key: 1 }));
    expect(keys(pending.take(now, settings, 1))).toEqual([key(1)]);
    const later = now + MAX_LATENESS_MS + 2 * settings.windowMs;
    pending.add(contributionAt([later], { key: 2 }));
    expect(pending.take(later, settings, 1)).toEqual([]);
  });

  it("forgets counts that it meets 25 minutes after their events: an alert that late wakes nobody", () => {
    const pending = new PendingWindows();
    pending.add(contributionAt(Array(10).fill(base)));
    const late = base + MAX_LATENESS_MS + 2 * settings.windowMs + 6_000;
    expect(pending.take(late, settings, 1)).toEqual([]);
    expect(pending.isEmpty).toBe(true);
  });
});

const step = fc.record({
  pauseMs: fc.constantFrom(0, 0, 100, 5_000, 20_000, 60_000),
  shard: fc.nat({ max: 3 }),
  key: fc.nat({ max: 1 }),
  /** Relative to now. */
  offsets: fc.array(fc.oneof(fc.constantFrom(0, 0, -1_000), fc.integer({ min: -8 * minute, max: 5 * minute })), {
    minLength: 1,
    maxLength: 4,
  }),
  take: fc.boolean(),
  restart: fc.boolean(),
});
const history = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 25 }),
  shards: fc.integer({ min: 1, max: 3 }),
  threshold: fc.integer({ min: 2, max: 9 }),
  windowMs: fc.constantFrom(minute, 5 * minute),
});

/** Shards that feed window objects, beside counts on paper. */
class Tenant {
  private readonly shards: PendingWindows[];
  private readonly sequences: number[];
  private readonly windows = new Map<string, WindowState>();
  private readonly counts = new Map<string, NaiveCounts>();
  private readonly settings: TenantSettings;
  calls = 0;

  constructor(shards: number, settings: TenantSettings) {
    this.shards = Array.from({ length: shards }, () => new PendingWindows());
    this.sequences = Array<number>(shards).fill(0);
    this.settings = settings;
  }

  add(shard: number, number: number, times: readonly number[]): void {
    const counts = this.counts.get(key(number)) ?? new NaiveCounts(this.settings);
    counts.add(times);
    this.counts.set(key(number), counts);
    this.shards[shard % this.shards.length]?.add(contributionAt(times, { key: number }));
  }

  restart(): void {
    for (const [index, pending] of this.shards.entries()) {
      this.shards[index] = new PendingWindows(PendingState.parse(JSON.parse(JSON.stringify(pending.state()))));
    }
  }

  take(now: number): void {
    for (const [shard, pending] of this.shards.entries()) {
      const due = pending.take(now, this.settings, this.shards.length);
      const sequence = (this.sequences[shard] ?? 0) + 1;
      this.sequences[shard] = sequence;
      for (const contribution of due) {
        const name = keyOfContribution(contribution);
        const delivery = { tenantId, shard, sequence, contribution, settings: this.settings };
        const { state } = applyDelivery(this.windows.get(name), delivery, now);
        this.windows.set(name, state);
        pending.quiet(name, quietUntil(state, this.settings, now));
        this.calls++;
      }
      expect(pending.nextDue() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
    }
  }

  nextDue(): number {
    return Math.min(...this.shards.map((pending) => pending.nextDue() ?? Number.POSITIVE_INFINITY));
  }

  /** What crossed in the objects and on paper, per key. */
  crossings(): { seen: number[]; paper: number[] }[] {
    return [...this.counts].map(([name, counts]) => ({
      seen: this.windows.get(name)?.windows.flatMap(({ start, crossed }) => (crossed ? [start] : [])) ?? [],
      paper: counts.crossed(),
    }));
  }
}

it("what is held back never hides a crossing, with any number of shards, through restarts", () => {
  let crossings = 0;
  fc.assert(
    fc.property(history, ({ steps, shards, threshold, windowMs }) => {
      const tenant = new Tenant(shards, settingsWith({ threshold, windowMs }));
      let now = base;
      for (const { pauseMs, shard, key: number, offsets, take, restart } of steps) {
        // At most 8 minutes in all: nothing is forgotten meanwhile.
        now = Math.min(now + pauseMs, base + 8 * minute);
        tenant.add(
          shard,
          number,
          offsets.map((offset) => now + offset),
        );
        if (restart) tenant.restart();
        if (!take) continue;
        tenant.take(now);
        // The first crossing of a key is seen at once; later ones may wait for the window's next word.
        for (const { seen, paper } of tenant.crossings()) expect(seen.length > 0).toBe(paper.length > 0);
      }
      tenant.take(now);
      for (let rounds = 0; Number.isFinite(tenant.nextDue()); rounds++) {
        expect(rounds).toBeLessThan(100);
        now = tenant.nextDue();
        tenant.take(now);
      }
      for (const { seen, paper } of tenant.crossings()) {
        expect(seen).toEqual(paper);
        crossings += seen.length;
      }
    }),
    { numRuns: 400 },
  );
  expect(crossings).toBeGreaterThan(200);
});

it("the long tail of rare fingerprints costs no call", () => {
  const tenant = new Tenant(1, settings);
  for (let number = 0; number < 1_500; number++) {
    tenant.add(0, number, [base]);
    tenant.take(base);
  }
  expect(tenant.calls).toBe(0);
});
