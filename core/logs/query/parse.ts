/// <reference lib="es2024.string" />

import type { Condition, LogQuery } from "./conditions.ts";
import { fieldCondition, type Value } from "./fields.ts";
import { QueryError } from "./query-error.ts";
import { type Field, type Literal, Scanner } from "./scanner.ts";
import { textCondition } from "./text-condition.ts";

/** A query is typed or clicked together. 2,000 characters are ten lines of it, and fit an address bar. */
export const MAX_QUERY_CHARACTERS = 2000;
/** Each condition may read a row's whole text once. */
export const MAX_QUERY_CONDITIONS = 64;
/** Parentheses and NOTs within each other; reading them recurses. */
export const MAX_QUERY_DEPTH = 16;

/**
 * Reads a query:
 *
 *     alternatives := sequence { "OR" sequence }
 *     sequence     := unary { [ "AND" ] unary }
 *     unary        := { "NOT" | "-" } ( "(" alternatives ")" | [ field ":" ] value | field ":(" values ")" )
 *     value        := word | "text" | ( "=" | ">" | ">=" | "<" | "<=" ) value | "[" bound " TO " bound "]"
 *
 * An empty one matches everything. By hand and not by a general parser: liqe's grammar is ambiguous, and 18 times "(a)"
 * takes it 6 s and 950 MB. Linear in the query.
 * @throws QueryError with the column where reading stopped
 */
export function parseQuery(text: string): LogQuery {
  if (text.length > MAX_QUERY_CHARACTERS) {
    throw new QueryError(`the query is too long: at most ${MAX_QUERY_CHARACTERS} characters`, MAX_QUERY_CHARACTERS);
  }
  // Half a surrogate pair would be found inside other characters.
  return { condition: new Parser(text.toWellFormed()).parse() };
}

class Parser {
  readonly #scanner: Scanner;
  #conditions = 0;

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  parse(): Condition {
    const scanner = this.#scanner;
    scanner.skipBlanks();
    if (scanner.isAtEnd) return { kind: "everything" };
    const condition = this.#alternatives(undefined, 0);
    if (!scanner.isAtEnd) scanner.fail('this ")" closes nothing: expected a condition or the end of the query');
    return condition;
  }

  /** `a OR b OR …`. In a group (`field:(…)`), each is a value of the field. */
  #alternatives(field: Field | undefined, depth: number): Condition {
    const scanner = this.#scanner;
    const of = [this.#sequence(field, depth)];
    while (scanner.keyword() === "OR") {
      scanner.at += 2;
      of.push(this.#sequence(field, depth));
    }
    return joined("any", of);
  }

  /** `a b AND c …`, with the blanks around it. */
  #sequence(field: Field | undefined, depth: number): Condition {
    const scanner = this.#scanner;
    scanner.skipBlanks();
    const of = [this.#unary(field, depth)];
    for (;;) {
      const hasBlank = scanner.skipBlanks();
      const keyword = scanner.keyword();
      if (scanner.isAtEnd || scanner.peek() === ")" || keyword === "OR") return joined("all", of);
      if (keyword === "AND") {
        scanner.at += 3;
        scanner.skipBlanks();
      } else if (!hasBlank && scanner.peek() !== "(" && scanner.text.charAt(scanner.at - 1) !== ")") {
        scanner.fail("expected a blank between two conditions");
      }
      of.push(this.#unary(field, depth));
    }
  }

  #unary(field: Field | undefined, depth: number): Condition {
    const scanner = this.#scanner;
    if (depth > MAX_QUERY_DEPTH) {
      scanner.fail(`the query is nested too deeply: at most ${MAX_QUERY_DEPTH} parentheses or NOTs within each other`);
    }
    const keyword = scanner.keyword();
    if (keyword === "AND" || keyword === "OR") {
      scanner.fail(`expected a condition before ${keyword}: it stands between two ("a ${keyword} b")`);
    }
    if (keyword === "NOT") {
      scanner.at += 3;
      scanner.skipBlanks();
      return { kind: "not", of: this.#unary(field, depth + 1) };
    }
    if (scanner.takeMinus()) return { kind: "not", of: this.#unary(field, depth + 1) };
    return scanner.peek() === "(" ? this.#parentheses(field, depth) : this.#single(field, depth);
  }

  #parentheses(field: Field | undefined, depth: number): Condition {
    const scanner = this.#scanner;
    const start = scanner.at++;
    const condition = this.#alternatives(field, depth + 1);
    if (!scanner.take(")")) scanner.fail('this "(" is never closed: expected a ")"', start);
    return condition;
  }

  #single(group: Field | undefined, depth: number): Condition {
    const scanner = this.#scanner;
    if (++this.#conditions > MAX_QUERY_CONDITIONS) {
      scanner.fail(`the query has too many conditions: at most ${MAX_QUERY_CONDITIONS}`);
    }
    if (group !== undefined) return this.#ofGroup(group);
    const field = scanner.field();
    if (field === undefined)
      return textCondition(this.#literal("expected a word, a quoted text or field:value"), "any");
    if (scanner.peek() !== "(") return fieldCondition(field, this.#value(field));
    // The group's own values are what is counted.
    this.#conditions--;
    return this.#parentheses(field, depth);
  }

  #ofGroup(group: Field): Condition {
    const scanner = this.#scanner;
    const { at } = scanner;
    if (scanner.field() !== undefined) {
      scanner.fail(`expected a value of "${group.name}": another field cannot stand in its parentheses`, at);
    }
    return fieldCondition(group, this.#value(group));
  }

  #value(field: Field): Value {
    const scanner = this.#scanner;
    if (scanner.peek() === "[" || scanner.peek() === "{") return this.#range();
    const { at } = scanner;
    const operator = scanner.operator();
    if (operator !== ":" && operator !== "=") scanner.skipBlanks();
    const literal = this.#literal(
      `expected a value right after "${field.name}:" (put quotes around text that contains a colon)`,
    );
    if (operator === ":" || operator === "=") return { kind: "literal", operator, literal, at };
    const inclusive = operator.length === 2;
    return operator.startsWith(">")
      ? { kind: "range", at, min: literal, minInclusive: inclusive, max: undefined, maxInclusive: true }
      : { kind: "range", at, min: undefined, minInclusive: true, max: literal, maxInclusive: inclusive };
  }

  #range(): Value {
    const scanner = this.#scanner;
    const { at } = scanner;
    const minInclusive = scanner.take("[") || !scanner.take("{");
    scanner.skipBlanks();
    const min = scanner.bound();
    scanner.skipBlanks();
    if (!scanner.take("T") || !scanner.take("O") || !scanner.skipBlanks()) {
      scanner.fail("expected TO: a range is [100 TO 500], or {100 TO 500} without its ends");
    }
    const max = scanner.bound();
    scanner.skipBlanks();
    const maxInclusive = scanner.take("]");
    if (!maxInclusive && !scanner.take("}")) scanner.fail('expected "]" or "}" at the end of the range');
    return { kind: "range", at, min, minInclusive, max, maxInclusive };
  }

  #literal(expected: string): Literal {
    return this.#scanner.literal() ?? this.#scanner.fail(expected);
  }
}

function joined(kind: "all" | "any", of: readonly Condition[]): Condition {
  const [first] = of;
  return of.length === 1 && first !== undefined ? first : { kind, of };
}
