import { isMark, isSign, isSpace, merged, type Piece } from "../pieces.ts";

/** The index behind the parenthesis that closes the one at `open`, or -1. Comments of agents do not nest. */
function commentEnd(pieces: readonly Piece[], open: number): number {
  for (let i = open + 1; i < pieces.length && !isSign(pieces[i], "("); i++) if (isSign(pieces[i], ")")) return i + 1;
  return -1;
}

/** `Mozilla/5.0 (X11; …) Gecko/20100101 Firefox/126.0`: programs, their versions and comments are one variable. */
export function mergeAgents(pieces: readonly Piece[]): readonly Piece[] {
  if (!pieces.some((piece) => isMark(piece, "agent"))) return pieces;
  const result: Piece[] = [];
  let open = true;
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    if (!isMark(piece, "agent")) {
      result.push(piece);
      continue;
    }
    let end = i + 1;
    for (let more = true; more; ) {
      more = false;
      if (!isSpace(pieces[end])) break;
      const comment: number = open && isSign(pieces[end + 1], "(") ? commentEnd(pieces, end + 1) : -1;
      // A parenthesis that does not close makes all later looks vain.
      if (isSign(pieces[end + 1], "(") && comment < 0) open = false;
      if (comment > 0) end = comment;
      else if (isMark(pieces[end + 1], "agent") || isMark(pieces[end + 1], "path")) end += 2;
      else if (
        isSign(pieces[end + 2], "/") &&
        (isMark(pieces[end + 3], "number") || isMark(pieces[end + 3], "timestamp"))
      )
        end += 4;
      else break;
      more = true;
    }
    result.push(merged(pieces, i, end, "agent"));
    i = end - 1;
  }
  return result;
}
