import { isDataNoun, isQualifiedClass } from "../nouns.ts";
import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";
import { isErrorKey, isMethod, isReason } from "../tables.ts";

const touches = (piece: Piece | undefined): boolean => isWord(piece) || isMark(piece);

/** Whether the quote at `at` can open: an apostrophe inside a word or a closing quote cannot. */
function opens(pieces: readonly Piece[], at: number): boolean {
  const sign = pieces[at]?.text;
  if (sign === '"' || sign === "`") return true;
  return sign === "'" && !touches(pieces[at - 1]);
}

/** A quote that nothing closes before the next one opens. */
const UNCLOSED = -2;

/** `[id "942100"]`: the quote opens the value of a field in brackets. */
const isField = (pieces: readonly Piece[], at: number): boolean =>
  isSpace(pieces[at - 1]) && isWord(pieces[at - 2]) && isSign(pieces[at - 3], "[");

/** Where the quote opened at `at` closes, or -1. An escaped quote closes only one that was escaped as well. */
function closing(pieces: readonly Piece[], at: number): number {
  const sign = pieces[at]?.text ?? "";
  const escaped = isSign(pieces[at - 1], "\\");
  let nested = false;
  for (let i = at + 1; i < pieces.length; i++) {
    if (sign === "`" && isSign(pieces[i], "'")) {
      if (!touches(pieces[i - 1])) nested = true;
      // `name': how older programs open and close a quote.
      else if (!nested && !touches(pieces[i + 1])) return i;
    }
    if (!isSign(pieces[i], sign)) continue;
    if (isSign(pieces[i - 1], "\\") !== escaped) continue;
    if (sign === '"' && isField(pieces, i) && !isField(pieces, at)) return UNCLOSED;
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

/** `GET /orders/<id>`: a route, where the scan has kept one. */
function isRoute(pieces: readonly Piece[], at: number): boolean {
  return isRequest(pieces, at) && isSign(pieces[at + 2], "/") && (isWord(pieces[at + 3]) || isMark(pieces[at + 3]));
}

/** Structured text loggers quote the message itself and let pairs follow: `"Failed to sync" pod="a"`. */
function isMessage(pieces: readonly Piece[], open: number, close: number): boolean {
  const before = pieces[open - 1];
  const leads = open === 0 || (isSpace(before) && isSign(pieces[open - 2], "]"));
  if (!leads || close - open < 3) return false;
  if (close === pieces.length - 1) return true;
  return isSpace(pieces[close + 1]) && isWord(pieces[close + 2]) && isSign(pieces[close + 3], "=");
}

/** `err="connection refused by …"`: a text that tells what happened. */
function isError(pieces: readonly Piece[], open: number, close: number): boolean {
  const at = isSpace(pieces[open - 1]) ? open - 2 : open - 1;
  if (!isSign(pieces[at], "=") || close < open + 2 || isMark(pieces[open + 1])) return false;
  const key = isSpace(pieces[at - 1]) ? pieces[at - 2] : pieces[at - 1];
  if (key?.kind !== "word") return false;
  return isErrorKey(key.text) || (close === open + 2 && isReason(key.text, pieces[open + 1]?.text ?? ""));
}

/** A class in quotes is treated like one without. */
function isClassName(pieces: readonly Piece[], open: number, close: number): boolean {
  const name = pieces[open + 1];
  // `table "shop.public.Order"`
  if (isSpace(pieces[open - 1]) && isDataNoun(pieces[open - 2]?.text ?? "")) return false;
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
      if (close !== UNCLOSED) hopeless.add(key);
      result.push(piece);
      continue;
    }
    if (isRoute(pieces, i + 1)) result.push(...pieces.slice(i, close + 1));
    else if (isRequest(pieces, i + 1) && !isSign(pieces[i - 2], ":") && !isSign(pieces[i - 1], "=")) {
      result.push(...request(pieces, i, close));
    } else if (isMessage(pieces, i, close) || isError(pieces, i, close)) {
      // What is quoted inside a text is escaped there.
      result.push(...maskQuotes(pieces.slice(i + 1, close)));
    } else if (isClassName(pieces, i, close)) result.push(...pieces.slice(i + 1, close));
    else result.push(merged(pieces, i, close + 1, "string"));
    i = close;
  }
  return result;
}
