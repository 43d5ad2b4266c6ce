import { describe, expect, it } from "vitest";
import { inSegmentOrder, RowGrouper } from "./order.ts";
import { row } from "./segment.fixtures.ts";

describe("rows of a segment", () => {
  it("are ordered by service, then template, then time", () => {
    const rows = [
      row({ serviceName: "b", template: "x", timestamp: 1 }),
      row({ serviceName: "a", template: "y", timestamp: 2 }),
      row({ serviceName: "a", template: "x", timestamp: 4 }),
      row({ serviceName: "a", template: "x", timestamp: 3 }),
    ];
    const keys = inSegmentOrder(rows).map(({ serviceName, template, timestamp }) => serviceName + template + timestamp);
    expect(keys).toEqual(["ax3", "ax4", "ay2", "bx1"]);
  });

  it("keep their order of arrival within a millisecond", () => {
    const rows = [0, 1, 2, 3].map((index) => row({ index }));
    expect(inSegmentOrder(rows).map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });
});

describe("a row group", () => {
  const tall = (characters: number) => row({ message: "", template: "", trace: "x".repeat(characters) });
  it.each([
    ["none of no rows", [], 3, 100, []],
    ["one of as many rows as fit", [1, 1, 1], 3, 100, [3]],
    ["another after the most rows", [1, 1, 1, 1], 3, 100, [3, 1]],
    ["another before too many characters", [60, 30, 20, 70], 3, 100, [2, 2]],
    ["one of a single row that is too long by itself", [10, 500, 10], 3, 100, [1, 1, 1]],
  ])("%s", (_, sizes, maxRows, maxCharacters, expected) => {
    const grouper = new RowGrouper(maxRows, maxCharacters);
    const groups = [...sizes.map((size) => grouper.add(tall(size))), grouper.rest()];
    expect(groups.flatMap((group) => (group ? [group.length] : []))).toEqual(expected);
  });
});
