import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  type AttemptKind,
  type Attempts,
  addressKey,
  attempt,
  CURVES,
  FORGET_MS,
  NO_ATTEMPTS,
  succeeded,
  waitAfter,
} from "./attempts.ts";

const kinds: AttemptKind[] = ["account", "address"];
const DAY = 24 * 3600_000;
const start = 1_760_000_000_000;

/** The state after attempts at these times, and how many of them were let through. */
function play(kind: AttemptKind, times: readonly number[], from: Attempts = NO_ATTEMPTS) {
  return times.reduce(
    ({ state, passed }, now) => {
      const result = attempt(state, kind, now);
      return result.allowed ? { state: result.state, passed: passed + 1 } : { state, passed };
    },
    { state: from, passed: 0 },
  );
}

test.each([
  ["account", 1, 0],
  ["account", 4, 0],
  ["account", 5, 1_000],
  ["account", 6, 2_000],
  ["account", 7, 4_000],
  ["account", 13, 256_000],
  ["account", 14, 300_000],
  ["account", 1_000_000, 300_000],
  ["address", 19, 0],
  ["address", 20, 1_000],
  ["address", 31, 2_048_000],
  ["address", 32, 3_600_000],
] as const)("the wait of an %s after %i failures is %i ms", (kind, failures, ms) => {
  expect(waitAfter(kind, failures)).toBe(ms);
});

describe.each(kinds)("attempts at an %s", (kind) => {
  const { free, maxMs } = CURVES[kind];

  it(`${free} pass at once, however many come at once`, () => {
    expect(play(kind, Array<number>(100).fill(start)).passed).toBe(free);
  });

  it("one that is refused says when to come back, and does not lengthen the wait", () => {
    const { state } = play(kind, Array<number>(free).fill(start));
    expect(attempt(state, kind, start)).toEqual({ allowed: false, retryAfterMs: 1_000 });
    expect(attempt(state, kind, start + 999)).toEqual({ allowed: false, retryAfterMs: 1 });
    expect(attempt(state, kind, start + 1_000).allowed).toBe(true);
  });

  it("are forgotten after 24 hours without any, not before", () => {
    const { state } = play(kind, Array<number>(free - 1).fill(start));
    expect(play(kind, Array<number>(9).fill(start + FORGET_MS - 1), state).passed).toBe(1);
    expect(play(kind, Array<number>(99).fill(start + FORGET_MS), state).passed).toBe(free);
  });

  it("let through a bounded number of guesses in 24 hours, whoever waits as cleverly as he can", () => {
    const most = kind === "account" ? 300 : 54;
    // The best that a guesser can do is to come back as soon as he may.
    let state = NO_ATTEMPTS;
    let passed = 0;
    for (let now = start; now < start + DAY; ) {
      const result = attempt(state, kind, now);
      if (result.allowed) {
        state = result.state;
        passed += 1;
      } else {
        now += result.retryAfterMs;
      }
    }
    expect(passed).toBe(most);
    const gaps = fc.array(fc.oneof(fc.constant(0), fc.nat(2 * maxMs), fc.nat(DAY)), { maxLength: 600 });
    fc.assert(
      fc.property(gaps, (steps) => {
        let now = start;
        const times = steps.map((step) => (now += step)).filter((time) => time < start + DAY);
        expect(play(kind, times).passed).toBeLessThanOrEqual(most);
      }),
    );
  });

  it("never wait a negative time, never longer than the most, and never less after more failures", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(DAY), { maxLength: 80 }), (steps) => {
        let state = NO_ATTEMPTS;
        let now = start;
        for (const step of steps) {
          now += step;
          const result = attempt(state, kind, now);
          if (!result.allowed) {
            expect(result.retryAfterMs).toBeGreaterThan(0);
            expect(result.retryAfterMs).toBeLessThanOrEqual(maxMs);
            continue;
          }
          expect(result.state.blockedUntil).toBeGreaterThanOrEqual(state.blockedUntil);
          expect(result.state.failures).toBeGreaterThanOrEqual(1);
          state = result.state;
        }
      }),
    );
    for (let failures = 1; failures < 100; failures++) {
      expect(waitAfter(kind, failures)).toBeGreaterThanOrEqual(waitAfter(kind, failures - 1));
    }
  });

  it("that succeed never block, however many there are", () => {
    let state = NO_ATTEMPTS;
    for (let i = 0; i < 1_000; i++) {
      const result = attempt(state, kind, start);
      if (!result.allowed) expect.unreachable();
      state = succeeded(result.state, kind);
      expect(state.failures).toBe(0);
    }
  });
});

test("the right password forgets an account's failures", () => {
  const { state } = play("account", Array<number>(5).fill(start));
  expect(succeeded(state, "account")).toEqual(NO_ATTEMPTS);
});

test("one account of his own does not let anybody guess at others without end from one address", () => {
  let state = NO_ATTEMPTS;
  let guesses = 0;
  for (let i = 0; i < 1_000; i++) {
    const guess = attempt(state, "address", start);
    if (!guess.allowed) break;
    guesses += 1;
    const own = attempt(guess.state, "address", start);
    state = own.allowed ? succeeded(own.state, "address") : guess.state;
  }
  expect(guesses).toBeLessThanOrEqual(CURVES.address.free);
});

/** What a store does in one statement: the upsert of D1, which is SQLite. */
const UPSERT = `
  INSERT INTO attempts (id, failures, last_at, blocked_until)
  VALUES (:id, 1, :now, :now + :first)
  ON CONFLICT (id) DO UPDATE SET
    failures = iif(:now - last_at >= :forget, 0, failures) + 1,
    last_at = :now,
    blocked_until = :now + iif(
      iif(:now - last_at >= :forget, 0, failures) + 1 < :free, 0,
      min(:max, 1000 << min(iif(:now - last_at >= :forget, 0, failures) + 1 - :free, 20)))
  WHERE blocked_until <= :now
  RETURNING failures, last_at AS lastAt, blocked_until AS blockedUntil`;

test("one conditional upsert does the same", () => {
  const db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE attempts (id TEXT PRIMARY KEY, failures INT, last_at INT, blocked_until INT) STRICT");
  const upsert = db.prepare(UPSERT);
  const step = fc.oneof(fc.constant(0), fc.nat(5_000), fc.nat(2 * 3600_000), fc.constant(DAY));
  let id = 0;
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.array(step, { maxLength: 60 }), (kind, steps) => {
      let state = NO_ATTEMPTS;
      let now = start;
      id += 1;
      for (const gap of steps) {
        now += gap;
        const { free, maxMs } = CURVES[kind];
        const row = upsert.get({ id: `${id}`, now, first: waitAfter(kind, 1), forget: FORGET_MS, free, max: maxMs });
        const result = attempt(state, kind, now);
        expect(row === undefined ? undefined : { ...row }).toEqual(result.allowed ? result.state : undefined);
        if (result.allowed) state = result.state;
      }
    }),
  );
  db.close();
});

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0db8:0001:0002::", "2001:db8:1:2::/64"],
  ["2001:db8:1:3::6", "2001:db8:1:3::/64"],
  ["", "unknown"],
  ["localhost", "unknown"],
])("the address %j counts as %s", (address, counted) => {
  expect(addressKey(address)).toBe(counted);
});
