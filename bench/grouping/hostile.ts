import type { Grouper } from "./accuracy.ts";

/** The size of a hostile line in UTF-16 units. */
const HOSTILE_LENGTH = 32_768;

const filled = (unit: string): string => unit.repeat(Math.ceil(HOSTILE_LENGTH / unit.length)).slice(0, HOSTILE_LENGTH);

/** Lines that make careless patterns slow. */
export const HOSTILE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries({
      digits: "1",
      "opening brackets": "[",
      "closing brackets": "]",
      "opening braces": "{",
      parentheses: "(",
      lists: "[a, ",
      "double quotes": '"',
      "single quotes": " 'a",
      "escaped quotes": '\\"',
      equals: "=",
      pairs: "a=b ",
      backslashes: "\\",
      "one long word": "a",
      "one long id": "a1",
      NULs: "\0",
      "lone surrogates": "\ud800",
      "surrogates and digits": "\udc00x1 ",
      "angle brackets": "<",
      marks: "<number>",
      dots: ".",
      "dotted digits": "1.",
      colons: "a1:",
      slashes: "/a",
      "at signs": "a@",
      dashes: "a-1",
      commas: "a, ",
      dates: "2024-01-01 ",
      IPv6: "::1",
      months: "Jan 1 ",
      users: "user x ",
      "empty lines": "\n",
      frames: "\tat a.b(A.java:1)\n",
      "broken frames": "\nat a",
      spaces: " ",
      tabs: "\t",
      colours: "\u001b[3",
      ideographs: "日1",
      logfmt: "msg=a k=b ",
      SQL: "IN (VALUES (",
    }).map(([name, unit]) => [name, filled(unit)]),
  ),
  "deep JSON": `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`,
  "wide JSON": JSON.stringify(Object.fromEntries(Array.from({ length: 2_500 }, (_, i) => [`k${i}`, i]))),
  "open JSON": filled('{"a":'),
};

/** The fastest of several runs over a line in ms: the machine is shared, and a first run measures the compiler. */
export function slowest(grouper: Grouper): { line: string; ms: number } {
  let worst = { line: "", ms: 0 };
  for (const [line, text] of Object.entries(HOSTILE)) {
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 7; run++) {
      // Another last character each time, so that no cache answers.
      const fresh = text.endsWith("}") ? text : text.slice(0, -1) + String.fromCharCode(103 + run);
      const begin = performance.now();
      grouper(fresh);
      best = Math.min(best, performance.now() - begin);
    }
    if (best > worst.ms) worst = { line, ms: best };
  }
  return worst;
}
