import { expect, test } from "vitest";
import { accuracyOf } from "./grouping.ts";

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
