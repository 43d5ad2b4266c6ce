import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sparkline } from "./slack-sparkline.ts";

const minutes = (...counts: [minute: number, count: number][]) =>
  counts.map(([minute, count]) => ({ start: minute * 60_000, count }));

describe("a sparkline", () => {
  it.each([
    ["nothing", minutes(), ""],
    ["one window, which has no course", minutes([0, 3], [0, 4]), ""],
    ["a rise", minutes([0, 1], [5, 2], [10, 7]), "▂▃█"],
    ["a quiet time in between", minutes([0, 7], [15, 7]), "█▁▁█"],
    ["windows out of order", minutes([10, 7], [0, 1], [5, 2]), "▂▃█"],
    ["windows of several fingerprints", minutes([0, 3], [0, 4], [5, 7]), "██"],
    ["shorter windows", minutes([0, 7], [1, 7], [2, 1]), "██▂"],
    ["no occurrences", minutes([0, 0], [5, 0]), "▁▁"],
  ])("of %s", (_, windows, line) => expect(sparkline(windows)).toBe(line));

  it("has at most 24 bars, whatever the windows", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ start: fc.nat(1e13), count: fc.integer() }), { maxLength: 99 }), (windows) => {
        expect(sparkline(windows)).toMatch(
          new Set(windows.map(({ start }) => start)).size < 2 ? /^$/ : /^[▁▂▃▄▅▆▇█]{2,24}$/,
        );
      }),
    );
  });
});
