import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";
import { isCodeKey, isErrorCode, isErrorKey, isReason, isState } from "../tables.ts";

/** For every opening bracket the index of its closing one; one pass with a stack, unbalanced ones are left out. */
export function partners(pieces: readonly Piece[], open: string, close: string): ReadonlyMap<number, number> {
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

/** `{<string>, <string>}`: masked elements, apart by commas. A single one is a part of a name (`cart:{12}`). */
function isSet(pieces: readonly Piece[], open: number, close: number): boolean {
  for (let i = open + 1; i < close; i++) {
    const piece = pieces[i];
    if (!isMark(piece) && !isSpace(piece) && !isSign(piece, ",")) return false;
  }
  return isMark(pieces[open + 1], "string") || (close > open + 2 && isSign(pieces[open + 2], ","));
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
    if (close > i && (empty || isObject(pieces, i) || isSet(pieces, i, close))) {
      result.push(merged(pieces, i, close + 1, "json"));
      i = close;
    } else result.push(piece);
  }
  return result;
}

const ENDS = new Set([",", ";", ")", "]", "}", "|", "&", ">", '"', "'"]);

/** Behind `<…>` around a value, as mail servers write addresses; `at` where there is none. */
function angledEnd(pieces: readonly Piece[], at: number): number {
  if (!isSign(pieces[at], "<")) return at;
  for (let i = at + 1; i < at + 32; i++) if (isSign(pieces[i], ">")) return i + 1;
  return at;
}

/** Where the value that begins at `from` ends: at white space or a closing sign. */
function valueEnd(pieces: readonly Piece[], from: number): number {
  let i = angledEnd(pieces, from);
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
    if (piece.kind === "sign" && (piece.text === "[" || piece.text === "(" || piece.text === "{")) {
      const close = piece.text === "[" ? "]" : piece.text === "(" ? ")" : "}";
      let depth = 1;
      while (depth > 0 && ++i < pieces.length) {
        if (isSign(pieces[i], piece.text)) depth++;
        else if (isSign(pieces[i], close)) depth--;
      }
    }
  }
  return Math.min(i, pieces.length);
}

/** Whether the value begins the text of an error, or is an error code: it stays. */
function isTelling(key: Piece | undefined, value: Piece | undefined): boolean {
  if (key?.kind !== "word" || value?.kind !== "word" || (/[0-9]/.test(value.text) && !isReason(key.text, value.text)))
    return false;
  return (
    isErrorKey(key.text) ||
    isState(key.text, value.text) ||
    isReason(key.text, value.text) ||
    (isCodeKey(key.text) && isErrorCode(value.text))
  );
}

/** `carrier=Royal Mail tracking=…`: a value of several words in capitals goes on up to the next pair. */
function spacedEnd(pieces: readonly Piece[], end: number): number {
  let i = end;
  for (let words = 0; words < 4 && isSpace(pieces[i]) && isSpace(pieces[end]); words++) {
    const next = pieces[i + 1];
    if (isSign(pieces[i + 2], "=")) return isWord(next) ? i : end;
    if (!isMark(next) && (next?.kind !== "word" || !/^[A-Z0-9]/.test(next.text))) return end;
    i += 2;
  }
  return end;
}

/** Fewer are pairs of a message. */
const FEWEST_PARTS = 3;

/** `CN=<value> Smith,OU=<value>,DC=<value>`: pairs apart by nothing but commas are one name. */
function distinguishedEnd(pieces: readonly Piece[], at: number): number {
  let parts = 0;
  let end = at;
  while (isWord(pieces[end]) && isSign(pieces[end + 1], "=")) {
    let next = end + 3;
    parts++;
    end = next;
    for (let steps = 0; steps < 5 && next < pieces.length; steps++, next++) {
      if (isSign(pieces[next], ",") && isWord(pieces[next + 1]) && isSign(pieces[next + 2], "=")) {
        end = next + 1;
        break;
      }
    }
    if (end !== next + 1) break;
  }
  return parts >= FEWEST_PARTS ? end : at;
}

function mergeDistinguished(pieces: readonly Piece[]): readonly Piece[] {
  if (!pieces.some((piece) => isSign(piece, ","))) return pieces;
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const end = isWord(pieces[i]) ? distinguishedEnd(pieces, i) : i;
    if (end > i) {
      result.push(merged(pieces, i, end, "id"));
      i = end - 1;
    } else result.push(...pieces.slice(i, i + 1));
  }
  return result;
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
    // `desc = <id> has no invoice`: an error that begins with a name.
    const led = from > i + 1 && key?.kind === "word" && isErrorKey(key.text) && isSpace(pieces[from + 1]);
    if (isTelling(key, pieces[from]) || (led && isMark(pieces[from]) && isWord(pieces[from + 2]))) {
      i = Math.max(i, from - 1);
      continue;
    }
    const end = spacedEnd(pieces, valueEnd(pieces, from));
    if (end > from) result.push(merged(pieces, from, end, "value"));
    i = Math.max(i, end - 1, from - 1);
  }
  return mergeDistinguished(result);
}
