import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";

const LEVELS = new Set(
  "trace debug info notice warn warning error err fatal critical crit alert emerg emergency panic inf wrn dbg trc ftl severe fine".split(
    " ",
  ),
);

const isLevel = (piece: Piece | undefined): boolean => piece?.kind === "word" && LEVELS.has(piece.text.toLowerCase());

/** The index of the first piece of the message itself, behind times, levels and labels in brackets. */
function headEnd(pieces: readonly Piece[], result: Piece[]): number {
  let i = 0;
  for (;;) {
    const piece = pieces[i];
    if (piece === undefined) return i;
    if (isSpace(piece) || isMark(piece, "timestamp") || isLevel(piece)) {
      result.push(piece);
      i++;
    } else if (isSign(piece, "[") && isSign(pieces[i + 2], "]") && !isSign(pieces[i + 3], ":")) {
      result.push(piece, ...label(pieces, i + 1), ...pieces.slice(i + 2, i + 3));
      i += 3;
    } else return i;
  }
}

/** `[main]`, `[worker-3]`: the thread or the component that logs. Levels and other capitals stay. */
function label(pieces: readonly Piece[], at: number): Piece[] {
  const name = pieces[at];
  const varies = isMark(name) || (name?.kind === "word" && !isLevel(name) && /[a-z]/.test(name.text));
  return varies ? [merged(pieces, at, at + 1, "name")] : pieces.slice(at, at + 1);
}

/** Who logs: labels in brackets before a message, and a single name before ` - `. */
export function maskHead(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  const start = headEnd(pieces, result);
  const named = isWord(pieces[start]) || isMark(pieces[start]);
  if (named && isSpace(pieces[start + 1]) && isSign(pieces[start + 2], "-") && isSpace(pieces[start + 3])) {
    result.push(merged(pieces, start, start + 1, "name"));
    return [...result, ...pieces.slice(start + 1)];
  }
  return start === 0 ? pieces : [...result, ...pieces.slice(start)];
}
