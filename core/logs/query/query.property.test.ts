/// <reference lib="es2024.string" />
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { LogRow } from "../log-row.ts";
import {
  compile,
  parseQuery,
  QueryError,
  type Requirements,
  requirements,
  searchableTexts,
  tokenize,
} from "./index.ts";
import { meant } from "./query.fixtures.ts";
import { rows } from "./row.fixtures.ts";

const RUNS = { numRuns: 3000 };

test("a query matches the rows that a naive evaluation of its meaning matches", () => {
  let matched = 0;
  fc.assert(
    fc.property(meant, fc.array(rows, { minLength: 1, maxLength: 6 }), ({ query, matches }, found) => {
      const compiled = compile(parseQuery(query));
      for (const row of found) {
        const expected = matches(row);
        if (expected) matched++;
        expect(compiled(row), query).toBe(expected);
      }
    }),
    RUNS,
  );
  // A generator whose queries find nothing would prove nothing.
  expect(matched).toBeGreaterThan(RUNS.numRuns / 3);
});

function unmet(required: Requirements, row: LogRow): string[] {
  const words = new Set(searchableTexts(row).flatMap(tokenize));
  const lists = [
    ["levels", required.levels, row.level],
    ["services", required.services, row.serviceName],
    ["environments", required.environments, row.environment],
    ["fingerprints", required.fingerprints, row.fingerprint],
    ["traceIds", required.traceIds, row.traceId],
  ] as const;
  const failed: string[] = lists
    .filter(([, list, own]) => list !== undefined && !list.some((wanted) => wanted === own))
    .map(([name]) => name);
  if (required.from !== undefined && row.timestamp < required.from) failed.push("from");
  if (required.to !== undefined && row.timestamp >= required.to) failed.push("to");
  return [...failed, ...required.words.filter((word) => !words.has(word))];
}

test("every row that matches has what the query requires", () => {
  fc.assert(
    fc.property(meant, fc.array(rows, { minLength: 1, maxLength: 6 }), ({ query }, found) => {
      const parsed = parseQuery(query);
      const facts = requirements(parsed);
      for (const row of found.filter(compile(parsed))) expect(unmet(facts, row), query).toEqual([]);
    }),
    RUNS,
  );
});

/** Queries cut out of what a row holds: a phrase, or a word with a star at one of its ends, or at both. */
const cutOut = rows.chain((row) => {
  const texts = searchableTexts(row);
  return fc
    .tuple(fc.nat(texts.length - 1), fc.nat(12), fc.integer({ min: 1, max: 20 }), fc.constantFrom("", "*", "x.*"))
    .map(([which, start, length, star]) => {
      const text = (texts[which] ?? "").slice(start, start + length).toWellFormed();
      const query =
        star === ""
          ? `"${text.replace(/["\\]/g, "\\$&")}"`
          : `${star === "*" ? "*" : ""}${text.replace(/[\s()"]/g, "*")}*`;
      return { row, query };
    });
});

test("what is cut out of a row requires only words of the row", () => {
  let matched = 0;
  let required = 0;
  fc.assert(
    fc.property(cutOut, ({ row, query }) => {
      let parsed: ReturnType<typeof parseQuery>;
      try {
        parsed = parseQuery(query);
      } catch {
        return;
      }
      if (!compile(parsed)(row)) return;
      const facts = requirements(parsed);
      expect(unmet(facts, row), query).toEqual([]);
      matched++;
      required += facts.words.length;
    }),
    { numRuns: 10_000 },
  );
  expect(matched).toBeGreaterThan(500);
  expect(required).toBeGreaterThan(300);
});

const PIECES = [
  "(",
  ")",
  '"',
  "'",
  "-",
  "NOT ",
  " OR ",
  " AND ",
  "a",
  "level:",
  "error",
  "x:",
  ">",
  "[1 TO 2]",
  "{",
  "]",
  "*",
  "/",
  "\\",
  ":",
  " ",
  "=",
  "\ud800",
  "\n",
  "timestamp:",
  "2026-01-31",
  "env:",
  "trace:",
];
const noise = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
);

test("any text is a query or a QueryError with a column in it, and any query answers for any row", () => {
  let queries = 0;
  fc.assert(
    fc.property(noise, rows, (text, row) => {
      try {
        const query = parseQuery(text);
        queries++;
        const answer = compile(query)(row);
        expect(typeof answer).toBe("boolean");
        if (answer) expect(unmet(requirements(query), row)).toEqual([]);
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        expect(error.column).toBeGreaterThanOrEqual(1);
        expect(error.column).toBeLessThanOrEqual(text.length + 1);
      }
    }),
    { numRuns: 20_000 },
  );
  expect(queries).toBeGreaterThan(500);
});
