import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVELS } from "../../schema/contracts/levels.ts";
import { findLevel, levelOfOtelNumber, levelRank, parseLevel, severityOf } from "./level.ts";

const SYNONYMS = {
  DEBUG: ["TRACE", "VERBOSE", "DEBUG", "DBG", "FINE", "FINER", "FINEST"],
  INFO: ["INFO", "INFORMATION", "INFORMATIONAL", "NOTICE", "LOG"],
  WARN: ["WARN", "WARNING", "WRN"],
  ERROR: ["ERROR", "ERR", "SEVERE"],
  FATAL: ["FATAL", "CRITICAL", "CRIT", "EMERG", "EMERGENCY", "ALERT", "PANIC"],
} as const;
const synonyms = LEVELS.flatMap((level) => SYNONYMS[level].map((word) => [word, level] as const));

describe("a client's level", () => {
  it.each(synonyms)("%s is folded to %s, in any case, with blanks around it", (word, level) => {
    const capital = word.slice(0, 1) + word.slice(1).toLowerCase();
    for (const form of [word, word.toLowerCase(), capital, ` ${word}\t`]) expect(parseLevel(form)).toBe(level);
  });

  it.each([
    ["0", "FATAL"],
    ["1", "FATAL"],
    ["2", "FATAL"],
    ["3", "ERROR"],
    ["4", "WARN"],
    ["5", "INFO"],
    ["6", "INFO"],
    ["7", "DEBUG"],
  ])("number %s is syslog's %s", (text, level) => expect(parseLevel(text)).toBe(level));

  it.each([
    ["10", "DEBUG"],
    ["20", "DEBUG"],
    ["30", "INFO"],
    ["40", "WARN"],
    ["50", "ERROR"],
    ["60", "FATAL"],
  ])("number %s is pino's %s", (text, level) => expect(parseLevel(text)).toBe(level));

  it.each([
    ["8", "DEBUG"],
    ["9", "INFO"],
    ["12", "INFO"],
    ["13", "WARN"],
    ["17", "ERROR"],
    ["24", "FATAL"],
  ])("number %s is OpenTelemetry's %s", (text, level) => expect(parseLevel(text)).toBe(level));

  it.each(["", " ", "unknown", "INFOS", "25", "70", "61", "100", "-1", "3.5", "1e1", "0x3", "WARN ING", "ＥＲＲＯＲ"])(
    "%j is none",
    (text) => expect(parseLevel(text)).toBeUndefined(),
  );

  it.each(["constructor", "__proto__", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf"])(
    "%s, a name that every object knows, is none",
    (text) => expect(parseLevel(text)).toBeUndefined(),
  );

  it("is one of the five or none, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.integer().map(String)), (text) => {
        expect([...LEVELS, undefined]).toContain(parseLevel(text));
      }),
    );
  });
});

describe("an OpenTelemetry severity number", () => {
  it.each([
    [1, "DEBUG"],
    [4, "DEBUG"],
    [5, "DEBUG"],
    [8, "DEBUG"],
    [9, "INFO"],
    [12, "INFO"],
    [13, "WARN"],
    [16, "WARN"],
    [17, "ERROR"],
    [20, "ERROR"],
    [21, "FATAL"],
    [24, "FATAL"],
  ])("%i is %s", (value, level) => expect(levelOfOtelNumber(value)).toBe(level));

  it.each([0, 25, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("%d is none", (value) =>
    expect(levelOfOtelNumber(value)).toBeUndefined(),
  );
});

describe("the level word of a text line", () => {
  it.each([
    ["2026-01-05 10:11:12,123 ERROR [main] c.a.Pay - declined", "ERROR"],
    ["WARN  connection slow", "WARN"],
    ["[WARNING] disk nearly full", "WARN"],
    ["[error] worker died", "ERROR"],
    ["app: (warn) slow", "WARN"],
    ["error: no such file", "ERROR"],
    ["<err> out of range", "ERROR"],
    ['{"x":1} "info" ready', undefined],
    ["time=12 level=error msg=x", "ERROR"],
    ['ts=1 level="warning" msg=x', "WARN"],
    ["ts=1 lvl=debug msg=x", "DEBUG"],
    ["a b severity=critical c", "FATAL"],
    ["first line\nlevel=error on the second", "ERROR"],
    ["I SEVERE: broken", "ERROR"],
    ["kernel PANIC at boot", "FATAL"],
    ["host EMERG shutting down", "FATAL"],
    ["host NOTICE rotated", "INFO"],
    ["pid=1|fatal|gone", "FATAL"],
    ["INFO an ERROR was mended", "INFO"],
  ])("of %j is %s", (line, level) => expect(findLevel(line)).toBe(level));

  it.each([
    "information about the run",
    "an errorless run",
    "INFORMATION desk",
    "ERRORLESS run",
    "ERRORS were 0",
    "TERROR alert level",
    "there was no error in it",
    "the warning was ignored",
    "debugging the thing",
    "level=errors",
    "sublevel=error",
    "MY_ERROR_CODE=3",
    "",
  ])("is not seen in %j", (line) => expect(findLevel(line)).toBeUndefined());

  it("is looked for in the first 120 characters only", () => {
    expect(findLevel(`${"x".repeat(118)} ERROR`)).toBe("ERROR");
    expect(findLevel(`${"x".repeat(119)} ERROR`)).toBeUndefined();
  });

  it("is seen whole where the first 120 characters end within it", () => {
    expect(findLevel(`${"x".repeat(114)} ERRORLESS`)).toBeUndefined();
    expect(findLevel(`${"x".repeat(110)} level=critical`)).toBe("FATAL");
  });

  it("costs the same in a long line as in a short one", () => {
    const hostile = ["level=", "[error", "ERRO", " ", "=", '"', "\n", 'severity="erro'].map((part) =>
      part.repeat(10_000).slice(0, 10_000),
    );
    const start = performance.now();
    for (let round = 0; round < 1_000; round++) for (const line of hostile) findLevel(line);
    // 8,000 lines of 10,000 characters: some 10 ms in practice, minutes were it quadratic.
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});

describe("severity", () => {
  it.each([
    ["DEBUG", "LOW"],
    ["INFO", "LOW"],
    ["WARN", "MEDIUM"],
    ["ERROR", "HIGH"],
    ["FATAL", "HIGH"],
  ] as const)("of %s is %s", (level, severity) => expect(severityOf(level)).toBe(severity));

  it("ranks the levels from the least severe to the most", () => {
    expect(LEVELS.map(levelRank)).toEqual([0, 1, 2, 3, 4]);
    expect(levelRank("DEBUG")).toBeLessThan(levelRank("FATAL"));
  });
});
