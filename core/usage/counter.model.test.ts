import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Section } from "../../schema/contracts/envelope.ts";
import { sectionWith } from "./counter.fixtures.ts";
import { UsageCounter, type UsageDay, UsageState } from "./counter.ts";

const MIDNIGHT = Date.UTC(2026, 1, 1);
const HOUR = 60 * 60 * 1000;

/** What happens to a store: every step is tried in every order. */
type Step =
  | { type: "store"; section: Section }
  | { type: "persist" }
  /** Persisted with the rows that are then dropped. */
  | { type: "flush" }
  | { type: "restart" }
  | { type: "push"; crash: "no" | "before D1 has it" | "before it is noted"; persisted: boolean }
  | { type: "wait"; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("store" as const),
      section: fc
        .record({
          sourceId: fc.constantFrom("a", "b", undefined),
          count: fc.integer({ min: 1, max: 9 }),
          rawBytes: fc.nat(1_000),
          requests: fc.constantFrom(0, 1, 7, undefined),
          skipped: fc.constantFrom<number[] | undefined>(undefined, [0]),
        })
        .map(sectionWith),
    }),
  },
  fc.constantFrom<Step>({ type: "persist" }, { type: "flush" }, { type: "restart" }),
  fc.record({
    type: fc.constant("push" as const),
    crash: fc.constantFrom("no" as const, "before D1 has it" as const, "before it is noted" as const),
    persisted: fc.boolean(),
  }),
  fc.record({ type: fc.constant("wait" as const), ms: fc.constantFrom(1, 60_000, 2 * HOUR, 30 * HOUR) }),
);

/** A store with a database behind it, as durable-objects/log-store puts the parts together. */
class ModelStore {
  readonly database = new Map<string, UsageDay>();
  readonly truth = new Map<string, UsageDay>();
  private rows: { section: Section; storedAt: number }[] = [];
  /** JSON: what lies in storage has no ties to memory. */
  private persisted = JSON.stringify(new UsageCounter().state());
  private cursor = 0;
  private counter = new UsageCounter();
  private now = MIDNIGHT - 3 * HOUR;

  take(next: Step): void {
    if (next.type === "wait") this.now += next.ms;
    else if (next.type === "store") this.store(next.section);
    else if (next.type === "persist") this.persist();
    else if (next.type === "restart") this.restart();
    else if (next.type === "flush") {
      this.persist();
      this.rows = this.rows.map((row, index) => (index < this.cursor ? { ...row, section: sectionWith() } : row));
    } else this.push(next.crash, next.persisted);
  }

  private store(section: Section): void {
    this.rows.push({ section, storedAt: this.now });
    this.counter.add(section, this.now);
    const naive = new UsageCounter();
    naive.add(section, this.now);
    for (const one of naive.unsent()) this.truth.set(keyOf(one), plus(this.truth.get(keyOf(one)), one));
  }

  private persist(): void {
    this.persisted = JSON.stringify(this.counter.state());
    this.cursor = this.rows.length;
  }

  private restart(): void {
    this.counter = new UsageCounter(UsageState.parse(JSON.parse(this.persisted)));
    for (const { section, storedAt } of this.rows.slice(this.cursor)) this.counter.add(section, storedAt);
  }

  private push(crash: "no" | "before D1 has it" | "before it is noted", persisted: boolean): void {
    const days = this.counter.unsent();
    if (crash !== "before D1 has it") {
      for (const one of days) {
        if (one.chunks > (this.database.get(keyOf(one))?.chunks ?? 0)) this.database.set(keyOf(one), one);
      }
    }
    if (crash !== "no") {
      this.restart();
      return;
    }
    this.counter.sent(days, this.now);
    if (persisted) this.persist();
  }

  /** Days that its state holds. */
  get remembered(): number {
    return new Set(this.counter.state().days.map(({ day }) => day)).size;
  }

  get due(): number | undefined {
    return this.counter.dueAt();
  }
}

const keyOf = ({ day, sourceId }: UsageDay) => `${day}/${sourceId}`;

function plus(before: UsageDay | undefined, more: UsageDay): UsageDay {
  if (before === undefined) return more;
  const { events, bytes, chunks, requests } = before;
  return {
    ...more,
    events: events + more.events,
    bytes: bytes + more.bytes,
    chunks: chunks + more.chunks,
    requests: requests + more.requests,
  };
}

describe("whatever happens between", () => {
  test("everything that was stored is in the database, once", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const store = new ModelStore();
        for (const one of steps) store.take(one);
        store.take({ type: "push", crash: "no", persisted: true });
        expect(Object.fromEntries(store.database)).toEqual(Object.fromEntries(store.truth));
        expect(store.due).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  test("the database never says more than was stored", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const store = new ModelStore();
        for (const one of steps) {
          store.take(one);
          for (const [key, { events }] of store.database) {
            expect(events).toBeLessThanOrEqual(store.truth.get(key)?.events ?? 0);
          }
        }
      }),
    );
  });

  test("days that are over do not gather in the state", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const store = new ModelStore();
        for (const one of steps) {
          store.take(one);
          store.take({ type: "push", crash: "no", persisted: true });
        }
        expect(store.remembered).toBeLessThanOrEqual(2);
      }),
    );
  });
});
