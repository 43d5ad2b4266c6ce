import { expect, test } from "vitest";
import { accuracyOf, mistakesOf } from "./grouping/accuracy.ts";

const lines = ["a 1", "a 2", "b 1", "c 1"].map((content) => ({ content, template: content.slice(0, 1) }));

test("a grouper that is always right has 1", () => {
  expect(accuracyOf(lines, (content) => content.slice(0, 1))).toMatchObject({ ga: 1, fga: 1 });
});

test("a split group makes all its lines wrong", () => {
  const { ga, fga } = accuracyOf(lines, (content) => content);
  expect(ga).toBe(0.5);
  // Two of four predicted and of three true groups match.
  expect(fga).toBeCloseTo((2 * 2) / (3 + 4));
});

test("a merged group makes the lines of both wrong", () => {
  const { ga } = accuracyOf(lines, (content) => (content < "c" ? "ab" : "c"));
  expect(ga).toBe(0.25);
});

test("mistakes name the split statements and the merged templates, and a right grouper makes none", () => {
  expect(mistakesOf(lines, (content) => content.slice(0, 1))).toEqual({ split: [], merged: [] });
  expect(mistakesOf(lines, (content) => (content === "a 1" ? "x" : "y"))).toEqual({
    split: [
      {
        statement: "a",
        predicted: [
          { template: "x", lines: 1, example: "a 1" },
          { template: "y", lines: 1, example: "a 2" },
        ],
      },
    ],
    merged: [
      {
        template: "y",
        statements: [
          { statement: "a", lines: 1, example: "a 2" },
          { statement: "b", lines: 1, example: "b 1" },
          { statement: "c", lines: 1, example: "c 1" },
        ],
      },
    ],
  });
});
