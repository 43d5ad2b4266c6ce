import type { VariableClass } from "./classes.ts";
import { markOf } from "./key-builder.ts";
import { isSign, type Piece, piecesOf } from "./pieces.ts";
import { maskAccess } from "./rules/access.ts";
import { mergeAgents } from "./rules/agents.ts";
import { maskCoined } from "./rules/coined.ts";
import { collapse } from "./rules/collapse.ts";
import { glueNames } from "./rules/glue.ts";
import { maskBraces, maskPairs } from "./rules/groups.ts";
import { maskHead } from "./rules/head.ts";
import { maskLists } from "./rules/lists.ts";
import { mergeTimes, mergeUnits } from "./rules/measures.ts";
import { maskQuotes } from "./rules/quotes.ts";
import { maskSlots } from "./rules/slots.ts";
import { maskSqlLists } from "./rules/sql.ts";
import { maskTails } from "./rules/tails.ts";
import { maskTitles } from "./rules/titles.ts";

/** A rule sees the pieces of a key and returns them with more of them masked. Linear in their number. */
type Rule = (pieces: readonly Piece[]) => readonly Piece[];

/** In this order: what is enclosed before what encloses it, then what context tells, at last repetitions. */
const RULES: readonly Rule[] = [
  maskQuotes,
  mergeTimes,
  mergeUnits,
  mergeAgents,
  maskCoined,
  glueNames,
  maskTitles,
  maskHead,
  maskBraces,
  maskSqlLists,
  maskPairs,
  maskAccess,
  maskSlots,
  maskLists,
  collapse,
  maskTails,
];

/** The full rules: pieces of the template of a key. A pure function of the key. */
export function parseKey(key: string): readonly Piece[] {
  return RULES.reduce<readonly Piece[]>((pieces, rule) => rule(pieces), piecesOf(key));
}

/**
 * Classes of what names something. One argument is now a number, now a name, now an address (`user bob`, `user u_12`,
 * `user bob@example.com`) or a path: a template shows all of them alike, or else one statement would have many. UUIDs,
 * URLs and texts in quotes keep their class: on labelled sets that splits next to nothing, and a reader sees more.
 */
const NAMES: ReadonlySet<VariableClass | undefined> = new Set([
  "id",
  "name",
  "hex",
  "email",
  "host",
  "version",
  "mac",
  "agent",
  "path",
]);

/** The text of a template. The address of a connection stays: `<host>:<number>`. */
export function templateOf(pieces: readonly Piece[]): string {
  let text = "";
  pieces.forEach((piece, at) => {
    const isName = NAMES.has(piece.class) && !(piece.class === "host" && isSign(pieces[at + 1], ":"));
    text += isName ? markOf("id") : piece.text;
  });
  return text;
}
