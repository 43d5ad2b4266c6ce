import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";
import { isMethod, REASONS } from "../tables.ts";

const isMethodPiece = (piece: Piece | undefined): boolean => piece?.kind === "word" && isMethod(piece.text);

/** Where `"GET <path>"` begins, if a bare status follows it: the mark of access lines, whose fields have no names. */
function requestAt(pieces: readonly Piece[]): number {
  for (let i = 0; i + 6 < pieces.length; i++) {
    const quoted = isSign(pieces[i], '"') && isMethodPiece(pieces[i + 1]) && isSign(pieces[i + 4], '"');
    if (quoted && isSpace(pieces[i + 5]) && isMark(pieces[i + 6], "number")) return i;
  }
  // The request ends the line, behind fields of numbers.
  const last = pieces.length - 5;
  const ends = isSign(pieces[last], '"') && isMethodPiece(pieces[last + 1]) && isSign(pieces[last + 4], '"');
  return ends && pieces.filter((piece) => isMark(piece, "number")).length >= FEWEST_NUMBERS ? last : -1;
}

const FEWEST_NUMBERS = 6;

/** More words than this before the request are a sentence about it, not the fields of an access line. */
const MOST_WORDS = 3;

/** One access line is like any other: which fields are `-` and which hold values differs from line to line. */
function accessLine(pieces: readonly Piece[], at: number): readonly Piece[] | undefined {
  let words = 0;
  for (let i = 0; i < at; i++) if (isWord(pieces[i])) words++;
  if (words > MOST_WORDS) return undefined;
  const bracketed = isSign(pieces[0], "[") && isSign(pieces[at - 2], "]");
  const fields = bracketed
    ? [...pieces.slice(0, 1), merged(pieces, 1, at - 2, "value"), ...pieces.slice(at - 2, at - 1)]
    : [merged(pieces, 0, at - 1, "value")];
  const before = at > 1 ? [...fields, ...pieces.slice(at - 1, at)] : [];
  const request = [
    ...pieces.slice(at, at + 1),
    merged(pieces, at + 1, at + 2, "method"),
    ...pieces.slice(at + 2, at + 6),
  ];
  return at + 6 < pieces.length
    ? [...before, ...request, merged(pieces, at + 6, pieces.length, "value")]
    : [...before, ...request];
}

/** How many pieces behind a status say its reason (`503 Service Unavailable`). */
function reasonLength(pieces: readonly Piece[], at: number): number {
  const words: string[] = [];
  for (let i = at; i < pieces.length && words.length < 3; i += 2) {
    const piece = pieces[i];
    if (piece?.kind !== "word" || !isSpace(pieces[i - 1])) break;
    words.push(piece.text);
  }
  for (let count = words.length; count > 0; count--) {
    if (REASONS.has(words.slice(0, count).join(" "))) return 2 * count - 1;
  }
  return 0;
}

/** Lines about HTTP requests: the method is an argument where a target follows it outside quotes. */
export function maskAccess(pieces: readonly Piece[]): readonly Piece[] {
  const at = requestAt(pieces);
  const access = at < 0 ? undefined : accessLine(pieces, at);
  if (access !== undefined) return access;
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    if (isMethodPiece(piece) && isSign(pieces[i - 1], "(") && isSign(pieces[i + 1], ")")) {
      result.push(merged(pieces, i, i + 1, "method"));
      continue;
    }
    const target = pieces[i + 2];
    const bare = isMethodPiece(piece) && !isSign(pieces[i - 1], '"') && isSpace(pieces[i + 1]);
    if (bare && target !== undefined && (isMark(target, "path") || isMark(target, "url"))) {
      result.push(merged(pieces, i, i + 1, "method"), ...pieces.slice(i + 1, i + 2));
      result.push(target);
      i += 2;
      continue;
    }
    const reason = isMark(piece, "number") ? reasonLength(pieces, i + 2) : 0;
    result.push(reason > 0 ? merged(pieces, i, i + 2 + reason, "number") : piece);
    if (reason > 0) i += 1 + reason;
  }
  return dashesMasked(result);
}

/** ` - -` behind a request: fields without a value, where other lines have numbers. */
function dashesMasked(pieces: readonly Piece[]): readonly Piece[] {
  if (!isMark(pieces[0], "method")) return pieces;
  const last = pieces.length - 1;
  return isSign(pieces[last], "-") && isSpace(pieces[last - 1])
    ? [...pieces.slice(0, last), merged(pieces, last, last + 1, "number")]
    : pieces;
}
