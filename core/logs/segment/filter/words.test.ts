import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogRow } from "../../log-row.ts";
import { searchableTexts, tokenize } from "../../query/index.ts";
import { row, text } from "../segment.fixtures.ts";
import { HashSet } from "./hash-set.ts";
import { addRows, addText, hashFingerprint, hashWord } from "./words.ts";

function hashesOfText(given: string) {
  const set = new HashSet();
  addText(set, given);
  return [...set.values()].sort();
}

function hashesOfRow(over: Partial<LogRow>) {
  const set = new HashSet();
  addRows(set, [row(over)]);
  return new Set(set.values());
}

const hashed = (words: readonly string[]) => [...new Set(words.map(hashWord))].sort();

describe("the words of a text are those that tokenize gives", () => {
  it.each([
    ["none", " .-, a b"],
    ["ASCII in any case", "Charged ORDER_17 in 12ms"],
    ["at both ends", "order-17"],
    ["a word of 64 characters, and a longer one cut", `${"x".repeat(64)} ${"y".repeat(65)} z`],
    ["a long word with a letter beyond ASCII at its end", `${"x".repeat(70)}é`],
    ["letters of other scripts", "Zahlung für Möbel: 処理 完了, платёж"],
    ["a letter whose lower case is longer, or ASCII", "\u0130stanbul 300\u212a"],
    ["a final sigma, which depends on what stands before it", "a.Σ ΟΔΟΣ ΟΔΟΣ."],
    ["letters beyond the basic plane, and emoji", "\u{10400}\u{10401}x 🚀go \u{1d7d8}\u{1d7d9}"],
    ["combining marks", "e\u0301te\u0301 हिन्दी"],
    ["lone surrogates", "ab\ud83dcd \ude00ef"],
    ["line breaks and NUL", "one\ntwo\r\nthree\0four"],
  ])("%s", (_, given) => {
    expect(hashesOfText(given)).toEqual(hashed(tokenize(given)));
  });

  it("for any text", () => {
    const words = fc.array(fc.oneof(text, fc.constantFrom(" ", "_", "ß", "İ", "Σ", "x".repeat(63), "\n", "é")));
    const any = fc.oneof(
      text,
      fc.string({ unit: "binary", maxLength: 100 }),
      words.map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(any, (given) => {
        expect(hashesOfText(given)).toEqual(hashed(tokenize(given)));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a row is found by", () => {
  it.each<[string, Partial<LogRow>, string[]]>([
    ["its message", { message: "upstream timeout" }, ["upstream", "timeout"]],
    ["its trace", { trace: "at com.acme.Pay\n\tat run" }, ["acme", "pay", "run"]],
    ["its trace id", { traceId: "4BF92F35-77b3" }, ["4bf92f35", "77b3"]],
    ["the values of its attributes", { attributes: '{"a":{"b":["GET",404]}}' }, ["get", "404"]],
    ["a value behind an escape", { attributes: '{"a":"one\\ntwo","b":"\\u00e9t\\u00e9"}' }, ["two", "été"]],
    ["a number in another notation", { attributes: '{"a":1e3,"b":12.510}' }, ["1000", "51"]],
    ["attributes that are no JSON", { attributes: "{oops" }, ["oops"]],
  ])("%s", (_, over, words) => {
    const hashes = hashesOfRow(over);
    expect(words.filter((word) => !hashes.has(hashWord(word)))).toEqual([]);
  });

  it("its fingerprint, which is not a word", () => {
    const hashes = hashesOfRow({ fingerprint: "cafe" });
    expect([hashes.has(hashFingerprint("cafe")), hashes.has(hashWord("cafe"))]).toEqual([true, false]);
  });

  it("every word of what a search looks at, for any attributes", () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,24})(\.\d{1,24})?([eE][+-]?\d{1,3})?$/);
    const attributes = fc.oneof(
      fc.json(),
      fc.tuple(digits, digits).map(([a, b]) => `{"a": ${a},"b":[${b} ,${a}]}`),
      fc.string().map((value) => JSON.stringify({ [value]: value })),
      text,
    );
    fc.assert(
      fc.property(attributes, text, (json, message) => {
        const over = { attributes: json, message, trace: message, traceId: message };
        const hashes = hashesOfRow(over);
        const words = searchableTexts(row(over)).flatMap(tokenize);
        expect(words.filter((word) => !hashes.has(hashWord(word)))).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });
});
