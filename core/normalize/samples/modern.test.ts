import { expect, test } from "vitest";
import { group } from "../index.ts";
import { MODERN_1 } from "./modern-1.ts";
import { MODERN_2 } from "./modern-2.ts";
import { MODERN_3 } from "./modern-3.ts";

type Families = Readonly<Record<string, readonly (readonly string[])[]>>;

/** Grouping accuracy (lines) and the F1 of groups over all families at once, where statements could be merged. */
function measure(families: Families): { ga: number; fga: number } {
  const statements = Object.values(families).flat();
  const holders = new Map<string, Set<number>>();
  statements.forEach((lines, statement) => {
    for (const line of lines) holders.set(group(line), (holders.get(group(line)) ?? new Set()).add(statement));
  });
  const right = statements.filter((lines) => {
    const groups = new Set(lines.map(group));
    return groups.size === 1 && [...groups].every((found) => holders.get(found)?.size === 1);
  });
  const count = (rows: readonly (readonly string[])[]): number => rows.reduce((sum, lines) => sum + lines.length, 0);
  return { ga: count(right) / count(statements), fga: (2 * right.length) / (statements.length + holders.size) };
}

test.each([
  ["first sample", MODERN_1, 0.97, 0.96],
  ["second sample", MODERN_2, 0.92, 0.88],
  ["third sample", MODERN_3, 0.85, 0.8],
])("groups messages of modern programs by their statement: %s", (_, families, ga, fga) => {
  const measured = measure(families);
  expect(measured.ga).toBeGreaterThanOrEqual(ga);
  expect(measured.fga).toBeGreaterThanOrEqual(fga);
});
