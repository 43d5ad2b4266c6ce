import { markAt, type VariableClass } from "./classes.ts";
import { markOf } from "./key-builder.ts";

/** A part of a key as the grammar sees it. Offsets are the key's. A masked piece has a class and may cover many. */
export interface Piece {
  readonly kind: "word" | "space" | "mark" | "sign";
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly class?: VariableClass;
}

/** Word characters of the grammar: letters, digits, and the signs that hold compound names together. */
function isWordCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36 ||
    code > 127
  );
}

/** `.`, `-` and `/` belong to a word between two word characters. */
function joins(key: string, at: number): boolean {
  const code = key.charCodeAt(at);
  return (code === 45 || code === 46 || code === 47) && isWordCode(key.charCodeAt(at + 1));
}

/** More pieces than a message has words: what follows them is a dump, and every rule looks at each. */
const MOST_PIECES = 320;

export function piecesOf(key: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < key.length) {
    if (pieces.length === MOST_PIECES) {
      pieces.push({ kind: "sign", text: "…", start: at, end: key.length });
      break;
    }
    const code = key.charCodeAt(at);
    const start = at;
    if (code === 60) {
      const mark = markAt(key, at);
      if (mark !== undefined) {
        at += mark.length + 2;
        pieces.push({ kind: "mark", text: markOf(mark), start, end: at, class: mark });
        continue;
      }
    }
    if (isWordCode(code)) {
      while (at < key.length && (isWordCode(key.charCodeAt(at)) || joins(key, at))) at++;
      pieces.push({ kind: "word", text: key.slice(start, at), start, end: at });
    } else {
      at++;
      pieces.push({ kind: code === 32 ? "space" : "sign", text: key.charAt(start), start, end: at });
    }
  }
  return pieces;
}

/** One mark in the place of the pieces from `from` up to, not including, `to`. */
export function merged(pieces: readonly Piece[], from: number, to: number, name: VariableClass): Piece {
  const start = pieces[from]?.start ?? 0;
  return { kind: "mark", text: markOf(name), start, end: pieces[to - 1]?.end ?? start, class: name };
}

export function isSign(piece: Piece | undefined, text: string): boolean {
  return piece !== undefined && piece.kind === "sign" && piece.text === text;
}

export function isMark(piece: Piece | undefined, name?: VariableClass): boolean {
  return piece !== undefined && piece.kind === "mark" && (name === undefined || piece.class === name);
}

export function isWord(piece: Piece | undefined): boolean {
  return piece !== undefined && piece.kind === "word";
}

export function isSpace(piece: Piece | undefined): boolean {
  return piece !== undefined && piece.kind === "space";
}
