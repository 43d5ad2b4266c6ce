import { type Piece, piecesOf } from "./pieces.ts";
import { maskAccess } from "./rules/access.ts";
import { collapse } from "./rules/collapse.ts";
import { maskBraces, maskLists, maskPairs } from "./rules/groups.ts";
import { mergeTimes, mergeUnits } from "./rules/measures.ts";
import { maskQuotes } from "./rules/quotes.ts";
import { maskSlots } from "./rules/slots.ts";
import { maskSqlLists } from "./rules/sql.ts";

/** A rule sees the pieces of a key and returns them with more of them masked. Linear in their number. */
type Rule = (pieces: readonly Piece[]) => readonly Piece[];

/** In this order: what is enclosed before what encloses it, then what context tells, at last repetitions. */
const RULES: readonly Rule[] = [
  maskQuotes,
  mergeTimes,
  mergeUnits,
  maskBraces,
  maskSqlLists,
  maskPairs,
  maskAccess,
  maskSlots,
  maskLists,
  collapse,
];

/** The full rules: pieces of the template of a key. A pure function of the key. */
export function parseKey(key: string): readonly Piece[] {
  return RULES.reduce<readonly Piece[]>((pieces, rule) => rule(pieces), piecesOf(key));
}

export function templateOf(pieces: readonly Piece[]): string {
  let text = "";
  for (const piece of pieces) text += piece.text;
  return text;
}
