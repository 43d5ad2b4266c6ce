import { isMark, isSign, isSpace, type Piece } from "../pieces.ts";

/** Small words inside names of people. */
const PARTICLES = new Set("van von der den de del della di da dos la le bin ibn al el ter zu".split(" "));

const isProper = (piece: Piece | undefined): boolean =>
  piece?.kind === "word" && /^\p{Lu}[\p{L}'’-]*$/u.test(piece.text) && !/^[A-Z]{2,}$/.test(piece.text);

/** A word in letters that English does not have. */
const isForeign = (piece: Piece | undefined): boolean =>
  piece?.kind === "word" && /[^\p{ASCII}]/u.test(piece.text) && /^[\p{L}\p{M}]+$/u.test(piece.text);

/** Behind one word of a name, with the dot of an initial and what follows an apostrophe. */
function partEnd(pieces: readonly Piece[], at: number): number {
  const initial = /^\p{Lu}$/u.test(pieces[at]?.text ?? "") && isSign(pieces[at + 1], ".");
  if (initial) return at + 2;
  return isSign(pieces[at + 1], "'") && isProper(pieces[at + 2]) ? at + 3 : at + 1;
}

/** More words are a title or a sentence. */
const MOST_PARTS = 5;

/** The end of a name of a person or a company: two or more words in capitals (`Ann Lee`), or one in foreign letters. */
export function properEnd(pieces: readonly Piece[], at: number): number {
  if (!isProper(pieces[at]) && !isForeign(pieces[at])) return at;
  let end = partEnd(pieces, at);
  let parts = isForeign(pieces[at]) ? 2 : 1;
  for (let count = 1; count < MOST_PARTS; count++) {
    const from = isSign(pieces[end], ",") && isForeign(pieces[at]) ? end + 1 : end;
    if (!isSpace(pieces[from])) break;
    let next = from + 1;
    while (PARTICLES.has(pieces[next]?.text ?? "") && isSpace(pieces[next + 1])) next += 2;
    if (!isProper(pieces[next]) && !isForeign(pieces[next])) break;
    end = partEnd(pieces, next);
    parts++;
  }
  const tail = companyEnd(pieces, end);
  return parts > 1 || tail > end ? tail : at;
}

/** Behind the number of a place (`Store #267`, `Leipzig 2`) or the partners of a company (`& Sons Ltd.`). */
export function companyEnd(pieces: readonly Piece[], at: number): number {
  if (!isSpace(pieces[at])) return at;
  const hash = isSign(pieces[at + 1], "#") ? at + 2 : at + 1;
  if (isMark(pieces[hash], "number") || isMark(pieces[hash], "id")) {
    // `iPhone 15 Pro`
    const more = isSpace(pieces[hash + 1]) && isProper(pieces[hash + 2]) && pieces[hash + 3] === undefined;
    return more ? hash + 3 : hash + 1;
  }
  if (!isSign(pieces[at + 1], "&") || !isSpace(pieces[at + 2]) || !isProper(pieces[at + 3])) return at;
  let end = at + 4;
  while (isSpace(pieces[end]) && isProper(pieces[end + 1])) end += 2;
  return isSign(pieces[end], ".") && end > at + 4 ? end + 1 : end;
}
