import type { VariableClass } from "../classes.ts";
import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";

/** For every opening bracket the index of its closing one; one pass with a stack, unbalanced ones are left out. */
function partners(pieces: readonly Piece[], open: string, close: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const stack: number[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece?.kind !== "sign") continue;
    if (piece.text === open) stack.push(i);
    else if (piece.text === close) {
      const start = stack.pop();
      if (start !== undefined) pairs.set(start, i);
    }
  }
  return pairs;
}

/** Whether what follows `{` is an object in some notation: `"a":`, `a=`, `a:`. */
function isObject(pieces: readonly Piece[], open: number): boolean {
  const at = isSpace(pieces[open + 1]) ? open + 2 : open + 1;
  const key = pieces[at];
  const after = isSpace(pieces[at + 1]) ? pieces[at + 2] : pieces[at + 1];
  return (isWord(key) || isMark(key)) && (isSign(after, ":") || isSign(after, "="));
}

/** Objects in braces (JSON, maps, records as text) are one variable: their fields come and go. */
export function maskBraces(pieces: readonly Piece[]): readonly Piece[] {
  if (!pieces.some((piece) => isSign(piece, "{"))) return pieces;
  const pairs = partners(pieces, "{", "}");
  const cut = isSign(pieces[pieces.length - 1], "…") || pieces[pieces.length - 1]?.text.endsWith("…") === true;
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    if (!isSign(piece, "{")) {
      result.push(piece);
      continue;
    }
    const close = pairs.get(i) ?? (cut ? pieces.length - 1 : -1);
    const empty = close === i + 1 || (close === i + 2 && isSpace(pieces[i + 1]));
    if (close > i && (empty || isObject(pieces, i))) {
      result.push(merged(pieces, i, close + 1, "json"));
      i = close;
    } else result.push(piece);
  }
  return result;
}

const ENDS = new Set([",", ";", ")", "]", "}", "|", "&", ">", '"', "'"]);

/** Where the value that begins at `from` ends: at white space or a closing sign. */
function valueEnd(pieces: readonly Piece[], from: number): number {
  let i = from;
  for (; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined || piece.kind === "space") break;
    if (piece.kind === "sign" && ENDS.has(piece.text)) {
      const next = pieces[i + 1];
      // `a=1,2,3` is one value, `a=1,b=2` are two.
      const goesOn =
        piece.text === "," && (isMark(next) || isWord(next)) && !isSign(pieces[i + 2], "=") && !isSpace(pieces[i + 2]);
      if (!goesOn) break;
    }
    if (piece.kind === "sign" && (piece.text === "[" || piece.text === "(")) {
      const close = piece.text === "[" ? "]" : ")";
      let depth = 1;
      while (depth > 0 && ++i < pieces.length) {
        if (isSign(pieces[i], piece.text)) depth++;
        else if (isSign(pieces[i], close)) depth--;
      }
    }
  }
  return Math.min(i, pieces.length);
}

/** The values of key=value, also with spaces around the sign, are variables of one class: 3, null and abc are alike. */
export function maskPairs(pieces: readonly Piece[]): readonly Piece[] {
  if (!pieces.some((piece) => isSign(piece, "="))) return pieces;
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    result.push(piece);
    if (!isSign(piece, "=") || isSign(pieces[i + 1], "=") || isSign(pieces[i - 1], "=")) continue;
    const key = isSpace(pieces[i - 1]) ? pieces[i - 2] : pieces[i - 1];
    if (!isWord(key) && !isMark(key) && !isSign(key, "]") && !isSign(key, ")")) continue;
    let from = i + 1;
    if (isSpace(pieces[from])) {
      // `a= b=1`: the first has no value; `a= 1` and `a = 1` have one.
      const next = pieces[from + 1];
      if (isSign(pieces[from + 2], "=") || (!isMark(next) && !isSpace(pieces[i - 1]))) continue;
      result.push(...pieces.slice(from, from + 1));
      from++;
    }
    const end = valueEnd(pieces, from);
    if (end > from) result.push(merged(pieces, from, end, "value"));
    i = Math.max(i, end - 1, from - 1);
  }
  return result;
}

const isElement = (piece: Piece | undefined): boolean => isMark(piece) || isWord(piece);

/** Whether the pieces between are two or more single words or marks, apart by commas. */
function isList(pieces: readonly Piece[], from: number, to: number): boolean {
  let commas = 0;
  let expectsElement = true;
  for (let i = from; i < to; i++) {
    const piece = pieces[i];
    if (isSpace(piece)) continue;
    if (isSign(piece, ",")) {
      commas++;
      if (expectsElement) return false;
      expectsElement = true;
    } else if (isElement(piece)) {
      if (!expectsElement) return false;
      expectsElement = false;
    } else return false;
  }
  return commas > 0;
}

/** Lists in square brackets. One quoted element is a list too; one bare word is a label, as in `[main]`. */
export function maskLists(pieces: readonly Piece[]): readonly Piece[] {
  return listsIn(listsIn(pieces, "[", "]"), "(", ")");
}

/** Whether a word in the plural stands before a bracket: even a single element is a list then (`roles [admin]`). */
function isPlural(pieces: readonly Piece[], at: number): boolean {
  const word = isSpace(pieces[at]) ? pieces[at - 1] : undefined;
  return word !== undefined && word.kind === "word" && /[a-z]{2}s$/.test(word.text) && !/(?:ss|us|is)$/.test(word.text);
}

/** The class that all elements of a list have: `[1, 2]` is like `[1]`. */
function commonClass(pieces: readonly Piece[], from: number, to: number): VariableClass | undefined {
  let common: VariableClass | undefined;
  for (let i = from; i < to; i++) {
    const piece = pieces[i];
    if (piece === undefined || piece.kind === "space" || isSign(piece, ",")) continue;
    if (piece.class === undefined || piece.class === "string" || (common !== undefined && common !== piece.class))
      return undefined;
    common = piece.class;
  }
  return common;
}

/** Lists in round brackets only behind a plural: elsewhere they are asides. */
function listsIn(pieces: readonly Piece[], open: string, closing: string): readonly Piece[] {
  if (!pieces.some((piece) => isSign(piece, open))) return pieces;
  const pairs = partners(pieces, open, closing);
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    result.push(piece);
    const close = isSign(piece, open) ? pairs.get(i) : undefined;
    if (close === undefined || (open === "(" && !isPlural(pieces, i - 1))) continue;
    const single =
      close === i + 2 && (isMark(pieces[i + 1], "string") || (isWord(pieces[i + 1]) && isPlural(pieces, i - 1)));
    if (single || isList(pieces, i + 1, close)) {
      result.push(merged(pieces, i + 1, close, commonClass(pieces, i + 1, close) ?? "list"));
      i = close - 1;
    }
  }
  return result;
}
