import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { QuietHours } from "../../schema/contracts/channels.ts";
import { quietUntil } from "./quiet-hours.ts";

const at = (iso: string) => Date.parse(iso);

function until(hours: object, iso: string): string | undefined {
  const end = quietUntil(QuietHours.parse({ timeZone: "UTC", ...hours }), "HIGH", at(iso));
  return end === undefined ? undefined : new Date(end).toISOString();
}

const night = { from: "22:00", to: "06:00" };
const berlin = { timeZone: "Europe/Berlin" };

describe("quiet hours", () => {
  test.each<[string, object, string, string | undefined]>([
    ["hold within a day", { from: "09:00", to: "17:00" }, "2026-01-05T12:00:00Z", "2026-01-05T17:00:00.000Z"],
    [
      "begin with their first minute",
      { from: "09:00", to: "17:00" },
      "2026-01-05T09:00:00Z",
      "2026-01-05T17:00:00.000Z",
    ],
    ["hold to the last second", { from: "09:00", to: "17:00" }, "2026-01-05T16:59:59.999Z", "2026-01-05T17:00:00.000Z"],
    ["have ended at their end", { from: "09:00", to: "17:00" }, "2026-01-05T17:00:00Z", undefined],
    ["have not begun before", { from: "09:00", to: "17:00" }, "2026-01-05T08:59:59Z", undefined],
    ["go over midnight: before it", night, "2026-01-05T23:00:00Z", "2026-01-06T06:00:00.000Z"],
    ["go over midnight: after it", night, "2026-01-06T03:00:00Z", "2026-01-06T06:00:00.000Z"],
    ["go over midnight: not by day", night, "2026-01-06T12:00:00Z", undefined],
    [
      "belong to the day they begin on",
      { ...night, days: ["FRI"] },
      "2026-01-10T03:00:00Z",
      "2026-01-10T06:00:00.000Z",
    ],
    ["do not begin on other days", { ...night, days: ["FRI"] }, "2026-01-10T23:00:00Z", undefined],
    ["go over the week's end", { ...night, days: ["SUN"] }, "2026-01-12T03:00:00Z", "2026-01-12T06:00:00.000Z"],
    [
      "can be a whole day",
      { from: "00:00", to: "00:00", days: ["SAT"] },
      "2026-01-10T12:00:00Z",
      "2026-01-11T00:00:00.000Z",
    ],
    ["join", { from: "00:00", to: "00:00", days: ["SAT", "SUN"] }, "2026-01-10T12:00:00Z", "2026-01-12T00:00:00.000Z"],
    ["go by the wall clock, in winter", { ...night, ...berlin }, "2026-01-05T21:00:00Z", "2026-01-06T05:00:00.000Z"],
    ["go by the wall clock, in summer", { ...night, ...berlin }, "2026-07-05T20:00:00Z", "2026-07-06T04:00:00.000Z"],
    [
      "are an hour shorter in the night of spring",
      { ...night, ...berlin },
      "2026-03-28T23:00:00Z",
      "2026-03-29T04:00:00.000Z",
    ],
    [
      "are an hour longer in the night of autumn",
      { ...night, ...berlin },
      "2026-10-24T22:00:00Z",
      "2026-10-25T05:00:00.000Z",
    ],
    [
      "whose end is skipped end with the jump",
      { from: "22:00", to: "02:30", ...berlin },
      "2026-03-28T23:00:00Z",
      "2026-03-29T01:00:00.000Z",
    ],
    [
      "end at the first of two ends",
      { from: "22:00", to: "02:30", ...berlin },
      "2026-10-24T22:00:00Z",
      "2026-10-25T00:30:00.000Z",
    ],
    ["know half hours", { ...night, timeZone: "Asia/Kolkata" }, "2026-01-05T17:00:00Z", "2026-01-06T00:30:00.000Z"],
  ])("%s", (_, hours, now, end) => {
    expect(until(hours, now)).toBe(end);
  });

  test("let the severe through, and all when there are none", () => {
    const quiet = QuietHours.parse({ timeZone: "UTC", ...night, breakThrough: ["CRITICAL", "HIGH"] });
    const midnight = at("2026-01-05T00:00:00Z");
    expect(quietUntil(quiet, "HIGH", midnight)).toBeUndefined();
    expect(quietUntil(quiet, "LOW", midnight)).toBe(at("2026-01-05T06:00:00Z"));
    expect(quietUntil(null, "LOW", midnight)).toBeUndefined();
  });

  const time = fc.tuple(fc.nat({ max: 23 }), fc.nat({ max: 59 })).map((parts) => {
    return parts.map((part) => String(part).padStart(2, "0")).join(":");
  });
  const hours = fc
    .record({
      timeZone: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"),
      from: time,
      to: time,
      days: fc.subarray(["MON", "TUE", "WED", "THU", "FRI", "SAT"], { minLength: 1 }),
    })
    .map((fields) => QuietHours.parse(fields));
  // Days around the clock changes of the zones above, and any others.
  const moment = fc.oneof(
    fc
      .constantFrom("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01")
      .chain((day) =>
        fc.integer({ min: -2_880, max: 2_880 }).map((minutes) => at(`${day}T00:00:00Z`) + minutes * 60_000),
      ),
    fc.integer({ min: at("2026-01-01T00:00:00Z"), max: at("2027-01-01T00:00:00Z") }),
  );

  test("end at a moment that is not quiet, later than now, and all before it is quiet", () => {
    fc.assert(
      fc.property(hours, moment, fc.double({ min: 0, max: 1, noNaN: true }), (quiet, now, share) => {
        const end = quietUntil(quiet, "HIGH", now);
        if (end === undefined) return;
        expect(end).toBeGreaterThan(now);
        expect(quietUntil(quiet, "HIGH", end)).toBeUndefined();
        expect(quietUntil(quiet, "HIGH", end - 1)).toBe(end);
        expect(quietUntil(quiet, "HIGH", now + Math.floor((end - 1 - now) * share))).toBe(end);
      }),
      { numRuns: 400 },
    );
  });
});
