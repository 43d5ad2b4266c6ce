import { expect, test } from "vitest";
import { dayOf, daysBetween } from "./days.ts";

test("a day ends at midnight UTC", () => {
  expect(dayOf(Date.UTC(2028, 1, 29, 23, 59, 59, 999))).toBe("2028-02-29");
  expect(dayOf(Date.UTC(2028, 2, 1))).toBe("2028-03-01");
});

test.each([
  ["2026-01-31", "2026-01-31", 1],
  ["2026-01-31", "2026-02-01", 2],
  ["2028-02-01", "2028-03-01", 30],
  ["2026-02-01", "2026-01-31", 0],
  ["2026-01-01", "2026-12-31", 365],
])("from %s to %s are %i days", (from, to, days) => expect(daysBetween(from, to)).toBe(days));
