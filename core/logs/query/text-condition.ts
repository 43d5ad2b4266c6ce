import type { Condition, TextColumn } from "./conditions.ts";
import { mapPieces, matchesEverything, patternOf } from "./pattern.ts";
import { QueryError } from "./query-error.ts";
import { collapseBlanks } from "./row-view.ts";
import type { Literal } from "./scanner.ts";
import { fold } from "./words.ts";

/**
 * A word or phrase in running text: as it is written, in any case, blanks alike, and never inside a longer word unless
 * a star opens it there.
 */
export function textCondition(literal: Literal, column: TextColumn | "any"): Condition {
  const text = literal.quoted ? literal.text.trim() : literal.text;
  if (text === "") throw new QueryError("expected some text between the quotes", literal.at);
  const pattern = mapPieces(patternOf(text, literal.quoted), (piece) => collapseBlanks(fold(piece)));
  if (!matchesEverything(pattern)) return { kind: "text", column, pattern };
  return column === "trace" ? { kind: "has-trace" } : { kind: "everything" };
}
