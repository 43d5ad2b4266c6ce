import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";
import { BOOLEANS, CURRENCIES, DURATION_UNITS, MONTHS, SIZE_UNITS, WEEKDAYS, ZONES } from "../tables.ts";

/** Whether a piece can be part of a date in words (`Tue, 10 Oct 2024 13:55:36 GMT`). */
function isDatePart(piece: Piece): boolean {
  if (piece.kind === "mark") return piece.class === "timestamp" || piece.class === "number";
  return piece.kind === "word" && (WEEKDAYS.has(piece.text) || MONTHS.has(piece.text) || ZONES.has(piece.text));
}

const leads = (piece: Piece): boolean =>
  isMark(piece, "timestamp") || (piece.kind === "word" && (WEEKDAYS.has(piece.text) || MONTHS.has(piece.text)));

/** The end of the date that begins at `from`: its parts, apart by a space or a comma and a space. */
function dateEnd(pieces: readonly Piece[], from: number): number {
  let end = from;
  let times = 0;
  let named = false;
  let numbers = 0;
  for (let i = from; i < pieces.length; ) {
    const piece = pieces[i];
    if (piece === undefined || !isDatePart(piece)) break;
    if (piece.kind === "mark" && piece.class === "timestamp") times++;
    else if (piece.kind === "mark") {
      // A number belongs to a date only beside a month's name: day and year.
      if (!named || ++numbers > 2) break;
    } else if (MONTHS.has(piece.text)) named = true;
    end = i + 1;
    i = end;
    if (isSign(pieces[i], ",")) i++;
    if (isSpace(pieces[i])) i++;
    if (i === end) break;
  }
  return times > 0 || (named && numbers > 0) ? end : from;
}

/** Dates that are written in several words become one timestamp. */
export function mergeTimes(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    // A day before its month: `10 Oct 2024`.
    const month = pieces[i + 2];
    const dayFirst =
      isMark(piece, "number") &&
      isSpace(pieces[i + 1]) &&
      month !== undefined &&
      isWord(month) &&
      MONTHS.has(month.text);
    const start = dayFirst ? i + 2 : i;
    const first = pieces[start];
    const end = first !== undefined && leads(first) ? dateEnd(pieces, start) : start;
    if (end > start) {
      result.push(merged(pieces, i, end, "timestamp"));
      i = end - 1;
    } else result.push(piece);
  }
  return result;
}

/** `USD/EUR` */
function isCurrencyPair(text: string): boolean {
  return (
    text.length === 7 && text.charAt(3) === "/" && CURRENCIES.has(text.slice(0, 3)) && CURRENCIES.has(text.slice(4))
  );
}

/** A number and the unit behind it: the unit varies where it is chosen for the reader (12 ms, 1.2 s; 3 KB, 2 MB). */
export function mergeUnits(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    const unit = pieces[i + 2];
    if (piece.kind === "word" && isCurrencyPair(piece.text)) result.push(merged(pieces, i, i + 1, "currency"));
    else if (piece.kind === "word" && BOOLEANS.has(piece.text)) result.push(merged(pieces, i, i + 1, "bool"));
    else if (isMark(piece, "number") && isSpace(pieces[i + 1]) && unit !== undefined && unit.kind === "word") {
      if (DURATION_UNITS.has(unit.text)) result.push(merged(pieces, i, i + 3, "duration"));
      else if (SIZE_UNITS.has(unit.text)) result.push(merged(pieces, i, i + 3, "size"));
      else if (CURRENCIES.has(unit.text)) {
        result.push(piece, ...pieces.slice(i + 1, i + 2), merged(pieces, i + 2, i + 3, "currency"));
      } else {
        result.push(piece);
        continue;
      }
      i += 2;
    } else if (
      piece.kind === "word" &&
      CURRENCIES.has(piece.text) &&
      isSpace(pieces[i + 1]) &&
      isMark(unit, "number")
    ) {
      result.push(merged(pieces, i, i + 1, "currency"));
    } else result.push(piece);
  }
  return result;
}
