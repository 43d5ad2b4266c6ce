import { isNeverName } from "../nouns.ts";
import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";
import { words } from "../tables.ts";
import { CLOSERS } from "./slot-context.ts";

/** More pieces are a sentence of their own. */
const LONGEST_TITLE = 40;

/** What is said about a test behind its name. */
const RESULTS = words("passed failed skipped timed took finished");

const isMeasure = (piece: Piece | undefined): boolean =>
  isMark(piece, "number") || isMark(piece, "size") || isMark(piece, "duration");

/** Whether `>` at `at` leads from a suite to its test, and compares nothing. */
function isStep(pieces: readonly Piece[], at: number): boolean {
  if (!isSign(pieces[at], ">") || !isSpace(pieces[at - 1]) || !isSpace(pieces[at + 1])) return false;
  const suite = pieces[at - 2];
  const named = (isMark(suite) && !isMeasure(suite)) || (suite?.kind === "word" && /^[A-Z]\w*[a-z]/.test(suite.text));
  return named && !isMeasure(pieces[at + 2]);
}

/** Behind the titles of the suites and the test that begin at `at`: `cart.test.ts > Cart > adds a row (3ms)`. */
function testEnd(pieces: readonly Piece[], at: number): number {
  if (!isStep(pieces, at + 2)) return at;
  let end = at + 5;
  for (let i = end; i < Math.min(pieces.length, at + LONGEST_TITLE); i++) {
    const piece = pieces[i];
    if (isSign(piece, "(") || isSign(piece, ",") || isSign(piece, ":") || RESULTS.has(piece?.text ?? "")) break;
    if (!isSpace(piece)) end = i + 1;
  }
  return Math.min(end, pieces.length);
}

/** `:services:billing:lint`: a task below its projects. */
function taskEnd(pieces: readonly Piece[], at: number): number {
  if (at > 0 && !isSpace(pieces[at - 1])) return at;
  let end = at;
  while (isSign(pieces[end], ":") && (isWord(pieces[end + 1]) || isMark(pieces[end + 1]))) end += 2;
  return end >= at + 4 ? end : at;
}

/** Nouns behind which a product or an authority has a title: several words, numbers and versions among them. */
const TITLED = words("issuer device browser model handset");

const isTitleWord = (piece: Piece | undefined): boolean =>
  piece?.kind === "word" && (/^[A-Z]/.test(piece.text) || /[a-z][A-Z]/.test(piece.text));

/** `issuer DigiCert TLS CA1)`, `device iPhone 15 Pro,`, `with Pixel 8`: up to where the clause ends. */
function titledEnd(pieces: readonly Piece[], at: number): number {
  const noun = pieces[at - 2];
  if (!isSpace(pieces[at - 1]) || noun?.kind !== "word") return at;
  const isNoun = TITLED.has(noun.text);
  if (!isNoun && !(noun.text === "with" && isTitleWord(pieces[at]) && !/^[A-Z]{2}/.test(pieces[at]?.text ?? "")))
    return at;
  let titles = 0;
  let numbers = 0;
  for (let i = at; i < at + LONGEST_TITLE; i += 2) {
    const piece = pieces[i];
    if (!isWord(piece) && !isMark(piece)) return at;
    // `Firefox on Ubuntu`
    if (isNoun && piece?.text === "on" && titles > 0 && isTitleWord(pieces[i + 2])) continue;
    if (isWord(piece) && (CLOSERS.has(piece?.text ?? "") || (!isNoun && !isTitleWord(piece)))) return at;
    if (isTitleWord(piece)) titles++;
    if (isMark(piece, "number") || isMark(piece, "id")) numbers++;
    const next = pieces[i + 1];
    if (next === undefined || isSign(next, ",") || isSign(next, ")") || isSign(next, ";"))
      return titles > 0 && (isNoun || numbers > 0) ? i + 1 : at;
    if (!isSpace(next)) return at;
  }
  return at;
}

/** `scopes read:user user:email,`, `scope [openid, email]`: permissions apart by spaces, up to the end of the clause. */
function scopesEnd(pieces: readonly Piece[], at: number): number {
  const noun = pieces[at - 2]?.text;
  if (!isSpace(pieces[at - 1]) || (noun !== "scope" && noun !== "scopes")) return at;
  const listed = isSign(pieces[at], "[");
  for (let i = at; i <= at + LONGEST_TITLE; i++) {
    const piece = pieces[i];
    if (piece === undefined || (!listed && isSign(piece, ","))) return i > at ? i : at;
    if (listed && isSign(piece, "]")) return i + 1;
    const part = (isWord(piece) && !isNeverName(piece.text)) || isMark(piece) || isSpace(piece);
    if (!part && !isSign(piece, ":") && !isSign(piece, "[") && !isSign(piece, ",")) return at;
  }
  return at;
}

/** Names of several words, which end where their clause does. */
export function maskTitles(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    const scopes = scopesEnd(pieces, i);
    const end = Math.max(testEnd(pieces, i), taskEnd(pieces, i), titledEnd(pieces, i), scopes);
    if (end === i) {
      result.push(piece);
      continue;
    }
    result.push(merged(pieces, i, end, end === scopes ? "list" : "id"));
    i = end - 1;
  }
  return result;
}
