import type { VariableClass } from "../classes.ts";
import { LASTING } from "../nouns.ts";
import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";
import { BOOLEANS, CURRENCIES, DURATION_UNITS, MONTHS, SIZE_UNITS, WEEKDAYS, words, ZONES } from "../tables.ts";

/** Whether a piece can be part of a date in words (`Tue, 10 Oct 2024 13:55:36 GMT`). */
function isDatePart(piece: Piece): boolean {
  if (piece.kind === "mark") return isTime(piece) || piece.class === "number";
  return piece.kind === "word" && (WEEKDAYS.has(piece.text) || MONTHS.has(piece.text) || ZONES.has(piece.text));
}

const isTime = (piece: Piece | undefined): boolean => isMark(piece, "timestamp") || isMark(piece, "time");

const leads = (piece: Piece): boolean =>
  isTime(piece) || (piece.kind === "word" && (WEEKDAYS.has(piece.text) || MONTHS.has(piece.text)));

/** The end of the date that begins at `from`: its parts, apart by a space or a comma and a space. */
function dateEnd(pieces: readonly Piece[], from: number): number {
  let end = from;
  let times = 0;
  let named = false;
  let numbers = 0;
  for (let i = from; i < pieces.length; ) {
    const piece = pieces[i];
    if (piece === undefined || !isDatePart(piece)) break;
    if (isTime(piece)) times++;
    else if (piece.kind === "mark") {
      // A number belongs to a date only beside a month's name: day and year.
      const month = isSpace(pieces[i + 1]) ? pieces[i + 2] : undefined;
      if ((!named && (month?.kind !== "word" || !MONTHS.has(month.text))) || ++numbers > 2) break;
    } else if (MONTHS.has(piece.text)) named = true;
    end = i + 1;
    i = end;
    if (isSign(pieces[i], ",")) i++;
    if (isSpace(pieces[i])) i++;
    if (i === end) break;
  }
  return times > 0 || (named && numbers > 0) ? end : from;
}

/** Whether a clock at `at` measures: `after 00:10:02`, but `at 00:10:02`. */
function lastsAt(pieces: readonly Piece[], at: number): boolean {
  const word = isSpace(pieces[at - 1]) ? pieces[at - 2] : pieces[at - 1];
  const before = isSign(word, ":") || isSign(word, "=") ? pieces[at - (isSpace(pieces[at - 1]) ? 3 : 2)] : word;
  return before?.kind === "word" && LASTING.has(before.text.toLowerCase());
}

/** The end of a duration in words behind `after`, `in` and the like or before `ago`: `an hour`, `a few seconds`. */
function spokenEnd(pieces: readonly Piece[], at: number): number {
  const article = pieces[at];
  if (article?.kind !== "word" || !/^(?:an?|one|half)$/.test(article.text) || !isSpace(pieces[at + 1])) return at;
  const few = pieces[at + 2]?.text === "few" || pieces[at + 2]?.text === "an";
  const unit = pieces[few ? at + 4 : at + 2];
  if (unit?.kind !== "word" || !SPOKEN_UNITS.test(unit.text)) return at;
  const end = few ? at + 5 : at + 3;
  const before = pieces[at - 2];
  const led = before?.kind === "word" && (LASTING.has(before.text) || before.text === "about");
  return led || pieces[end + 1]?.text === "ago" ? end : at;
}

const SPOKEN_UNITS = /^(?:second|minute|hour|day|week|month|year)s?$/;

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
    const spoken = spokenEnd(pieces, i);
    if (end > start) {
      const lasts = isMark(piece, "time") && end === i + 1 && lastsAt(pieces, i);
      result.push(merged(pieces, i, end, lasts ? "duration" : "timestamp"));
      i = end - 1;
    } else if (spoken > i) {
      result.push(merged(pieces, i, spoken, "duration"));
      i = spoken - 1;
    } else result.push(piece);
  }
  return result;
}

const AMOUNTS: ReadonlySet<VariableClass | undefined> = new Set(["number", "size", "duration"]);

/** `cpu 60m`, `quantity: 29Gi`, `request is 873499964`: a scheduler writes one amount bare, in Gi or in thousandths. */
function isQuantity(pieces: readonly Piece[], at: number): boolean {
  if (!AMOUNTS.has(pieces[at]?.class) || !isSpace(pieces[at - 1])) return false;
  const before = pieces[at - 2];
  if (isWord(before) && before?.text === "cpu") return true;
  if (isSign(before, ":")) return pieces[at - 3]?.text === "quantity";
  return before?.text === "is" && isSpace(pieces[at - 3]) && /^(?:request|quantity)$/.test(pieces[at - 4]?.text ?? "");
}

/** `USD/EUR` */
function isCurrencyPair(text: string): boolean {
  return (
    text.length === 7 && text.charAt(3) === "/" && CURRENCIES.has(text.slice(0, 3)) && CURRENCIES.has(text.slice(4))
  );
}

const DAYS = words("d day days w week weeks");

/** The end of a duration of several units (`31 min 46 s`, `4 days 03:47:58`) whose first one ends before `at`. */
function lastingEnd(pieces: readonly Piece[], at: number, days: boolean): number {
  let end = at;
  for (;;) {
    const from = isSign(pieces[end], ",") ? end + 1 : end;
    const unit = isSpace(pieces[from + 2]) ? pieces[from + 3] : undefined;
    if (!isSpace(pieces[from])) return end;
    if (isMark(pieces[from + 1], "number") && unit?.kind === "word" && DURATION_UNITS.has(unit.text)) end = from + 4;
    else if (isMark(pieces[from + 1], "duration") || (days && isTime(pieces[from + 1]))) end = from + 2;
    else return end;
  }
}

/** A number and the unit behind it: the unit varies where it is chosen for the reader (12 ms, 1.2 s; 3 KB, 2 MB). */
export function mergeUnits(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    const unit = pieces[i + 2];
    if (isQuantity(pieces, i)) result.push(merged(pieces, i, i + 1, "number"));
    else if (piece.kind === "word" && isCurrencyPair(piece.text)) result.push(merged(pieces, i, i + 1, "currency"));
    else if (piece.kind === "word" && BOOLEANS.has(piece.text)) result.push(merged(pieces, i, i + 1, "bool"));
    else if (
      isMark(piece, "number") &&
      isSpace(pieces[i + 1]) &&
      unit !== undefined &&
      unit.kind === "word" &&
      !isSign(pieces[i + 3], "=")
    ) {
      if (DURATION_UNITS.has(unit.text)) {
        const end = lastingEnd(pieces, i + 3, DAYS.has(unit.text));
        result.push(merged(pieces, i, end, "duration"));
        i = end - 3;
      } else if (SIZE_UNITS.has(unit.text)) result.push(merged(pieces, i, i + 3, "size"));
      else if (CURRENCIES.has(unit.text)) result.push(merged(pieces, i, i + 3, "money"));
      else {
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
      result.push(merged(pieces, i, i + 3, "money"));
      i += 2;
    } else result.push(piece);
  }
  return result;
}
