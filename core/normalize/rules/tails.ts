import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";

/** Fewer pairs are part of the sentence, and their keys tell what it is about. */
const FEWEST_PAIRS = 3;

/** Words before the tail without which the keys are all that the message says. */
const FEWEST_WORDS = 2;

/** Where a pair `, key: <mark>` that ends before `to` begins, or -1. The key has up to two words. */
function pairStart(pieces: readonly Piece[], to: number): number {
  if (!isMark(pieces[to - 1])) return -1;
  // `host:80` is a value of two marks.
  const value = isSign(pieces[to - 2], ":") && isMark(pieces[to - 3]) ? to - 3 : to - 1;
  if (!isSpace(pieces[value - 1]) || !isSign(pieces[value - 2], ":") || !isWord(pieces[value - 3])) return -1;
  const two = isSpace(pieces[value - 4]) && isWord(pieces[value - 5]) ? value - 5 : value - 3;
  for (const key of [value - 3, two]) if (isSpace(pieces[key - 1]) && isSign(pieces[key - 2], ",")) return key - 2;
  return -1;
}

/** In a clause behind a comma, and in parentheses: more words are a statement of their own. */
const MOST_ASIDE = 6;
const MOST_ADDED = 3;

/** Whether words and marks say what a thing is or has, without a verb of their own. */
function isAside(pieces: readonly Piece[], from: number, to: number, most: number): boolean {
  let words = 0;
  let marks = 0;
  for (let i = from; i < to; i++) {
    const piece = pieces[i];
    if (piece?.kind === "mark") marks++;
    else if (piece?.kind === "word") {
      if (!/^[A-Za-z]?[a-z]+$/.test(piece.text) || /ing$/.test(piece.text) || FAILING.test(piece.text)) return false;
      words++;
    } else if (piece?.kind === "sign" && !SIGNS.has(piece.text)) return false;
  }
  return marks > 0 && words <= most;
}

const SIGNS = new Set([":", ",", "/"]);

/** Words of an aside that tell problems apart. */
const FAILING = /^(?:no|not|err|error|errno|code|status|reason|cause|failed|but|because|giving|gave)$/;

/** Where the last clause begins, if nothing in it is needed: `(<id>)`, `, etag <id>`, `, skipped <list>`; or -1. */
function asideStart(pieces: readonly Piece[], to: number): number {
  const closes = isSign(pieces[to - 1], ")");
  const opener = closes ? "(" : ",";
  for (let i = to - 2; i > 2 && i > to - LONGEST_ASIDE; i--) {
    if (!isSign(pieces[i], opener)) continue;
    if (closes) return isSpace(pieces[i - 1]) && isAside(pieces, i + 1, to - 1, MOST_ASIDE) ? i - 1 : -1;
    return isSpace(pieces[i + 1]) && isAside(pieces, i + 1, to, MOST_ADDED) ? i : -1;
  }
  return -1;
}

const LONGEST_ASIDE = 14;

/** Words and values before the pairs without which the keys are what a message says. */
const FEWEST_BEFORE = 4;

/** Where the optional pairs at the end begin: the first one stays, because it tells that there are some. */
function withoutPairs(pieces: readonly Piece[]): number {
  let end = pieces.length;
  let pairs = 0;
  while (
    isMark(pieces[end - 1], "value") &&
    isSign(pieces[end - 2], "=") &&
    isWord(pieces[end - 3]) &&
    isSpace(pieces[end - 4])
  ) {
    end -= isSign(pieces[end - 5], ",") ? 5 : 4;
    pairs++;
  }
  let before = 0;
  for (let i = 0; i < end; i++) {
    if (isSign(pieces[i], "=")) return pieces.length;
    if (isWord(pieces[i]) || isMark(pieces[i])) before++;
  }
  return pairs === 0 || before < FEWEST_BEFORE ? pieces.length : end;
}

/** Optional clauses at the end of a message come and go with what is known: they do not make it another. */
function withoutAsides(pieces: readonly Piece[]): readonly Piece[] {
  let end = withoutPairs(pieces);
  for (let start = asideStart(pieces, end); start > 0; start = asideStart(pieces, end)) {
    let words = 0;
    for (let i = 0; i < start; i++) if (isWord(pieces[i])) words++;
    if (words < FEWEST_WORDS) break;
    end = start;
  }
  return end === pieces.length ? pieces : pieces.slice(0, end);
}

/** `…, client: <ip>, server: <host>, request: <string>`: which pairs end a message differs from line to line. */
export function maskTails(pieces: readonly Piece[]): readonly Piece[] {
  let from = pieces.length;
  let pairs = 0;
  for (let start = pairStart(pieces, from); start >= 0; start = pairStart(pieces, from)) {
    from = start;
    pairs++;
  }
  if (pairs < FEWEST_PAIRS) return withoutAsides(pieces);
  const words = pieces.slice(0, from).filter((piece) => isWord(piece)).length;
  if (words < FEWEST_WORDS) return pieces;
  return [...pieces.slice(0, from + 2), merged(pieces, from + 2, pieces.length, "value")];
}
