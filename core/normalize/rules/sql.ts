import { isSign, isSpace, merged, type Piece } from "../pieces.ts";

/** The index behind the parenthesis that closes the one at `open`, or -1. */
function parenthesisEnd(pieces: readonly Piece[], open: number): number {
  let depth = 0;
  for (let i = open; i < pieces.length; i++) {
    if (isSign(pieces[i], "(")) depth++;
    else if (isSign(pieces[i], ")") && --depth === 0) return i + 1;
  }
  return -1;
}

const skipSpace = (pieces: readonly Piece[], at: number): number => (isSpace(pieces[at]) ? at + 1 : at);

/** The end of the rows behind VALUES, apart by commas. */
function rowsEnd(pieces: readonly Piece[], from: number): number {
  let end = from;
  for (let at = from; isSign(pieces[at], "("); ) {
    const close = parenthesisEnd(pieces, at);
    if (close < 0) break;
    end = close;
    at = skipSpace(pieces, close);
    if (!isSign(pieces[at], ",")) break;
    at = skipSpace(pieces, at + 1);
  }
  return end;
}

/** Each list that does not end costs a look at the rest of the line: after so many it is no statement. */
const MOST_UNBALANCED = 8;

/** Lists of literals in statements of SQL: `IN (…)` and the rows of `VALUES (…), (…)` have any length. */
export function maskSqlLists(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  let unbalanced = 0;
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    result.push(piece);
    const word = piece.kind === "word" ? piece.text : "";
    const open = skipSpace(pieces, i + 1);
    if (unbalanced > MOST_UNBALANCED) continue;
    if ((word !== "IN" && word !== "VALUES" && word !== "values") || !isSign(pieces[open], "(")) continue;
    const end = word === "IN" ? parenthesisEnd(pieces, open) : rowsEnd(pieces, open);
    if (end <= open) {
      unbalanced++;
      continue;
    }
    result.push(
      ...pieces.slice(i + 1, open + 1),
      merged(pieces, open + 1, end - 1, "list"),
      ...pieces.slice(end - 1, end),
    );
    i = end - 1;
  }
  return result;
}
