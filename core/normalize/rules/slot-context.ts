import type { VariableClass } from "../classes.ts";
import { isMark, isSign, isSpace, isWord, type Piece } from "../pieces.ts";

/** What a place in a message expects: the class, and the index behind the pieces that it covers. */
export interface Slot {
  readonly class: VariableClass;
  readonly end: number;
}

/** Classes that a name can have shown by itself, and that its noun replaces, so that one slot has one class. */
export const NAMING: ReadonlySet<VariableClass | undefined> = new Set([
  "id",
  "number",
  "hex",
  "name",
  "string",
  "version",
  "value",
  "path",
  "host",
  "email",
  "url",
]);

export const HOSTING: ReadonlySet<VariableClass | undefined> = new Set(["host", "ip", "id", "name", "string"]);

/** `<name> lag is`, `<name> attempt 3`: the word behind a name begins what is said about it. */
export const SAYS = new Set(["is", "was", "has", "are", "were", "not"]);

/** A word made of several (`order-events`, `idx_users`, `com.acme.Job`, `OrderService`): an identifier, no language. */
export function isIdentifier(text: string): boolean {
  return /[-_./$0-9]/.test(text) || /[a-z][A-Z]/.test(text) || /^[A-Z][A-Z0-9]+$/.test(text);
}

/** Prepositions and signs after which a bare word can no longer be half of a compound. */
export const CLOSERS = new Set(
  "from to in on at by with for of is was has had not does did cannot after because as via until while through are will could failed and or may can must should would lacks has".split(
    " ",
  ),
);

/** Whether the word that ends before `at` ends its phrase there. */
export function isClosed(pieces: readonly Piece[], at: number): boolean {
  const next = pieces[at];
  if (next === undefined) return true;
  // A row of dots leads to a value; only a single one ends a sentence.
  if (isSign(next, ".") && isSign(pieces[at + 1], ".")) return false;
  if (next.kind === "sign") return next.text !== "(" && next.text !== "=" && next.text !== "-";
  const after = pieces[at + 1];
  if (!isSpace(next)) return false;
  if (after === undefined || after.kind !== "word" || CLOSERS.has(after.text) || /ed$/.test(after.text)) return true;
  // `TaskQueue billing WorkerID`: the next key.
  if (/^[A-Z][a-z]+[A-Z]/.test(after.text)) return true;
  const then = isSpace(pieces[at + 2]) ? pieces[at + 3] : undefined;
  return then !== undefined && (then.kind === "mark" || SAYS.has(then.text));
}

/** Whether nothing of the sentence's verb can follow: the end, a sign, a preposition. */
export function isEnd(pieces: readonly Piece[], at: number): boolean {
  return isClosed(pieces, at) && !/ed$/.test(pieces[at + 1]?.text ?? "");
}

/** The end of the name that begins at `from`: words, marks and what joins them without a space (`a<id>:b/<id>`). */
export function nameEnd(pieces: readonly Piece[], from: number): number {
  let i = from;
  while (i < pieces.length && (isWord(pieces[i]) || isMark(pieces[i]) || (i > from && joins(pieces, i)))) i++;
  return i;
}

export function joins(pieces: readonly Piece[], at: number): boolean {
  const text = pieces[at]?.text;
  const sign =
    text === ":" ||
    text === "|" ||
    text === "/" ||
    text === "-" ||
    text === "." ||
    text === "@" ||
    text === "\\" ||
    text === "#" ||
    text === "~";
  return sign && (isWord(pieces[at + 1]) || isMark(pieces[at + 1])) && pieces[at]?.kind === "sign";
}
