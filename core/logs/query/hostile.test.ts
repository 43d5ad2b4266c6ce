import { describe, expect, test } from "vitest";
import type { LogRow } from "../log-row.ts";
import { compile, parseQuery, searchableTexts, tokenize } from "./index.ts";
import { row } from "./row.fixtures.ts";

const LONG = 100_000;
const nested = (open: string, close: string) => `${open.repeat(LONG)}1${close.repeat(LONG)}`;

describe("no row makes a query throw or take more than linear time", () => {
  test.each<[name: string, query: string, over: Partial<LogRow>]>([
    ["matches that overlap inside a word", "a".repeat(1000), { trace: "a".repeat(LONG) }],
    ["matches that each end inside a word", `"${"a ".repeat(900)}a"`, { trace: `x${"a aa ".repeat(LONG / 5)}` }],
    ["matches that each begin inside a word", `"a-${"aa-".repeat(600)}"`, { trace: "aa-".repeat(LONG / 3) }],
    ["stars that almost match", `${"a*".repeat(500)}b`, { trace: "a".repeat(LONG) }],
    ["stars that almost match in many runs", `${"a*".repeat(500)}b`, { trace: `${"a".repeat(500)} `.repeat(200) }],
    ["stars that almost match a value", `x:${"a*".repeat(500)}b`, { attributes: `{"x":"${"a".repeat(LONG)}"}` }],
    ["blanks", '"a b"', { trace: `a${" ".repeat(LONG)}c` }],
    ["lists in lists", "x:1 OR absent", { attributes: `{"x":${nested("[", "]")}}` }],
    ["objects in objects", "x:1 OR absent", { attributes: nested('{"x":', "}") }],
    ["many keys that a path can take", `${"a.".repeat(31)}a:1`, { attributes: manyPaths() }],
    ["numbers that are long texts", "x:>1", { attributes: `{"x":"${"9".repeat(LONG)}x"}` }],
    ["times that are long texts", "x:>2026-01-01", { attributes: `{"x":"${"2026-01-01 ".repeat(LONG / 11)}"}` }],
    ["64 conditions", "absent ".repeat(64), { trace: "absen ".repeat(LONG / 6) }],
    ["halves of characters", '"\ud800x"', { trace: "\ud800\udc00\udc00".repeat(LONG / 3) }],
  ])("%s", (_, query, over) => {
    const hostile = row(over);
    const matches = compile(parseQuery(query));
    const start = performance.now();
    expect(typeof matches(hostile)).toBe("boolean");
    searchableTexts(hostile).flatMap(tokenize);
    // Each takes some milliseconds; the square of the row's length takes minutes.
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

/** An object in which the names of a path can be joined in every way: "a" → "a.a" → …. */
function manyPaths(): string {
  const keys = (depth: number): unknown => {
    if (depth === 0) return 0;
    return { a: keys(depth - 1), "a.a": keys(depth - 1), "a.a.a": depth };
  };
  return JSON.stringify(keys(12));
}

describe("attributes that are no JSON object are passed over", () => {
  test.each(["", "{", "null", "1", '"x"', "[]", "undefined", "\u0000"])("%j", (attributes) => {
    expect(compile(parseQuery("x:1 OR absent"))(row({ attributes }))).toBe(false);
  });
});
