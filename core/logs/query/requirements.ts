/// <reference lib="es2025.collection" />

import { LEVELS, type Level } from "../../../schema/contracts/levels.ts";
import type { AttributeTest, Condition, Leaf, LogQuery } from "./conditions.ts";
import { literalOf, type Pattern, wordsOf } from "./pattern.ts";
import { fold, tokenize } from "./words.ts";

/**
 * What every row that matches has: a segment, a row group or a word filter that lacks it need not be read. What is left
 * out does not restrict; an empty list means that nothing matches.
 */
export interface Requirements {
  levels?: Level[];
  services?: string[];
  environments?: string[];
  fingerprints?: string[];
  traceIds?: string[];
  /** Unix ms, inclusive. */
  from?: number;
  /** Unix ms, exclusive. */
  to?: number;
  /** As `tokenize` makes them of a row's searchable texts; the longest first, because it excludes most. */
  words: string[];
}

const LISTS = ["levels", "services", "environments", "fingerprints", "traceIds"] as const;
type List = (typeof LISTS)[number];

interface Facts {
  lists: Partial<Record<List, ReadonlySet<string>>>;
  from: number;
  to: number;
  words: ReadonlySet<string>;
}

const NO_FACTS: Facts = {
  lists: {},
  from: Number.NEGATIVE_INFINITY,
  to: Number.POSITIVE_INFINITY,
  words: new Set(),
};

export function requirements(query: LogQuery): Requirements {
  const { lists, from, to, words } = factsOf(query.condition, true);
  const result: Requirements = { words: [...words].sort((a, b) => b.length - a.length) };
  if (lists.levels !== undefined) result.levels = LEVELS.filter((level) => lists.levels?.has(level));
  if (lists.services !== undefined) result.services = [...lists.services];
  if (lists.environments !== undefined) result.environments = [...lists.environments];
  if (lists.fingerprints !== undefined) result.fingerprints = [...lists.fingerprints];
  if (lists.traceIds !== undefined) result.traceIds = [...lists.traceIds];
  if (Number.isFinite(from)) result.from = from;
  if (Number.isFinite(to)) result.to = to;
  return result;
}

/** @param holds false under a NOT: then AND and OR change places, and only a level or a time still says something */
function factsOf(condition: Condition, holds: boolean): Facts {
  switch (condition.kind) {
    case "everything":
      return holds ? NO_FACTS : { ...NO_FACTS, lists: { levels: new Set() } };
    case "not":
      return factsOf(condition.of, !holds);
    case "all":
    case "any": {
      const facts = condition.of.map((child) => factsOf(child, holds));
      return (condition.kind === "all") === holds ? facts.reduce(both) : facts.reduce(either);
    }
    default:
      return holds ? factsOfLeaf(condition) : factsOfMissing(condition);
  }
}

function both(a: Facts, b: Facts): Facts {
  const lists: Facts["lists"] = {};
  for (const name of LISTS) {
    const common = a.lists[name] && b.lists[name] ? a.lists[name].intersection(b.lists[name]) : undefined;
    const list = common ?? a.lists[name] ?? b.lists[name];
    if (list !== undefined) lists[name] = list;
  }
  return { lists, from: Math.max(a.from, b.from), to: Math.min(a.to, b.to), words: a.words.union(b.words) };
}

function either(a: Facts, b: Facts): Facts {
  if (isImpossible(a)) return b;
  if (isImpossible(b)) return a;
  const lists: Facts["lists"] = {};
  for (const name of LISTS) {
    if (a.lists[name] && b.lists[name]) lists[name] = a.lists[name].union(b.lists[name]);
  }
  return { lists, from: Math.min(a.from, b.from), to: Math.max(a.to, b.to), words: a.words.intersection(b.words) };
}

function isImpossible({ lists, from, to }: Facts): boolean {
  return from >= to || LISTS.some((name) => lists[name]?.size === 0);
}

const listFact = (name: List, values: Iterable<string>): Facts => ({ ...NO_FACTS, lists: { [name]: new Set(values) } });
const wordFacts = (words: Iterable<string>): Facts => ({ ...NO_FACTS, words: new Set(words) });

function factsOfLeaf(leaf: Leaf): Facts {
  switch (leaf.kind) {
    case "level":
      return listFact("levels", leaf.levels);
    case "time":
      return leaf.column === "timestamp" ? { ...NO_FACTS, ...leaf.span } : NO_FACTS;
    case "name":
      return factsOfName(leaf);
    case "text":
      // A template is no text that words are kept of.
      return leaf.column === "template" ? NO_FACTS : wordFacts(wordsOf(leaf.pattern));
    case "exact-text":
      return leaf.column === "template" ? NO_FACTS : wordFacts(tokenize(leaf.text));
    case "attribute":
      return wordFacts(wordsOfTest(leaf.test));
    case "has-trace":
    case "has-trace-id":
      return NO_FACTS;
  }
}

function factsOfName({ column, pattern }: Extract<Leaf, { kind: "name" }>): Facts {
  const literal = literalOf(pattern);
  if (column === "traceId") return factsOfTraceId(pattern, literal);
  if (literal === undefined || column === "eventId") return NO_FACTS;
  const list = { service: "services", environment: "environments", fingerprint: "fingerprints" } as const;
  return listFact(list[column], [literal]);
}

function factsOfTraceId(pattern: Pattern, literal: string | undefined): Facts {
  const words = wordFacts(wordsOf({ ...pattern, pieces: pattern.pieces.map(fold) }));
  return literal === undefined ? words : both(words, listFact("traceIds", [literal]));
}

/** A number may be stored in another notation than the query has: only the usual one has words. */
function wordsOfTest(test: AttributeTest): string[] {
  switch (test.kind) {
    case "equals":
      return test.number !== undefined && String(test.number) !== test.folded ? [] : tokenize(test.folded);
    case "exactly":
      return tokenize(test.text);
    case "like":
      return wordsOf(test.pattern);
    default:
      return [];
  }
}

function factsOfMissing(leaf: Leaf): Facts {
  if (leaf.kind === "level") return listFact("levels", new Set<string>(LEVELS).difference(leaf.levels));
  if (leaf.kind !== "time" || leaf.column !== "timestamp") return NO_FACTS;
  const { from, to } = leaf.span;
  if (from === Number.NEGATIVE_INFINITY) return { ...NO_FACTS, from: to };
  return to === Number.POSITIVE_INFINITY ? { ...NO_FACTS, to: from } : NO_FACTS;
}
