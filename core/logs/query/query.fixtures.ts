/// <reference lib="es2024.string" />
import * as fc from "fast-check";
import { LEVELS, type Level } from "../../../schema/contracts/levels.ts";
import type { LogRow } from "../log-row.ts";
import { text, vocabulary, WORDS } from "./row.fixtures.ts";

/** A query with what it means, told by other means than the code that is tested. */
export interface Meant {
  query: string;
  matches: (row: LogRow) => boolean;
}

const lower = (value: string) => Array.from(value, (character) => character.toLowerCase().replace("ς", "σ")).join("");
const spaced = (value: string) => lower(value).replace(/\s+/g, " ");
const WORD = "[\\p{L}\\p{M}\\p{N}_]";
const isWord = (character: string | undefined) => character !== undefined && new RegExp(WORD, "u").test(character);
const literal = (value: string) => value.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

function textPattern(source: string): RegExp {
  const characters = Array.from(source);
  const start = isWord(characters[0]) ? `(?<!${WORD})` : "";
  const end = isWord(characters.at(-1)) ? `(?!${WORD})` : "";
  const body = source.split("*").map((piece) => literal(lower(piece)));
  return new RegExp(start + body.join("\\S*") + end, "u");
}

function leaves(value: unknown): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leaves);
  if (value === null || value === undefined || value === Number.POSITIVE_INFINITY) return [];
  return [String(value)];
}

function parsed(found: LogRow): unknown {
  try {
    return JSON.parse(found.attributes ?? "");
  } catch {
    return undefined;
  }
}

const textsOf = (found: LogRow) => [
  found.message,
  ...[found.trace, found.traceId].filter((value) => value !== undefined),
  ...leaves(parsed(found)),
];

/** Values at a path, told by the names of the keys. */
function valuesAt(value: unknown, rest: string | undefined): unknown[] {
  if (Array.isArray(value)) {
    const [index, ...more] = (rest ?? "").split(".");
    if (/^\d+$/.test(index ?? "") && Number(index) < value.length) {
      return valuesAt(value[Number(index)], more.length > 0 ? more.join(".") : undefined);
    }
    return value.flatMap((element) => valuesAt(element, rest));
  }
  if (rest === undefined) return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    if (key === rest) return valuesAt(child, undefined);
    return rest.startsWith(`${key}.`) ? valuesAt(child, rest.slice(key.length + 1)) : [];
  });
}

const simpleWord = fc.constantFrom(...WORDS, "10.0.0.1", "user@example.com", "x-y", "4bf92f35-77b3", "été!", "a=b");
const wildcard = fc
  .tuple(fc.constantFrom("", "*"), fc.array(simpleWord, { minLength: 1, maxLength: 2 }), fc.constantFrom("", "*"))
  .map(([before, words, after]) => before + words.join("*") + after);

const inTexts = (pattern: RegExp) => (found: LogRow) => textsOf(found).some((value) => pattern.test(spaced(value)));
const bare = fc
  .oneof(simpleWord, wildcard)
  .map((word): Meant => ({ query: word, matches: inTexts(textPattern(word)) }));
const phrase = text
  .map((value) => value.toWellFormed().trim())
  .filter((value) => value !== "" && !value.includes("*"))
  .map((value): Meant => {
    const pattern = textPattern(value.replace(/\s+/g, " "));
    return { query: `"${value.replace(/["\\]/g, "\\$&")}"`, matches: inTexts(pattern) };
  });

const level = fc
  .tuple(fc.constantFrom("", ">", ">=", "<", "<="), fc.constantFrom<Level>(...LEVELS))
  .map(([operator, wanted]): Meant => {
    const rank = LEVELS.indexOf(wanted);
    const matches = (found: LogRow) => compared(operator, LEVELS.indexOf(found.level), rank);
    return { query: `level:${operator}${wanted.toLowerCase()}`, matches };
  });

function compared(operator: string, left: number, right: number): boolean {
  if (operator === ">") return left > right;
  if (operator === ">=") return left >= right;
  if (operator === "<") return left < right;
  return operator === "<=" ? left <= right : left === right;
}

const service = vocabulary.map(
  (name): Meant => ({
    query: `service:"${name.replace(/\\/g, "\\\\")}"`,
    matches: (found) => found.serviceName === name,
  }),
);
const traceId = simpleWord.map(
  (id): Meant => ({ query: `trace_id:${id}*`, matches: ({ traceId: own }) => own?.startsWith(id) ?? false }),
);
const time = fc.constantFrom("<", ">=").map((operator): Meant => {
  const midnight = Date.parse("2026-01-31T00:00:00Z");
  return {
    query: `timestamp:${operator}2026-01-31`,
    matches: ({ timestamp }) => compared(operator, timestamp, midnight),
  };
});

const path = fc.constantFrom("user", "user.id", "user.id.a", "http.status", "tags", "tags.0", "a", "id", "__proto__.a");
const attribute = fc.oneof(
  path.map(
    (name): Meant => ({
      query: `${name}:*`,
      matches: (found) => valuesAt(parsed(found), name).some((value) => value !== null && value !== undefined),
    }),
  ),
  fc
    .tuple(
      path,
      simpleWord.filter((word) => word !== "null"),
    )
    .map(([name, word]): Meant => {
      const number = /^(?:500|42|1e3)$/.test(word) ? Number(word) : undefined;
      const equal = (value: unknown) =>
        typeof value === "number" && number !== undefined
          ? value === number
          : leaves(value).length === 1 && typeof value !== "object" && lower(String(value)) === lower(word);
      return { query: `${name}:${word}`, matches: (found) => valuesAt(parsed(found), name).some(equal) };
    }),
  fc.tuple(path, fc.constantFrom(">", ">=", "<", "<="), fc.constantFrom(0, 42, 500)).map(([name, operator, limit]) => {
    const holds = (value: unknown) => {
      const isText = typeof value === "string" && /^[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?$/i.test(value);
      return (typeof value === "number" || isText) && compared(operator, Number(value), limit);
    };
    const matches = (found: LogRow) => valuesAt(parsed(found), name).some(holds);
    return { query: `${name}:${operator}${limit}`, matches };
  }),
);

const leafQuery = fc.oneof(bare, phrase, level, service, traceId, time, attribute);

/** Queries of all kinds with their meaning, nested. */
export const { meant } = fc.letrec<{ meant: Meant }>((tie) => ({
  meant: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leafQuery,
    tie("meant").map((of): Meant => ({ query: `NOT (${of.query})`, matches: (found) => !of.matches(found) })),
    leafQuery
      .map((of): Meant => ({ query: `-${of.query}`, matches: (found) => !of.matches(found) }))
      .filter(({ query }) => !query.startsWith("--") && query !== "-"),
    fc.tuple(tie("meant"), fc.constantFrom(" ", " AND "), tie("meant")).map(
      ([a, and, b]): Meant => ({
        query: `(${a.query})${and}(${b.query})`,
        matches: (found) => a.matches(found) && b.matches(found),
      }),
    ),
    fc.tuple(tie("meant"), tie("meant")).map(
      ([a, b]): Meant => ({
        query: `(${a.query} OR (${b.query}))`,
        matches: (found) => a.matches(found) || b.matches(found),
      }),
    ),
  ),
}));
