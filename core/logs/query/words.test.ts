import { describe, expect, test } from "vitest";
import { eachWord, fold, isWordAt, isWordBefore, MAX_WORD, tokenize } from "./words.ts";

describe("a text's words", () => {
  test.each<[rule: string, text: string, words: string[]]>([
    [
      "are split at blanks and punctuation",
      "Connection timeout, code=E_42!",
      ["connection", "timeout", "code", "e_42"],
    ],
    ["are lower case", "ERROR Über ÇA", ["error", "über", "ça"]],
    ["are of any script", "ошибка エラー त्रुटि 错误 שגיאה", ["ошибка", "エラー", "त्रुटि", "错误", "שגיאה"]],
    ["keep `_` and digits", "user_id 0042 __init__", ["user_id", "0042", "__init__"]],
    ["leave single characters out", "a b 1 日 xy", ["xy"]],
    ["take an address apart", "10.0.0.17:8080", ["10", "17", "8080"]],
    ["take a uuid apart", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736", ["4bf92f35", "77b3", "4da6", "a3ce", "929d0e0e4736"]],
    ["keep a hex id whole", "trace=4BF92F3577B34DA6A3CE929D0E0E4736", ["trace", "4bf92f3577b34da6a3ce929d0e0e4736"]],
    ["see a sigma the same at any end", "ΟΔΟΣ ΟΔΟΣ.Α οδος οδοσ", ["οδοσ", "οδοσ", "οδοσ", "οδοσ"]],
    ["hold characters of two units", "𝐀𝐁 x𝐀", ["𝐀𝐁", "x𝐀"]],
    ["are not held together by halves of a character", "ab\ud800cd\udc00ef", ["ab", "cd", "ef"]],
    ["may be none", "… --- ", []],
    ["may be none of nothing", "", []],
  ])("%s", (_, text, words) => {
    expect(tokenize(text)).toEqual(words);
  });

  test("are cut at 64 units, and never within a character", () => {
    expect(tokenize("x".repeat(200))).toEqual(["x".repeat(MAX_WORD)]);
    expect(tokenize(`x${"𝐀".repeat(60)}`)).toEqual([`x${"𝐀".repeat(31)}`]);
  });
});

test("folding a text does not depend on where it stands, and moves no word's border", () => {
  const borders = (text: string) => {
    let answer = "";
    eachWord(text, () => {
      answer += "w";
    });
    return answer;
  };
  const moved: string[] = [];
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    const folded = fold(character);
    const text = `a${character}b`;
    if (borders(text) !== borders(fold(text)) || fold(text) !== `a${folded}b` || fold(folded) !== folded) {
      moved.push(codePoint.toString(16));
    }
  }
  expect(moved).toEqual([]);
});

test("a border is told by whole characters", () => {
  expect(isWordBefore("𝐀", 2)).toBe(true);
  expect(isWordBefore("😀", 2)).toBe(false);
  expect(isWordBefore("a\udc00", 2)).toBe(false);
  expect(isWordBefore("a", 0)).toBe(false);
  expect(isWordAt("𝐀", 0)).toBe(true);
  expect(isWordAt("a", 1)).toBe(false);
});
