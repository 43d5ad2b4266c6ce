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

/** `…, client: <ip>, server: <host>, request: <string>`: which pairs end a message differs from line to line. */
export function maskTails(pieces: readonly Piece[]): readonly Piece[] {
  let from = pieces.length;
  let pairs = 0;
  for (let start = pairStart(pieces, from); start >= 0; start = pairStart(pieces, from)) {
    from = start;
    pairs++;
  }
  if (pairs < FEWEST_PAIRS) return pieces;
  const words = pieces.slice(0, from).filter((piece) => isWord(piece)).length;
  if (words < FEWEST_WORDS) return pieces;
  return [...pieces.slice(0, from + 2), merged(pieces, from + 2, pieces.length, "value")];
}
