import * as fc from "fast-check";
import { expect, test } from "vitest";
import { finder } from "./find.ts";
import { patternOf } from "./pattern.ts";

const WORD = "[\\p{L}\\p{M}\\p{N}_]";

function expected(pattern: string, text: string): boolean {
  const start = /^\w/.test(pattern) ? `(?<!${WORD})` : "";
  const end = /\w$/.test(pattern) ? `(?!${WORD})` : "";
  return new RegExp(start + pattern.replaceAll("*", "\\S*") + end, "u").test(text);
}

/** Texts in which a pattern occurs inside words again and again, and overlaps itself, before it may stand alone. */
const unit = fc.constantFrom("a", "b", "aa", "ab", "-", " ");
const pieces = (maxLength: number) => fc.array(unit, { minLength: 1, maxLength }).map((parts) => parts.join(""));
const texts = fc
  .tuple(pieces(4), fc.nat(60), pieces(12))
  .map(([repeated, times, rest]) => (repeated.repeat(times) + rest).replace(/ +/g, " "));
const patterns = fc
  .tuple(fc.constantFrom("", "*"), pieces(5), fc.constantFrom("", "*"), fc.constantFrom("", "a", "b-"), fc.boolean())
  .map(([before, first, star, second, isOpen]) => `${before}${first.trim()}${star}${second}${isOpen ? "*" : ""}`)
  .map((pattern) => pattern.replace(/\*+/g, "*").replace(/ +/g, " "))
  .filter((pattern) => /[^* ]/.test(pattern) && !(pattern.includes("*") && pattern.includes(" ")));

test("a pattern is found where a backtracking search finds it", () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      expect(finder(patternOf(pattern, false))(text)).toBe(expected(pattern, text));
    }),
    { numRuns: 20_000 },
  );
});

test("a word that stands alone only after many longer ones is found", () => {
  for (const longer of ["aa", "aba", "ab-aba"]) {
    const search = finder(patternOf(longer, false));
    expect(search(`x${longer}-`.repeat(100) + longer)).toBe(true);
    expect(search(`x${longer}-`.repeat(100))).toBe(false);
  }
  expect(finder(patternOf("aa-aa-ab", false))(`${"xaa-aa-ab ".repeat(40)}aa-aa-aa-ab`)).toBe(true);
  expect(finder(patternOf("-aa-ab", false))(`${"-aa-abx ".repeat(40)}-aa-aa-ab`)).toBe(true);
});
