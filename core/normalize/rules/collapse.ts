import type { VariableClass } from "../classes.ts";
import { canBeName, isName } from "../nouns.ts";
import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";

/** Signs that separate the elements of a list. */
const SEPARATORS = [",", ";", "|", "#"];

/** Where the next element of a list begins if a separator stands at `at`, or -1. */
function nextElement(pieces: readonly Piece[], at: number): number {
  let i = at;
  while (SEPARATORS.some((sign) => isSign(pieces[i], sign)) && i < at + 2) i++;
  if (isSpace(pieces[i])) i++;
  return i > at ? i : -1;
}

const NUMERIC: ReadonlySet<VariableClass | undefined> = new Set(["number", "id", "hex"]);

/** The class of a list with one more element: ids in hex are sometimes made of digits only. */
function joined(one: VariableClass, other: VariableClass | undefined): VariableClass | undefined {
  if (one === other) return one;
  // A host whose last label no table knows is an id.
  if ((one === "host" && other === "id") || (one === "id" && other === "host")) return "id";
  return NUMERIC.has(one) && NUMERIC.has(other) ? "id" : undefined;
}

/** `db14 db15 db16`: three or more words of one stem, numbered. */
function seriesEnd(pieces: readonly Piece[], from: number): number {
  const stem = stemOf(pieces[from]);
  if (stem === "") return from;
  let end = from + 1;
  while (isSpace(pieces[end]) && stemOf(pieces[end + 1]) === stem) end += 2;
  return end >= from + 5 ? end : from;
}

function stemOf(piece: Piece | undefined): string {
  if (piece === undefined || piece.kind !== "word") return "";
  return /^([A-Za-z_-]+)[0-9]$/.exec(piece.text)?.[1] ?? "";
}

/** `<`, `>` and `~` that stick to a measure belong to it: `<1 sec`. */
function isApproximate(pieces: readonly Piece[], at: number): boolean {
  const sign = pieces[at]?.text;
  if (sign === "." && isSign(pieces[at - 1], "*")) return isMark(pieces[at + 1], "host");
  if (sign !== "<" && sign !== ">" && sign !== "~") return false;
  return (
    (isMark(pieces[at + 1], "duration") || isMark(pieces[at + 1], "size") || isMark(pieces[at + 1], "number")) &&
    !isWord(pieces[at - 1])
  );
}

/** Behind a place in parentheses beside an address (`(São Paulo, BR)`, `(FR, AS64500)`, `(unknown)`), or 0. */
function placeEnd(pieces: readonly Piece[], from: number): number {
  for (let i = from; i < from + 7; i++) {
    if (isSign(pieces[i], ")")) return i > from ? i + 1 : 0;
    const part = isWord(pieces[i]) || isMark(pieces[i], "id") || isSpace(pieces[i]);
    if (!part && !isSign(pieces[i], ",")) return 0;
  }
  return 0;
}

const NAMED: ReadonlySet<VariableClass | undefined> = new Set(["id", "hex", "uuid", "string", "name", "path", "email"]);

const REPEATED: ReadonlySet<VariableClass | undefined> = new Set(["size", "duration", "number", "timestamp"]);

const isKind = (piece: Piece | undefined): boolean =>
  piece?.kind === "word" && /^[A-Z]?[a-z]+$/.test(piece.text) && isName(piece.text);

/** The end of what repeats a mark in parentheses: a measure for the reader, the name of an address (or none). */
function glossEnd(pieces: readonly Piece[], at: number, name: VariableClass): number {
  const open = isSpace(pieces[at]) ? at + 1 : at;
  if (!isSign(pieces[open], "(")) return at;
  if (name === "ip") {
    if (isSign(pieces[open + 1], ")")) return open + 2;
    const inner = pieces[open + 1];
    const place = placeEnd(pieces, open + 1);
    if (place > 0) return place;
    const country = inner?.kind === "word" && /^[A-Z]{2}$/.test(inner.text);
    const names =
      country || isMark(inner, "host") || isMark(inner, "ip") || isMark(inner, "id") || isMark(inner, "name");
    return names && isSign(pieces[open + 2], ")") ? open + 3 : at;
  }
  // `<id> (Enterprise): …`: the kind of a subject.
  if (isSpace(pieces[at]) && isKind(pieces[open + 1]) && isSign(pieces[open + 2], ")") && isSign(pieces[open + 3], ":"))
    return NAMED.has(name) ? open + 3 : at;
  if (name === "name" || name === "id") {
    const inner = pieces[open + 1];
    const named = isSpace(pieces[at]) && (isMark(inner, "email") || isMark(inner, "name") || isMark(inner, "id"));
    if (named && isSign(pieces[open + 2], ")")) return open + 3;
    if (
      isSpace(pieces[at]) &&
      inner?.kind === "word" &&
      /^[a-z]+$/.test(inner.text) &&
      canBeName(inner.text) &&
      isSign(pieces[open + 2], ")")
    )
      return open + 3;
    if (inner?.kind === "word" && /[.-]/.test(inner.text) && isSign(pieces[open + 2], ")")) return open + 3;
  }
  if (
    NAMED.has(name) &&
    isSpace(pieces[at]) &&
    /[a-z](?:[_-][a-z]|[A-Z])/.test(pieces[open + 1]?.text ?? "") &&
    isWord(pieces[open + 1]) &&
    isSign(pieces[open + 2], ")")
  )
    return open + 3;
  // `on main (31aea7e8)`, `cancelled by bob ("too late")`: what is known about a thing besides its name.
  if (
    NAMED.has(name) &&
    isSpace(pieces[at]) &&
    (NAMED.has(pieces[open + 1]?.class) || isMark(pieces[open + 1], "number")) &&
    isSign(pieces[open + 2], ")")
  )
    return open + 3;
  return REPEATED.has(name) && name !== "number" && isMark(pieces[open + 1], name) && isSign(pieces[open + 2], ")")
    ? open + 3
    : at;
}

const isRuler = (piece: Piece): boolean =>
  piece.kind === "sign" && (piece.text === "#" || piece.text === "=" || piece.text === "*");

/** Repetitions of one class are a list, whose length varies: `<ip>, <ip>, <ip>` becomes `<ip>`. */
export function collapse(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    if (isSign(piece, "*") && isSign(pieces[i + 1], ".") && isMark(pieces[i + 2], "host")) continue;
    const from = i;
    // Rulers and progress bars: their length says nothing.
    if (isRuler(piece) && isSign(pieces[i - 1], piece.text)) continue;
    const at = isApproximate(pieces, i) ? i + 1 : i;
    const series = seriesEnd(pieces, at);
    let name = series > at ? "id" : pieces[at]?.class;
    if (name === undefined) {
      result.push(piece);
      continue;
    }
    let end = Math.max(series, at + 1);
    end = glossEnd(pieces, end, name);
    // An id in a route is no element of a list, and neither is the status behind it.
    const isRoute = isSign(pieces[i - 1], "/");
    for (let next = isRoute ? -1 : nextElement(pieces, end); next > 0; next = nextElement(pieces, end)) {
      const more = seriesEnd(pieces, next);
      const wider: VariableClass | undefined = joined(name, more > next ? "id" : pieces[next]?.class);
      if (wider === undefined) break;
      name = wider;
      end = glossEnd(pieces, Math.max(more, next + 1), name);
    }
    result.push(merged(pieces, from, end, name));
    i = end - 1;
  }
  return result;
}
