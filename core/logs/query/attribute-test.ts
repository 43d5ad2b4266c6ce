import { parseTimestamp } from "../../events/timestamp.ts";
import { textOf } from "./attributes.ts";
import type { AttributeTest, NumberRange } from "./conditions.ts";
import { wholeMatcher } from "./pattern.ts";
import { type TimeSpan, timeSpan } from "./time-span.ts";
import { fold } from "./words.ts";

/** Digits in the text of a number: more is not a number that anyone compares. */
const MAX_NUMBER_CHARACTERS = 40;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that a text is, all of it; undefined for anything else ("0x10", "12 ms", ""). */
export function numberOf(text: string): number | undefined {
  if (text.length > MAX_NUMBER_CHARACTERS || !NUMBER.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** A predicate over one value of an attribute. */
export function attributeMatcher(test: AttributeTest): (value: unknown) => boolean {
  switch (test.kind) {
    case "exists":
      return (value) => value !== null;
    case "null":
      return (value) => value === null || (typeof value === "string" && fold(value) === "null");
    case "equals":
      return equals(test.folded, test.number);
    case "exactly":
      return (value) => textOf(value) === test.text;
    case "like": {
      const matches = wholeMatcher(test.pattern);
      return (value) => {
        const text = textOf(value);
        return text !== undefined && matches(fold(text));
      };
    }
    case "between":
      return (value) => isBetween(test.range, value);
    case "during":
      return (value) => isDuring(test.span, value);
  }
}

function equals(folded: string, number: number | undefined): (value: unknown) => boolean {
  return (value) => {
    if (typeof value === "number" && number !== undefined) return value === number;
    const text = textOf(value);
    return text !== undefined && fold(text) === folded;
  };
}

/** Many clients send numbers as text: such a text counts as its number. */
function isBetween({ min, minInclusive, max, maxInclusive }: NumberRange, value: unknown): boolean {
  const number = typeof value === "number" ? value : typeof value === "string" ? numberOf(value) : undefined;
  if (number === undefined) return false;
  return (minInclusive ? number >= min : number > min) && (maxInclusive ? number <= max : number < max);
}

function isDuring({ from, to }: TimeSpan, value: unknown): boolean {
  let ms: number | undefined;
  if (typeof value === "number") ms = parseTimestamp(value)?.ms;
  else if (typeof value === "string") ms = timeSpan(value)?.from;
  return ms !== undefined && ms >= from && ms < to;
}
