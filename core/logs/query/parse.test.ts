import { describe, expect, test } from "vitest";
import { Log0Error } from "../../errors.ts";
import { parseQuery, QueryError } from "./index.ts";

function failure(query: string): QueryError {
  try {
    parseQuery(query);
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
  throw new Error(`"${query}" is accepted`);
}

describe("a malformed query is refused at its column", () => {
  test.each<[query: string, column: number, expected: RegExp]>([
    ["(a b", 1, /"\(" is never closed: expected a "\)"/],
    ["a (b (c)", 3, /never closed/],
    ["a b)", 4, /closes nothing/],
    ["()", 2, /expected a word, a quoted text or field:value/],
    ["a (", 4, /expected a word/],
    ['a "b c', 3, /never closed: expected another "/],
    ["'a", 1, /never closed: expected another '/],
    ['""', 1, /expected some text between the quotes/],
    ['message:"  "', 9, /expected some text/],
    ['"a"b', 4, /expected a blank after the closing quote/],
    ['user="x"', 6, /expected a blank before "/],
    ["main(x)", 5, /expected a blank before \(: put quotes/],
    ["OR a", 1, /expected a condition before OR/],
    ["a OR", 5, /expected a word/],
    ["a AND OR b", 7, /expected a condition before OR/],
    ["a AND", 6, /expected a word/],
    ["NOT", 4, /expected a word/],
    ["a --b", 4, /begins with "--"/],
    ["level:", 7, /expected a value right after "level:"/],
    ["error: timeout", 7, /put quotes around text that contains a colon/],
    ["level:loud", 7, /"loud" is no level: expected one of debug, info, warn, error, fatal/],
    ["level:x*", 7, /is no level/],
    ["level:>=loud", 9, /is no level/],
    ["a level:(error OR loud)", 19, /is no level/],
    ["level:(error OR user:1)", 17, /expected a value of "level": another field/],
    ["timestamp:yesterday", 11, /"yesterday" is no time/],
    ["timestamp:>2026-99-99", 12, /is no time/],
    ["service:>a", 9, /no order/],
    ["message:[1 TO 2]", 9, /no order/],
    ["latency_ms:>fast", 13, /"fast" has no order: expected a number or a time/],
    ["latency_ms:[1 2]", 15, /expected TO/],
    ["latency_ms:[1 TO 2", 19, /expected "\]" or "}"/],
    ["latency_ms:[ TO 2]", 17, /expected TO/],
    ["latency_ms:[", 13, /expected a number or a time/],
    ["latency_ms:[1 TO ]", 18, /expected a number or a time/],
    [`${"a.".repeat(40)}b:1`, 1, /path is too long/],
  ])("%s", (query, column, expected) => {
    const error = failure(query);
    expect(error.message).toMatch(expected);
    expect(error.column).toBe(column);
    expect(error).toBeInstanceOf(Log0Error);
    expect(error.code).toBe("invalid_query");
    expect(error.permanent).toBe(true);
  });
});

describe("a regular expression is refused", () => {
  test.each(["/a.*b/", "/^x$/i", "message:/(a+)+$/", "a AND /[a-z]+", "(/x/)", "path:/a|b", "/\\d+"])("%s", (query) => {
    expect(failure(query).message).toMatch(/regular expressions cannot be searched with/);
  });

  test.each(["/api/v1/users", "path:/api/*", '"/a.*b/"', "//cdn.example.com", "a/b/"])("%s is text", (query) => {
    expect(() => parseQuery(query)).not.toThrow();
  });
});

describe("a query is bounded", () => {
  test.each<[limit: string, most: string, tooMuch: string, expected: RegExp]>([
    ["2,000 characters", "a".repeat(2000), "a".repeat(2001), /at most 2000 characters/],
    ["64 conditions", "a ".repeat(64), "a ".repeat(65), /at most 64/],
    ["64 values in a group", `x:(${"a ".repeat(64)})`, `x:(${"a ".repeat(65)})`, /at most 64/],
    ["16 parentheses", `${"(".repeat(16)}a${")".repeat(16)}`, `${"(".repeat(17)}a${")".repeat(17)}`, /at most 16/],
    ["16 groups", `${"(".repeat(15)}x:(a)${")".repeat(15)}`, `${"(".repeat(16)}x:(a)${")".repeat(16)}`, /at most 16/],
    ["16 NOTs", `${"NOT ".repeat(16)}a`, `${"NOT ".repeat(17)}a`, /at most 16/],
    ["16 of both", `${"-(".repeat(8)}a${")".repeat(8)}`, `${"-(".repeat(9)}a${")".repeat(9)}`, /at most 16/],
  ])("to %s", (_, most, tooMuch, expected) => {
    expect(() => parseQuery(most)).not.toThrow();
    expect(failure(tooMuch).message).toMatch(expected);
  });

  test.each([
    "(".repeat(2000),
    ")".repeat(2000),
    "NOT ".repeat(500),
    "-".repeat(2000),
    "(a) ".repeat(64),
    '"'.repeat(2000),
    "\\".repeat(2000),
    "/".repeat(2000),
    "*".repeat(2000),
    "a:".repeat(1000),
    `x:${"9".repeat(1900)}`,
    "[".repeat(2000),
    `x:[${" ".repeat(1900)}`,
    `"${"\\".repeat(1997)}`,
    "' ".repeat(1000),
    "\ud800".repeat(2000),
  ])("and answered at once, whatever it holds (%#)", (query) => {
    const start = performance.now();
    try {
      parseQuery(query);
    } catch (error) {
      expect(error).toBeInstanceOf(QueryError);
    }
    // It takes less than a millisecond; a parser that backtracks takes minutes.
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
