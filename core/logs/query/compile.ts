import type { LogRow } from "../log-row.ts";
import { attributeMatcher } from "./attribute-test.ts";
import { someAt } from "./attributes.ts";
import type { Condition, Leaf, LogQuery, TextColumn } from "./conditions.ts";
import { finder } from "./find.ts";
import { type Pattern, wholeMatcher } from "./pattern.ts";
import { RowView, type SearchText } from "./row-view.ts";
import { fold } from "./words.ts";

/** A condition made ready, with what it costs: siblings are asked cheapest first. */
interface Test {
  cost: number;
  passes: (view: RowView) => boolean;
}

/** Relative, by what a row has to be asked: a column, a text, a long text, JSON. */
const COST = { nothing: 0, column: 1, id: 2, template: 6, message: 8, trace: 16, attributes: 64 } as const;

export type RowPredicate = (row: LogRow) => boolean;

/**
 * A predicate over rows: total, linear in the row, with the attributes parsed at most once and only when nothing cheaper
 * decides. It keeps the last row that it saw, and is not to be shared by two scans that interleave within a row.
 */
export function compile(query: LogQuery): RowPredicate {
  return compileCounted(query).matches;
}

/** As {@link compile}, and tells how many rows had their attributes parsed. */
export function compileCounted(query: LogQuery): { matches: RowPredicate; parses: () => number } {
  const { passes } = testOf(query.condition);
  let view: RowView | undefined;
  const matches = (row: LogRow): boolean => {
    if (view === undefined) view = new RowView(row);
    else view.load(row);
    return passes(view);
  };
  return { matches, parses: () => view?.parses ?? 0 };
}

function testOf(condition: Condition): Test {
  switch (condition.kind) {
    case "everything":
      return { cost: COST.nothing, passes: () => true };
    case "all":
      return allOf(condition.of.map(testOf));
    case "any":
      return anyOf(condition.of.flatMap((child) => (child.kind === "text" ? textTests(child) : [testOf(child)])));
    case "not": {
      const { cost, passes } = testOf(condition.of);
      return { cost, passes: (view) => !passes(view) };
    }
    default:
      return leafTest(condition);
  }
}

function byCost(tests: readonly Test[]): { cost: number; ordered: ((view: RowView) => boolean)[] } {
  const sorted = tests.toSorted((a, b) => a.cost - b.cost);
  return { cost: sorted.reduce((sum, test) => sum + test.cost, 0), ordered: sorted.map((test) => test.passes) };
}

function allOf(tests: readonly Test[]): Test {
  const { cost, ordered } = byCost(tests);
  return {
    cost,
    passes: (view) => {
      for (const passes of ordered) if (!passes(view)) return false;
      return true;
    },
  };
}

function anyOf(tests: readonly Test[]): Test {
  const { cost, ordered } = byCost(tests);
  return {
    cost,
    passes: (view) => {
      for (const passes of ordered) if (passes(view)) return true;
      return false;
    },
  };
}

function leafTest(leaf: Leaf): Test {
  switch (leaf.kind) {
    case "level":
      return { cost: COST.column, passes: ({ row }) => leaf.levels.has(row.level) };
    case "time": {
      const { column, span } = leaf;
      return { cost: COST.column, passes: ({ row }) => row[column] >= span.from && row[column] < span.to };
    }
    case "name": {
      const { column } = leaf;
      const matches = wholeMatcher(leaf.pattern);
      const passes = (view: RowView): boolean => {
        const value = view.name(column);
        return value !== undefined && matches(value);
      };
      return { cost: column === "eventId" ? COST.id : COST.column, passes };
    }
    case "text":
      return anyOf(textTests(leaf));
    case "exact-text":
      return { cost: COST.id, passes: ({ row }) => row[leaf.column] === leaf.text };
    case "has-trace":
      return { cost: COST.column, passes: ({ row }) => row.trace !== undefined };
    case "has-trace-id":
      return { cost: COST.column, passes: ({ row }) => row.traceId !== undefined };
    case "attribute":
      return attributeTest(leaf);
  }
}

/** A text in any column is a test per column, so that an OR of several asks all messages before any attributes. */
function textTests({ column, pattern }: Extract<Leaf, { kind: "text" }>): Test[] {
  const find = finder(pattern);
  const needsCollapsed = pattern.pieces.length > 1 || pattern.pieces.some((piece) => piece.includes(" "));
  const finds = (text: SearchText): boolean => find(needsCollapsed ? text.collapsed : text.folded);
  const within = (name: TextColumn | "traceId", cost: number): Test => ({
    cost,
    passes: (view) => {
      const text = view.text(name);
      return text !== undefined && finds(text);
    },
  });
  if (column !== "any") return [within(column, COST[column])];
  const sign = signOf(pattern);
  const inAttributes = (view: RowView): boolean => {
    if (view.row.attributes === undefined || (sign !== undefined && !view.mayHold(sign))) return false;
    return view.attributeTexts().some(finds);
  };
  return [
    within("message", COST.message),
    within("traceId", COST.id),
    within("trace", COST.trace),
    { cost: COST.attributes, passes: inAttributes },
  ];
}

/**
 * The longest part of a pattern that the JSON of a match has to hold as it is written. A number has no such part: 100
 * may be written as 1e2.
 */
function signOf(pattern: Pattern): string | undefined {
  let longest: string | undefined;
  for (const run of pattern.pieces.flatMap((piece) => piece.split(" "))) {
    if (/[^\de.+-]/.test(run) && run.length > (longest?.length ?? 0)) longest = run;
  }
  return longest;
}

function attributeTest({ path, test }: Extract<Leaf, { kind: "attribute" }>): Test {
  const matches = attributeMatcher(test);
  const keys = path.filter((segment) => !/^\d+$/.test(segment)).map(fold);
  const sign = keys.toSorted((a, b) => b.length - a.length)[0];
  const passes = (view: RowView): boolean => {
    if (view.row.attributes === undefined || (sign !== undefined && !view.mayHold(sign))) return false;
    return someAt(view.attributes(), path, matches);
  };
  return { cost: COST.attributes, passes };
}
