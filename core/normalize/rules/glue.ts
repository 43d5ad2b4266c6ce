import type { VariableClass } from "../classes.ts";
import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";

/** Signs that hold the parts of one name together. */
const JOINERS = new Set([".", "-", "_", "+", "*", "~", "@", "#", "/", "%", "^", "|", "\\", ":", "!"]);

/** Measures beside each other stay what they are: `3/5`, `12.5MB/1GB`. */
const MEASURES: ReadonlySet<VariableClass | undefined> = new Set([
  "number",
  "size",
  "duration",
  "timestamp",
  "money",
  "bool",
  "version",
  "agent",
  "url",
  "method",
]);

const isPart = (piece: Piece | undefined): boolean => isWord(piece) || isMark(piece);

const isJoiner = (piece: Piece | undefined): boolean => piece?.kind === "sign" && JOINERS.has(piece.text);

/** `{<id>}` and `[<ip>]` inside a key. */
const isBraced = (pieces: readonly Piece[], at: number): boolean =>
  (isSign(pieces[at], "{") && isMark(pieces[at + 1]) && isSign(pieces[at + 2], "}")) ||
  (isSign(pieces[at], "[") && isMark(pieces[at + 1]) && isSign(pieces[at + 2], "]"));

/** The end of the run of parts and joiners that begins at `from`; a joiner at its end does not belong to it. */
function runEnd(pieces: readonly Piece[], from: number): number {
  let end = from;
  for (let i = from; i < pieces.length; i++) {
    // `cart:{<id>}:items`
    if (isJoiner(pieces[i - 1]) && isBraced(pieces, i)) {
      i += 2;
      end = i + 1;
      continue;
    }
    if (!isPart(pieces[i]) && !isJoiner(pieces[i])) break;
    if (isPart(pieces[i])) end = i + 1;
    // A row of dots leads to a value.
    else if (isJoiner(pieces[i - 1]) && isJoiner(pieces[i + 1])) break;
  }
  return end;
}

/** A type and the identity of an object: `PgConnection@1b2c3d`, `Order#12`. */
const isType = (piece: Piece | undefined): boolean =>
  piece?.kind === "word" && /(?:^|\.)[A-Z][\w$]*$/.test(piece.text) && /[a-z]/.test(piece.text);

/** Whether the run is one name of which parts are known to vary. */
function isName(pieces: readonly Piece[], from: number, to: number): boolean {
  let varying = 0;
  let parts = 0;
  let colons = 0;
  for (let i = from; i < to; i++) {
    const piece = pieces[i];
    if (isSign(piece, ":")) colons++;
    else if (isPart(piece)) parts++;
    // Digits hidden by stars: `+44*****169`.
    if ((isMark(piece) && !MEASURES.has(piece?.class)) || isSign(piece, "*")) varying++;
  }
  const hasMark = pieces.slice(from, to).some((piece) => isMark(piece));
  if (parts < 2 || !hasMark) return false;
  const words = pieces.slice(from, to).some((piece) => isWord(piece));
  // `host:80`, `file.go:12`, `code:12` are two things; `user:12:profile` and `sess:1f0c` are keys.
  if (colons > 1) return words && parts > 2;
  if (colons > 0) return to === from + 3 ? isKeyed(pieces, from) : isTagged(pieces, from, to);
  return varying > 0 || (words && !isSign(pieces[from + 1], "/"));
}

/** Behind the padding of base64: one or two `=` before the end of the word. */
function paddedEnd(pieces: readonly Piece[], at: number): number {
  // `SALE_<id>%`
  if (isSign(pieces[at], "%") && isSpace(pieces[at + 1])) return at + 1;
  let end = at;
  while (end < at + 2 && isSign(pieces[end], "=")) end++;
  const next = pieces[end];
  return next === undefined || isSign(next, ",") || isSign(next, ")") || isSign(next, ";") ? end : at;
}

/** `<host>/ocr:<id>@<hex>`: below a host, with a tag or a digest. */
const isTagged = (pieces: readonly Piece[], from: number, to: number): boolean => {
  const run = pieces.slice(from, to);
  return (
    run.some((piece) => isSign(piece, "/") || isSign(piece, "@")) &&
    run.some((piece) => isMark(piece, "id") || isMark(piece, "hex"))
  );
};

/** `sess:<hex>`: a key of two parts, not a host and its port. */
const isKeyed = (pieces: readonly Piece[], from: number): boolean =>
  isMark(pieces[from], "path")
    ? isWord(pieces[from + 2]) || KEYED.has(pieces[from + 2]?.class)
    : pieces[from]?.text === "ip"
      ? isMark(pieces[from + 2], "ip")
      : /^[a-z]+$/.test(pieces[from]?.text ?? "") && KEYED.has(pieces[from + 2]?.class);

const KEYED: ReadonlySet<VariableClass | undefined> = new Set(["id", "hex", "uuid"]);

/** Whether a sign is the first character of a generated name, or the `#` before a number. */
function leadsName(pieces: readonly Piece[], at: number): boolean {
  const before = pieces[at - 1];
  if (isSign(pieces[at], "#")) return isMark(pieces[at + 1]) && !isPart(before);
  const sign = ["-", "+", ".", "@"].find((lead) => isSign(pieces[at], lead));
  return (
    sign !== undefined &&
    isMark(pieces[at + 1], sign === "@" ? "path" : "id") &&
    (before === undefined || isSpace(before) || isSign(before, "["))
  );
}

/** More pieces are no object. */
const LONGEST_REPR = 24;

/** Behind `<Meter: Parcel object (12)>`, `<Task name='x'>`, `<Lock at 0x7f12>`: how a program prints an object. */
function reprEnd(pieces: readonly Piece[], at: number): number {
  const type = pieces[at + 1];
  if (!isSign(pieces[at], "<") || type?.kind !== "word" || !/^[A-Z]\w*[a-z]/.test(type.text)) return at;
  if (!isSign(pieces[at + 2], ":") && !isSpace(pieces[at + 2])) return at;
  let marks = 0;
  for (let i = at + 2; i < at + LONGEST_REPR; i++) {
    if (isMark(pieces[i])) marks++;
    if (isSign(pieces[i], "<")) return at;
    if (isSign(pieces[i], ">")) return marks > 0 || isSign(pieces[at + 2], ":") ? i + 1 : at;
  }
  return at;
}

/** The pieces at `at` that are one name; `start` is behind them where they are not. */
function nameAt(pieces: readonly Piece[], at: number): { start: number; end: number } {
  // `<bob@example.com>`
  const angled = isSign(pieces[at], "<") && isMark(pieces[at + 1]) && isSign(pieces[at + 2], ">");
  if (angled && !MEASURES.has(pieces[at + 1]?.class)) return { start: at, end: at + 3 };
  const repr = reprEnd(pieces, at);
  if (repr > at) return { start: at, end: repr };
  if (leadsName(pieces, at)) {
    const last = Math.max(runEnd(pieces, at + 1), at + 2);
    // `#3#`
    return { start: at, end: isSign(pieces[at], "#") && isSign(pieces[last], "#") ? last + 1 : last };
  }
  if (!isPart(pieces[at])) return { start: at + 1, end: at + 1 };
  const end = runEnd(pieces, at);
  const sign = pieces[at + 1];
  if (isType(pieces[at]) && (isSign(sign, "@") || isSign(sign, "#")) && isMark(pieces[end - 1])) {
    // `[com.acme.Order#12]`: in brackets the type is part of the argument. Elsewhere it tells what failed.
    const whole = isSign(pieces[at - 1], "[") && isSign(pieces[end], "]");
    return { start: whole ? at : at + 2, end };
  }
  const inPath = isSign(pieces[at - 1], "/") || isSign(pieces[at - 1], "?");
  const isGlued = isMark(pieces[at], "id") && end === at + 1 ? paddedEnd(pieces, end) > end : isName(pieces, at, end);
  return { start: inPath || !isGlued ? end : at, end };
}

/** `cart_<id>*<number>`, `orders.<id>`, `user:<number>:profile`: a name whose parts vary is one variable. */
export function glueNames(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const { start, end } = nameAt(pieces, i);
    result.push(...pieces.slice(i, start));
    if (start >= end) {
      i = start - 1;
      continue;
    }
    const last = paddedEnd(pieces, end);
    result.push(merged(pieces, start, last, "id"));
    i = last - 1;
  }
  return result;
}
