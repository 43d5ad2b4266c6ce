import { isQualifiedClass } from "../nouns.ts";
import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";
import { isMethod } from "../tables.ts";

const touches = (piece: Piece | undefined): boolean => isWord(piece) || isMark(piece);

/** Whether the quote at `at` can open: an apostrophe inside a word or a closing quote cannot. */
function opens(pieces: readonly Piece[], at: number): boolean {
  const sign = pieces[at]?.text;
  if (sign === '"' || sign === "`") return true;
  return sign === "'" && !touches(pieces[at - 1]);
}

/** Where the quote opened at `at` closes, or -1. An escaped quote closes only one that was escaped as well. */
function closing(pieces: readonly Piece[], at: number): number {
  const sign = pieces[at]?.text ?? "";
  const escaped = isSign(pieces[at - 1], "\\");
  for (let i = at + 1; i < pieces.length; i++) {
    if (!isSign(pieces[i], sign)) continue;
    if (isSign(pieces[i - 1], "\\") !== escaped) continue;
    if (sign === "'" && touches(pieces[i + 1])) continue;
    return i;
  }
  return -1;
}

/** `GET /path`, as it stands in quotes in access lines. */
function isRequest(pieces: readonly Piece[], at: number): boolean {
  const method = pieces[at];
  if (method === undefined || !isWord(method) || !isMethod(method.text) || !isSpace(pieces[at + 1])) return false;
  const target = pieces[at + 2];
  return isMark(target, "path") || isMark(target, "url") || isSign(target, "/") || isSign(target, "*");
}

/** Structured text loggers quote the message itself and let pairs follow: `"Failed to sync" pod="a"`. */
function isMessage(pieces: readonly Piece[], open: number, close: number): boolean {
  const before = pieces[open - 1];
  const leads = open === 0 || (isSpace(before) && isSign(pieces[open - 2], "]"));
  if (!leads || close - open < 3) return false;
  if (close === pieces.length - 1) return true;
  return isSpace(pieces[close + 1]) && isWord(pieces[close + 2]) && isSign(pieces[close + 3], "=");
}

/** A class in quotes is treated like one without. */
function isClassName(pieces: readonly Piece[], open: number, close: number): boolean {
  const name = pieces[open + 1];
  return close === open + 2 && name !== undefined && isWord(name) && isQualifiedClass(name.text);
}

/** A request keeps its method (it tells operations apart); its target and protocol are data. */
function request(pieces: readonly Piece[], open: number, close: number): Piece[] {
  const head = pieces.slice(open, open + 3);
  return [...head, merged(pieces, open + 3, close, "path"), ...pieces.slice(close, close + 1)];
}

/** Quoted text is what a developer passed as an argument. The quotes go with it: some values are quoted only at times. */
export function maskQuotes(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  const hopeless = new Set<string>();
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    const key = `${piece.text}${isSign(pieces[i - 1], "\\")}`;
    if (piece.kind !== "sign" || !opens(pieces, i) || hopeless.has(key)) {
      result.push(piece);
      continue;
    }
    const close = closing(pieces, i);
    if (close < 0) {
      // No later quote of this kind can close either: looking again for each would take quadratic time.
      hopeless.add(key);
      result.push(piece);
      continue;
    }
    if (isRequest(pieces, i + 1) && !isSign(pieces[i - 2], ":") && !isSign(pieces[i - 1], "=")) {
      result.push(...request(pieces, i, close));
    } else if (isMessage(pieces, i, close)) result.push(...pieces.slice(i + 1, close));
    else if (isClassName(pieces, i, close)) result.push(...pieces.slice(i + 1, close));
    else result.push(merged(pieces, i, close + 1, "string"));
    i = close;
  }
  return result;
}
