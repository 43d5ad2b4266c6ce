import { LEVELS } from "../../../schema/contracts/levels.ts";
import { levelRank, parseLevel } from "../../events/level.ts";
import { numberOf } from "./attribute-test.ts";
import type { AttributeTest, Condition, NameColumn, TextColumn } from "./conditions.ts";
import { mapPieces, matchesEverything, patternOf, wholeMatcher } from "./pattern.ts";
import { QueryError, shown } from "./query-error.ts";
import type { Field, Literal } from "./scanner.ts";
import { textCondition } from "./text-condition.ts";
import { type TimeSpan, timeSpan } from "./time-span.ts";
import { fold } from "./words.ts";

export type Value =
  | { kind: "literal"; operator: ":" | "="; literal: Literal; at: number }
  | { kind: "range"; min: Bound; minInclusive: boolean; max: Bound; maxInclusive: boolean; at: number };

type Bound = Literal | undefined;
type RangeValue = Extract<Value, { kind: "range" }>;
type LiteralValue = Extract<Value, { kind: "literal" }>;

/** Names walked into an object; deeper attributes are refused at ingest. */
const MAX_PATH = 32;
/** In front of a path, for an attribute that has the name of a column. */
const ATTRIBUTES = "attributes.";

const COLUMNS: ReadonlyMap<string, (value: Value) => Condition> = new Map([
  ["level", levelCondition],
  ["timestamp", timeOf("timestamp")],
  ["received_at", timeOf("receivedAt")],
  ["receivedAt", timeOf("receivedAt")],
  ["service", nameOf("service")],
  ["serviceName", nameOf("service")],
  ["environment", nameOf("environment")],
  ["env", nameOf("environment")],
  ["fingerprint", nameOf("fingerprint")],
  ["trace_id", nameOf("traceId")],
  ["traceId", nameOf("traceId")],
  ["event_id", nameOf("eventId")],
  ["eventId", nameOf("eventId")],
  ["message", textOfColumn("message")],
  ["template", textOfColumn("template")],
  ["trace", textOfColumn("trace")],
]);

/** @throws QueryError when the field cannot have that value */
export function fieldCondition(field: Field, value: Value): Condition {
  const column = field.quoted ? undefined : COLUMNS.get(field.name);
  if (column !== undefined) return column(value);
  const name = !field.quoted && field.name.startsWith(ATTRIBUTES) ? field.name.slice(ATTRIBUTES.length) : field.name;
  const path = field.quoted ? [name] : name.split(".");
  if (path.length > MAX_PATH) throw new QueryError(`the path is too long: at most ${MAX_PATH} names`, field.at);
  return { kind: "attribute", path, test: value.kind === "range" ? rangeTest(value) : literalTest(value) };
}

function levelCondition(value: Value): Condition {
  if (value.kind === "range") {
    const min = value.min === undefined ? 0 : levelRank(levelOf(value.min));
    const max = value.max === undefined ? LEVELS.length : levelRank(levelOf(value.max));
    const levels = LEVELS.filter((level) => {
      const rank = levelRank(level);
      return (value.minInclusive ? rank >= min : rank > min) && (value.maxInclusive ? rank <= max : rank < max);
    });
    return { kind: "level", levels: new Set(levels) };
  }
  const { text, quoted } = value.literal;
  if (quoted || !text.includes("*")) return { kind: "level", levels: new Set([levelOf(value.literal)]) };
  const matches = wholeMatcher(patternOf(text.toUpperCase(), false));
  const levels = LEVELS.filter(matches);
  return levels.length > 0 ? { kind: "level", levels: new Set(levels) } : unknownLevel(value.literal);
}

const levelOf = (literal: Literal) => parseLevel(literal.text.slice(0, 40)) ?? unknownLevel(literal);

function unknownLevel({ text, at }: Literal): never {
  const names = LEVELS.map((level) => level.toLowerCase()).join(", ");
  throw new QueryError(`"${shown(text)}" is no level: expected one of ${names}`, at);
}

function timeOf(column: "timestamp" | "receivedAt"): (value: Value) => Condition {
  return (value) => {
    if (value.kind === "range") return { kind: "time", column, span: spanOfRange(value, spanOf) };
    const { text, quoted } = value.literal;
    if (!quoted && text === "*") return { kind: "everything" };
    return { kind: "time", column, span: spanOf(value.literal) };
  };
}

function spanOf(literal: Literal): TimeSpan {
  const span = timeSpan(literal.text);
  if (span !== undefined) return span;
  throw new QueryError(
    `"${shown(literal.text)}" is no time: expected one like 2026-01-31, 2026-01-31T08:00:00Z or 1769846400`,
    literal.at,
  );
}

/** A bound is as long as it is exact: `<=2026-01-31` includes that day, `>2026-01-31` begins after it. */
function spanOfRange(range: RangeValue, of: (literal: Literal) => TimeSpan): TimeSpan {
  const min = range.min && of(range.min);
  const max = range.max && of(range.max);
  return {
    from: (range.minInclusive ? min?.from : min?.to) ?? Number.NEGATIVE_INFINITY,
    to: (range.maxInclusive ? max?.to : max?.from) ?? Number.POSITIVE_INFINITY,
  };
}

function nameOf(column: NameColumn): (value: Value) => Condition {
  const isHex = column === "fingerprint" || column === "eventId";
  return (value) => {
    if (value.kind === "range") return hasNoOrder(value);
    const { text, quoted } = value.literal;
    const pattern = patternOf(isHex ? text.toLowerCase() : text, quoted || value.operator === "=");
    if (!matchesEverything(pattern)) return { kind: "name", column, pattern };
    return column === "traceId" ? { kind: "has-trace-id" } : { kind: "everything" };
  };
}

function textOfColumn(column: TextColumn): (value: Value) => Condition {
  return (value) => {
    if (value.kind === "range") return hasNoOrder(value);
    if (value.operator === ":") return textCondition(value.literal, column);
    return { kind: "exact-text", column, text: value.literal.text };
  };
}

function hasNoOrder({ at }: RangeValue): never {
  throw new QueryError("this field has no order: expected a value, not a comparison or a range", at);
}

function literalTest({ literal, operator }: LiteralValue): AttributeTest {
  const { text, quoted } = literal;
  if (operator === "=") return { kind: "exactly", text };
  if (!quoted && text === "null") return { kind: "null" };
  const pattern = patternOf(text, quoted);
  if (matchesEverything(pattern)) return { kind: "exists" };
  if (!quoted && text.includes("*")) return { kind: "like", pattern: mapPieces(pattern, fold) };
  return { kind: "equals", folded: fold(text), number: quoted ? undefined : numberOf(text) };
}

function rangeTest(range: RangeValue): AttributeTest {
  const bounds = [range.min, range.max].filter((bound) => bound !== undefined);
  if (bounds.length === 0) return { kind: "exists" };
  if (bounds.every(({ text }) => numberOf(text) !== undefined)) {
    const min = (range.min && numberOf(range.min.text)) ?? Number.NEGATIVE_INFINITY;
    const max = (range.max && numberOf(range.max.text)) ?? Number.POSITIVE_INFINITY;
    return {
      kind: "between",
      range: { min, minInclusive: range.minInclusive, max, maxInclusive: range.maxInclusive },
    };
  }
  return { kind: "during", span: spanOfRange(range, numberOrTime) };
}

function numberOrTime(literal: Literal): TimeSpan {
  const span = timeSpan(literal.text);
  if (span !== undefined) return span;
  throw new QueryError(`"${shown(literal.text)}" has no order: expected a number or a time`, literal.at);
}
