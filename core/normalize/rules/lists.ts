import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";
import { partners } from "./groups.ts";
import { isMade } from "./identifier-slots.ts";

const isElement = (piece: Piece | undefined): boolean => isMark(piece) || isWord(piece);

/** `load_orders.extract`: a name in a program, no word of a sentence. */
const isDotted = (piece: Piece | undefined): boolean => piece?.kind === "word" && /^[a-z]+_\w*\.\w+$/.test(piece.text);

const isPlain = (piece: Piece | undefined): boolean => isWord(piece) && !isDotted(piece);

interface Elements {
  readonly count: number;
  /** How many of them are masked. */
  readonly marks: number;
}

/**
 * The elements between two brackets: single words or marks, apart by commas; marks also by spaces alone; words
 * only where `loose`.
 */
function elementsOf(pieces: readonly Piece[], from: number, to: number, loose: boolean): Elements | undefined {
  let count = 0;
  let marks = 0;
  let commas = 0;
  let words = 0;
  let expects = true;
  for (let i = from; i < to; i++) {
    const piece = pieces[i];
    if (isSpace(piece)) continue;
    if (isSign(piece, ",")) {
      if (expects) return undefined;
      commas++;
      expects = true;
      continue;
    }
    if (!isElement(piece)) return undefined;
    if (!expects && (commas > 0 || ((words > 0 || isPlain(piece)) && !loose))) return undefined;
    const joinedTo = isSign(pieces[i + 1], ":") && i + 2 < to && isElement(pieces[i + 2]) ? 2 : 0;
    // `cat:9` is one element; `sync_orders.load` names something, with or without digits.
    i += joinedTo;
    if (isPlain(piece) && joinedTo === 0) words++;
    else marks++;
    count++;
    expects = false;
  }
  return { count, marks };
}

/** Whether a word in the plural stands before a bracket: even a single element is a list then (`roles [admin]`). */
function isPlural(pieces: readonly Piece[], open: number): boolean {
  const space = isSign(pieces[open - 1], ":") ? open - 2 : open - 1;
  const word = isSpace(pieces[space]) ? pieces[space - 1] : space < open - 1 ? pieces[space] : undefined;
  return word?.kind === "word" && /[a-z]{2}s$/.test(word.text) && !/(?:ss|us|is)$/.test(word.text);
}

/** Whether a colon announces what the bracket holds. */
const isAnnounced = (pieces: readonly Piece[], open: number): boolean =>
  isSign(pieces[open - 1], ":") || (isSpace(pieces[open - 1]) && isSign(pieces[open - 2], ":"));

/** Names of collections that some languages print before their elements. */
const COLLECTIONS = new Set(
  "Set List Array Map Vector Seq HashSet HashMap ArrayList OrderedDict dict set list".split(" "),
);

/** Whether what stands between the brackets at `open` and `close` is a list. */
function isList(pieces: readonly Piece[], open: number, close: number, round: boolean): boolean {
  const loose = !round && (isPlural(pieces, open) || (isAnnounced(pieces, open) && isPlural(pieces, open - 1)));
  const elements = elementsOf(pieces, open + 1, close, loose);
  if (elements === undefined) return false;
  // In round brackets only behind a plural: elsewhere they are asides.
  if (round) {
    // `the fields: (<string>)`
    if (
      elements.count === 1 &&
      isAnnounced(pieces, open) &&
      isPlural(pieces, isSpace(pieces[open - 1]) ? open - 1 : open)
    )
      return true;
    if (COLLECTIONS.has(pieces[open - 1]?.text ?? "")) return true;
    const isRow = elements.count > 1 && elements.marks === elements.count;
    return isRow || (isPlural(pieces, open) && (elements.count > 1 || elements.marks < elements.count));
  }
  if (isSpace(pieces[open - 1]) === false && !isSign(pieces[open - 1], ":")) return elements.count > 1;
  if (elements.count > 1) return true;
  if (elements.count === 0) return open > 0;
  // `[<name>]` is a label.
  return (
    (isMark(pieces[open + 1]) && !isMark(pieces[open + 1], "name")) ||
    isPlural(pieces, open) ||
    isAnnounced(pieces, open)
  );
}

/** Letters that no program has in its own words. */
const FOREIGN = /[^\p{ASCII}]/u;

/** `[3/13]`, `[builder 8/14]`: the part of a whole. */
function isPart(pieces: readonly Piece[], open: number, close: number): boolean {
  const ratio =
    isMark(pieces[close - 1], "number") && isSign(pieces[close - 2], "/") && isMark(pieces[close - 3], "number");
  return ratio && (close === open + 4 || (close === open + 6 && isWord(pieces[open + 1])));
}

/** `tried [meter]`: a list of one, behind a verb. */
const isObject = (pieces: readonly Piece[], open: number): boolean =>
  isSpace(pieces[open - 1]) &&
  /[a-z]ed$/.test(pieces[open - 2]?.text ?? "") &&
  /^[a-z]+$/.test(pieces[open + 1]?.text ?? "");

/** Lists in brackets have any length, and elements of any class. One bare word alone is a label, as in `[main]`. */
export function maskLists(pieces: readonly Piece[]): readonly Piece[] {
  return listsIn(listsIn(pieces, "(", ")"), "[", "]");
}

function listsIn(pieces: readonly Piece[], sign: string, closing: string): readonly Piece[] {
  if (!pieces.some((piece) => isSign(piece, sign))) return pieces;
  const pairs = partners(pieces, sign, closing);
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    const close = isSign(piece, sign) ? pairs.get(i) : undefined;
    const name = pieces[i + 1];
    if (
      close === i + 2 &&
      i > 0 &&
      sign === "[" &&
      name?.kind === "word" &&
      (isMade(name.text) || isObject(pieces, i))
    ) {
      result.push(merged(pieces, i, close + 1, "list"));
      i = close;
      continue;
    }
    const part = sign === "[" && close !== undefined && isPart(pieces, i, close);
    const foreign =
      sign === "[" && close === i + 4 && pieces.slice(i, close).some((part) => isWord(part) && FOREIGN.test(part.text));
    const map = sign === "[" && close !== undefined && pieces[i - 1]?.text === "map";
    if (close !== undefined && (part || map || foreign)) {
      if (map) result.pop();
      result.push(merged(pieces, map ? i - 1 : i, close + 1, "list"));
      i = close;
      continue;
    }
    if (close === undefined || !isList(pieces, i, close, sign === "(")) {
      result.push(piece);
      continue;
    }
    result.push(merged(pieces, i, close + 1, "list"));
    i = close;
  }
  return result;
}
