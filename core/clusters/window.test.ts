import { describe, expect, it } from "vitest";
import { IncidentEvent } from "../../schema/contracts/incident-event.ts";
import type { TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import { base, contributionAt, minute, settingsWith, tenantId } from "./clusters.fixtures.ts";
import type { Contribution } from "./digest.ts";
import {
  applyDelivery,
  IDLE_MS,
  nextDeadline,
  onDeadline,
  quietUntil,
  thresholdOf,
  type WindowState,
} from "./window.ts";

const second = 1_000;
const times = (count: number, at: number): number[] => Array(count).fill(at);

/** One window object, with its clock. */
class Simulation {
  state: WindowState | undefined;
  readonly settings: TenantSettings;
  private readonly sequences = new Map<number, number>();

  constructor(settings: Partial<TenantSettings> = {}) {
    this.settings = settingsWith(settings);
  }

  deliver(contribution: Contribution, now: number, shard = 0): IncidentEvent[] {
    const sequence = (this.sequences.get(shard) ?? 0) + 1;
    this.sequences.set(shard, sequence);
    return this.repeat(contribution, now, shard, sequence);
  }

  repeat(contribution: Contribution, now: number, shard: number, sequence: number): IncidentEvent[] {
    const outcome = applyDelivery(
      this.state,
      { tenantId, shard, sequence, contribution, settings: this.settings },
      now,
    );
    this.state = outcome.state;
    return outcome.events.map((event) => IncidentEvent.parse(event));
  }

  wake(now: number): IncidentEvent[] {
    const outcome = onDeadline(this.known(), this.settings, now);
    this.state = outcome.state;
    return outcome.events.map((event) => IncidentEvent.parse(event));
  }

  deadline(): number {
    return nextDeadline(this.known(), this.settings);
  }

  quiet(now: number): number {
    return quietUntil(this.known(), this.settings, now);
  }

  private known(): WindowState {
    if (this.state === undefined) throw new RangeError("nothing was delivered yet");
    return this.state;
  }
}

const kinds = (events: readonly IncidentEvent[]) =>
  events.map(({ kind, windows }) => [kind, windows.map(({ count }) => count)]);

describe("a window crosses", () => {
  it("at its threshold, and says so once", () => {
    const window = new Simulation();
    expect(window.deliver(contributionAt(times(9, base)), base)).toEqual([]);
    expect(kinds(window.deliver(contributionAt([base + second]), base))).toEqual([["CROSSED", [10]]]);
    expect(window.deliver(contributionAt(times(10, base)), base)).toEqual([]);
  });

  it("not with 9, however long they are repeated", () => {
    const window = new Simulation();
    for (let i = 0; i < 5; i++) expect(window.repeat(contributionAt(times(9, base)), base, 0, 1)).toEqual([]);
    expect(window.deadline()).toBe(base + IDLE_MS);
  });

  it("with 9 + 9 that straddle a boundary, and tells of both windows", () => {
    const window = new Simulation();
    expect(window.deliver(contributionAt(times(9, base + 5 * minute - second)), base)).toEqual([]);
    const [event] = window.deliver(contributionAt(times(9, base + 5 * minute + second)), base + 5 * minute);
    expect(event).toMatchObject({
      kind: "CROSSED",
      occurrenceCount: 9,
      windows: [
        { start: "2026-01-05T10:00:00.000Z", count: 9 },
        { start: "2026-01-05T10:05:00.000Z", count: 9 },
      ],
    });
  });

  it("with 9 + 9 that straddle a boundary and come in the wrong order", () => {
    const window = new Simulation();
    window.deliver(contributionAt(times(9, base + 5 * minute + second)), base + 5 * minute);
    const events = window.deliver(contributionAt(times(9, base + 5 * minute - second)), base + 5 * minute);
    expect(kinds(events)).toEqual([["CROSSED", [9, 9]]]);
  });

  it("not with 9 + 9 that lie a window-length apart", () => {
    const window = new Simulation();
    expect(window.deliver(contributionAt(times(9, base)), base)).toEqual([]);
    expect(window.deliver(contributionAt(times(9, base + 5 * minute)), base + 5 * minute)).toEqual([]);
  });

  it("with counts of several shards together", () => {
    const window = new Simulation();
    for (const shard of [0, 1, 2]) expect(window.deliver(contributionAt(times(3, base)), base, shard)).toEqual([]);
    expect(kinds(window.deliver(contributionAt([base]), base, 3))).toEqual([["CROSSED", [10]]]);
  });

  it("anew after a quiet time, with what is new alone", () => {
    const window = new Simulation();
    window.deliver(contributionAt(times(10, base), { level: "FATAL" }), base);
    const later = base + 60 * minute;
    expect(window.deliver(contributionAt(times(9, later), { level: "WARN" }), later)).toEqual([]);
    const [event] = window.deliver(contributionAt([later + second], { level: "WARN" }), later);
    expect(event).toMatchObject({
      kind: "CROSSED",
      severity: "MEDIUM",
      firstSeenAt: new Date(later).toISOString(),
      topMessages: [`at ${later}`, `at ${later + second}`],
    });
  });

  it("in the next window too", () => {
    const window = new Simulation();
    window.deliver(contributionAt(times(10, base)), base);
    const next = base + 9.9 * minute;
    expect(kinds(window.deliver(contributionAt(times(10, next)), next))).toEqual([["CROSSED", [10]]]);
  });
});

describe("the threshold", () => {
  it("is the severity's own, where there is one", () => {
    const settings = { threshold: 10, thresholdBySeverity: { HIGH: 2 } } as const;
    expect([thresholdOf(settings, "HIGH"), thresholdOf(settings, "LOW")]).toEqual([2, 10]);
    const window = new Simulation(settings);
    expect(window.deliver(contributionAt(times(2, base), { level: "WARN" }), base)).toEqual([]);
    expect(kinds(window.deliver(contributionAt([base], { level: "ERROR" }), base))).toEqual([["CROSSED", [3]]]);
  });
});

describe("a repeated delivery", () => {
  it("changes nothing", () => {
    const window = new Simulation();
    window.deliver(contributionAt(times(10, base)), base);
    window.deliver(contributionAt(times(5, base)), base);
    const before = structuredClone(window.state);
    for (const sequence of [1, 2, 2, 0]) {
      expect(window.repeat(contributionAt(times(99, base)), base + minute, 0, sequence)).toEqual([]);
      expect(window.state).toEqual(before);
    }
  });

  it("is told by its shard: others count on their own", () => {
    const window = new Simulation();
    window.repeat(contributionAt(times(5, base)), base, 0, 7);
    expect(kinds(window.repeat(contributionAt(times(5, base)), base, 1, 1))).toEqual([["CROSSED", [10]]]);
  });

  it("leaves the state that it was given alone", () => {
    const window = new Simulation();
    window.deliver(contributionAt([base]), base);
    const { state, settings } = window;
    const before = structuredClone(state);
    applyDelivery(
      state,
      { tenantId, shard: 0, sequence: 2, contribution: contributionAt(times(20, base)), settings },
      base,
    );
    expect(state).toEqual(before);
  });
});

describe("updates", () => {
  it("are coalesced: one an interval, with all that came", () => {
    const window = new Simulation();
    window.deliver(contributionAt(times(10, base)), base);
    for (const after of [1, 10, 29]) {
      expect(window.deliver(contributionAt([base]), base + after * second)).toEqual([]);
      expect(window.deadline()).toBe(base + 30 * second);
    }
    expect(window.wake(base + 29 * second)).toEqual([]);
    expect(kinds(window.wake(base + 30 * second))).toEqual([["UPDATED", [13]]]);
    expect(window.wake(base + 60 * second)).toEqual([]);
  });

  it("go out with a delivery when the interval has passed", () => {
    const window = new Simulation();
    window.deliver(contributionAt(times(10, base)), base);
    expect(kinds(window.deliver(contributionAt([base]), base + 30 * second))).toEqual([["UPDATED", [11]]]);
  });

  it("end with a last word when the window has closed", () => {
    const window = new Simulation();
    window.deliver(contributionAt(times(10, base)), base);
    expect(window.deadline()).toBe(base + 5 * minute + 10 * second);
    expect(kinds(window.wake(window.deadline()))).toEqual([["CLOSED", [10]]]);
    expect(window.deadline()).toBe(base + IDLE_MS);
  });

  it("follow even then, should counts come late", () => {
    const window = new Simulation();
    window.deliver(contributionAt(times(10, base)), base);
    window.wake(base + 6 * minute);
    expect(window.deliver(contributionAt([base]), base + 6 * minute + second)).toEqual([]);
    expect(kinds(window.wake(window.deadline()))).toEqual([["UPDATED", [11]]]);
  });
});

describe("an event", () => {
  it("tells of the burst: times, severity, messages, a trace", () => {
    const window = new Simulation();
    window.deliver({ ...contributionAt([base + second], { level: "WARN" }), exceptionType: "E" }, base);
    const [event] = window.deliver(
      { ...contributionAt(times(9, base + 2 * second)), trace: "at a" },
      base + 3 * second,
    );
    expect(event).toMatchObject({
      tenantId,
      severity: "HIGH",
      serviceName: "payment-service",
      environment: "production",
      messageTemplate: "t",
      exceptionType: "E",
      occurrenceCount: 10,
      firstSeenAt: new Date(base + second).toISOString(),
      lastSeenAt: new Date(base + 2 * second).toISOString(),
      crossedAt: new Date(base + 3 * second).toISOString(),
      topMessages: [`at ${base + second}`, `at ${base + 2 * second}`],
      sampleTrace: "at a",
    });
  });

  it("has an id that no other event of the tenant has", () => {
    const ids = [0, 1].flatMap((key) => {
      const window = new Simulation();
      const crossed = window.deliver(contributionAt(times(10, base), { key }), base);
      window.deliver(contributionAt([base], { key }), base);
      return [...crossed, ...window.wake(base + 30 * second), ...window.wake(base + 6 * minute)];
    });
    expect(new Set(ids.map(({ eventId }) => eventId)).size).toBe(6);
  });
});

describe("a shard may hold its counts back", () => {
  it("while the present window has spoken and its next word is not due", () => {
    const window = new Simulation();
    window.deliver(contributionAt(times(9, base)), base);
    expect(window.quiet(base)).toBe(0);
    window.deliver(contributionAt([base]), base);
    expect(window.quiet(base)).toBe(base + 30 * second);
  });

  it("never beyond the window's end", () => {
    const window = new Simulation();
    const now = base + 5 * minute - second;
    window.deliver(contributionAt(times(10, now)), now);
    expect(window.quiet(now)).toBe(base + 5 * minute);
    expect(window.quiet(base + 5 * minute)).toBe(0);
  });

  it("not for a newer window that has not crossed", () => {
    const window = new Simulation();
    window.deliver(contributionAt(times(10, base)), base);
    window.deliver(contributionAt([base + 9 * minute]), base + second);
    expect(window.quiet(base + second)).toBe(0);
  });
});
