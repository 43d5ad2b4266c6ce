import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BYTES_LEASE_MS, grantBytes, type Ledger, monthEnd, monthOf, monthSeconds, settle } from "./ledger.ts";

const HOUR = 60 * 60_000;
const NOON = Date.parse("2026-11-15T12:00:00Z");

test("a month is the calendar's, in UTC", () => {
  const leap = Date.parse("2028-02-29T23:59:59Z");
  expect([monthOf(leap), monthSeconds(leap)]).toEqual(["2028-02", 29 * 86_400]);
  expect(new Date(monthEnd(leap)).toISOString()).toBe("2028-03-01T00:00:00.000Z");
  expect(new Date(monthEnd(Date.parse("2026-12-31T00:00:00Z"))).toISOString()).toBe("2027-01-01T00:00:00.000Z");
});

describe("the ledger", () => {
  const full = grantBytes(undefined, { limit: 100, want: 100, atLeast: 1 }, NOON).ledger;

  test("grants the month's bytes, and no more", () => {
    expect(grantBytes(full, { limit: 100, want: 1, atLeast: 1 }, NOON).lease).toEqual({
      granted: 0,
      remaining: 0,
      resetAt: monthEnd(NOON),
    });
    expect(grantBytes(full, { limit: 150, want: 80, atLeast: 10 }, NOON).lease.granted).toBe(50);
  });

  test("starts anew with the month, and not when the clock goes back into the last one", () => {
    const next = monthEnd(NOON);
    const { ledger, lease } = grantBytes(full, { limit: 100, want: 60, atLeast: 1 }, next);
    expect([lease.granted, ledger.month]).toEqual([60, "2026-12"]);
    expect(grantBytes(ledger, { limit: 100, want: 60, atLeast: 1 }, next - 1).lease.granted).toBe(40);
  });

  test("gives back what was granted and never stored, when that can be known", () => {
    expect(settle(full, 30, "2026-11", NOON + HOUR).granted).toBe(100);
    const later = settle(full, 30, "2026-11", NOON + 2 * HOUR);
    expect(later).toMatchObject({ granted: 30, settledAt: NOON + 2 * HOUR, recent: [] });
  });

  test("rises to what was stored without a lease", () => {
    expect(settle(full, 170, "2026-11", NOON).granted).toBe(170);
    expect(settle(undefined, 20, "2026-11", NOON).granted).toBe(20);
  });

  test("a count of the month before changes nothing", () => {
    const { ledger } = grantBytes(full, { limit: 100, want: 60, atLeast: 1 }, monthEnd(NOON));
    expect(settle(ledger, 0, "2026-11", monthEnd(NOON) + 5 * HOUR).granted).toBe(60);
  });
});

/** A lease as an isolate holds it. */
interface Held {
  left: number;
  until: number;
}

const action = fc.oneof(
  fc.record({ kind: fc.constant("ask" as const), bytes: fc.integer({ min: 1, max: 400 }), minutes: fc.nat(20) }),
  fc.record({ kind: fc.constant("spend" as const), bytes: fc.integer({ min: 1, max: 400 }), minutes: fc.nat(9) }),
  // As far as the pipeline is behind: always less than an hour.
  fc.record({ kind: fc.constant("settle" as const), bytes: fc.nat(59), minutes: fc.nat(40) }),
);

test("whatever isolates lose and however late the stores are, within an hour: never more is admitted than the limit, and never less counted than admitted", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 300 }), fc.integer({ min: 100, max: 20_000 }), (actions, limit) => {
      let now = Date.parse("2026-11-02T00:00:00Z");
      let ledger: Ledger | undefined;
      const leases: Held[] = [];
      const admitted: { at: number; bytes: number }[] = [];
      const sum = (until: number) => admitted.reduce((all, { at, bytes }) => all + (at <= until ? bytes : 0), 0);
      for (const { kind, bytes, minutes } of actions) {
        now += minutes * 60_000;
        if (kind === "ask") {
          const answer = grantBytes(ledger, { limit, want: bytes, atLeast: Math.ceil(bytes / 3) }, now);
          ledger = structuredClone(answer.ledger);
          if (answer.lease.granted > 0) leases.push({ left: answer.lease.granted, until: now + BYTES_LEASE_MS });
        } else if (kind === "spend") {
          const lease = leases.find(({ left, until }) => left > 0 && now < until);
          if (lease === undefined) continue;
          const spent = Math.min(lease.left, bytes);
          lease.left -= spent;
          admitted.push({ at: now, bytes: spent });
        } else {
          ledger = settle(ledger, sum(now - bytes * 60_000), "2026-11", now);
        }
        expect(sum(now)).toBeLessThanOrEqual(ledger?.granted ?? 0);
        expect(sum(now)).toBeLessThanOrEqual(limit);
      }
    }),
    { numRuns: 500 },
  );
});

test("what isolates never use is back within two hours, so that nobody loses a quota to idle isolates", () => {
  let now = NOON;
  let ledger: Ledger | undefined;
  let used = 0;
  for (let hour = 0; hour < 48; hour++) {
    // Ten isolates, of which each uses a tenth of its block.
    for (let isolate = 0; isolate < 10; isolate++) {
      const answer = grantBytes(ledger, { limit: 10_000, want: 100, atLeast: 10 }, now);
      ledger = answer.ledger;
      if (answer.lease.granted > 0) used += 10;
    }
    now += HOUR;
    ledger = settle(ledger, used, "2026-11", now);
  }
  expect(used).toBe(4_800);
  expect(ledger?.granted).toBeLessThanOrEqual(used + 2 * 1_000);
});
