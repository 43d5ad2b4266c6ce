import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPlausible, MAX_FUTURE_MS, MAX_PAST_MS, parseTimestamp } from "./timestamp.ts";

const second = Date.UTC(2026, 0, 5, 10, 11, 12);

describe("a timestamp in ISO 8601", () => {
  it.each([
    ["2026-01-05T10:11:12Z", 0, 0],
    ["2026-01-05T10:11:12z", 0, 0],
    ["2026-01-05T10:11:12", 0, 0],
    ["2026-01-05 10:11:12", 0, 0],
    [" 2026-01-05 10:11:12 ", 0, 0],
    ["2026-01-05T10:11:12.1Z", 100, 0],
    ["2026-01-05T10:11:12.123Z", 123, 0],
    ["2026-01-05T10:11:12,123Z", 123, 0],
    ["2026-01-05 10:11:12,123", 123, 0],
    ["2026-01-05T10:11:12.1234Z", 123, 400_000],
    ["2026-01-05T10:11:12.123456Z", 123, 456_000],
    ["2026-01-05T10:11:12.123456789Z", 123, 456_789],
    ["2026-01-05T10:11:12.123456789999Z", 123, 456_789],
    ["2026-01-05T10:11:12.000000001Z", 0, 1],
    ["2026-01-05T11:11:12+01:00", 0, 0],
    ["2026-01-05T11:11:12+0100", 0, 0],
    ["2026-01-05 11:11:12.5 +01:00", 500, 0],
    ["2026-01-05T04:41:12.123456-05:30", 123, 456_000],
    ["Mon, 05 Jan 2026 10:11:12 GMT", 0, 0],
    ["Mon, 05 Jan 2026 11:11:12 +0100", 0, 0],
  ])("%s", (text, ms, nanoseconds) => expect(parseTimestamp(text)).toEqual({ ms: second + ms, nanoseconds }));

  it("keeps the nanoseconds and the offset of every instant", () => {
    const instant = fc.record({
      ms: fc.integer({ min: 0, max: 4_000_000_000_000 }),
      nanoseconds: fc.integer({ min: 0, max: 999_999 }),
      offset: fc.integer({ min: -14 * 60, max: 14 * 60 }),
      comma: fc.boolean(),
    });
    fc.assert(
      fc.property(instant, ({ ms, nanoseconds, offset, comma }) => {
        const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
        const minutes = Math.abs(offset);
        const zone = `${offset < 0 ? "-" : "+"}${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
        const text = `${local}${String(nanoseconds).padStart(6, "0")}${zone}`;
        expect(parseTimestamp(comma ? text.replace(".", ",") : text)).toEqual({ ms, nanoseconds });
      }),
    );
  });
});

describe("an epoch", () => {
  it.each([
    ["seconds", 1_767_607_872, { ms: second, nanoseconds: 0 }],
    ["seconds with a fraction", 1_767_607_872.123, { ms: second + 123, nanoseconds: 0 }],
    ["seconds with microseconds", 1_767_607_872.123456, { ms: second + 123, nanoseconds: 456_000 }],
    ["seconds with many microseconds", 1_767_607_872.123987, { ms: second + 123, nanoseconds: 987_000 }],
    ["milliseconds", 1_767_607_872_123, { ms: second + 123, nanoseconds: 0 }],
    ["milliseconds with a fraction", 1_767_607_872_123.25, { ms: second + 123, nanoseconds: 250_000 }],
    ["microseconds", 1_767_607_872_123_456, { ms: second + 123, nanoseconds: 456_000 }],
    ["seconds as text", "1767607872", { ms: second, nanoseconds: 0 }],
    ["seconds with nanoseconds as text", "1767607872.123456789", { ms: second + 123, nanoseconds: 456_789 }],
    ["seconds with tenths as text", "1767607872.5", { ms: second + 500, nanoseconds: 0 }],
    ["milliseconds as text", "1767607872123", { ms: second + 123, nanoseconds: 0 }],
    ["microseconds as text", "1767607872123456", { ms: second + 123, nanoseconds: 456_000 }],
    ["nanoseconds as text", "1767607872123456789", { ms: second + 123, nanoseconds: 456_789 }],
  ])("in %s", (_unit, value, expected) => expect(parseTimestamp(value)).toEqual(expected));

  it("in nanoseconds as a number keeps what a double keeps of it", () => {
    const value = Number("1767607872123456789");
    const parsed = parseTimestamp(value);
    expect(parsed?.ms).toBe(second + 123);
    expect(BigInt(parsed?.ms ?? 0) * 1_000_000n + BigInt(parsed?.nanoseconds ?? 0)).toBe(BigInt(value));
  });

  it("is the same instant in every unit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e12, max: 4e12 }), (ms) => {
        for (const value of [ms, ms / 1e3, ms * 1e3, `${ms}`, `${ms}000`, `${ms}000000`]) {
          expect(parseTimestamp(value)).toEqual({ ms, nanoseconds: 0 });
        }
      }),
    );
  });
});

describe("what is no timestamp", () => {
  it.each([
    "",
    " ",
    "yesterday",
    "12345678",
    "2026",
    "10:11:12",
    "port 8080:80",
    "2026-13-01T00:00:00Z",
    "2026-01-05T25:00:00Z",
    "2026-01-05T10:61:00Z",
    "2026-01-05T10:11:12+99:99",
    "2026-01-05T10:11:12.123Zx",
    "99999999999999999999",
    "-1767607872",
    `2026-01-05T10:11:12.${"1".repeat(100)}Z`,
    "x".repeat(24).replace(/x$/, "Z"),
    "\u0000".repeat(64),
  ])("%j is refused", (text) => expect(parseTimestamp(text)).toBeUndefined());

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300])("%d is refused", (value) =>
    expect(parseTimestamp(value)).toBeUndefined(),
  );

  it("never gives a time that a Date cannot hold, or nanoseconds out of range", () => {
    const value = fc.oneof(
      fc.double(),
      fc.string(),
      fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
      fc.date().map(String),
    );
    fc.assert(
      fc.property(value, (input) => {
        const parsed = parseTimestamp(input);
        if (parsed === undefined) return;
        expect(Number.isInteger(parsed.ms) && Math.abs(parsed.ms) <= 8.64e15).toBe(true);
        expect(Number.isInteger(parsed.nanoseconds)).toBe(true);
        expect(parsed.nanoseconds).toBeGreaterThanOrEqual(0);
        expect(parsed.nanoseconds).toBeLessThan(1_000_000);
      }),
    );
  });
});

describe("a log's own time is believed", () => {
  it.each([
    ["30 days before its receipt", -MAX_PAST_MS, true],
    ["5 minutes after its receipt", MAX_FUTURE_MS, true],
    ["at its receipt", 0, true],
    ["but not a millisecond more than 30 days before", -MAX_PAST_MS - 1, false],
    ["but not a millisecond more than 5 minutes after", MAX_FUTURE_MS + 1, false],
    ["but not when it is no number", Number.NaN, false],
  ])("%s", (_when, offset, believed) => expect(isPlausible(second + offset, second)).toBe(believed));

  it("within the bounds that the contract names", () => {
    expect(MAX_PAST_MS).toBe(30 * 24 * 3_600_000);
    expect(MAX_FUTURE_MS).toBe(300_000);
  });
});
