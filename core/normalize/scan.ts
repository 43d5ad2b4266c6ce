import { AT, BACKSLASH, BREAK, COMMA, DIGIT, DOT, feature, isDigit, markAt, OTHER, SLASH } from "./classes.ts";
import { KeyBuilder, type Span } from "./key-builder.ts";
import { maskRoute } from "./routes.ts";
import { isMethod } from "./tables.ts";
import { maskPlain, maskWord } from "./words.ts";

/**
 * The key stops growing here (UTF-16 units): the head of a line names its problem, and the tail of a dump of 10,000
 * characters would only split groups and cost time. Measured on the key, so that wide values do not move the cut.
 */
export const MAX_KEY = 1_600;

/** What closes a key that was cut. */
export const CUT = "…";

/** Longer words are encoded data, whatever they hold. */
const LONGEST_WORD = 1_024;

/** The end of a word that goes on at `at`. The search is native: a word can be all of a message of megabytes. */
function wordEnd(message: string, at: number, end: number): number {
  const space = /\s/g;
  space.lastIndex = at;
  const found = space.exec(message);
  return found === null || found.index > end ? end : found.index;
}

/** Features that make a word worth a look; all others are plain words and cost one pass over their characters. */
const NOTABLE = DIGIT | DOT | SLASH | AT | BACKSLASH;

/** The longest `{parameter}` of a route pattern that is looked back for. */
const LONGEST_PARAMETER = 32;

/** Whether a breaking character goes on with the word: thousands (1,234), clock fractions, queries and route patterns. */
function continues(message: string, at: number, code: number, features: number): boolean {
  if (code === 44) {
    return (features & DIGIT) !== 0 && isDigit(message.charCodeAt(at - 1)) && isDigit(message.charCodeAt(at + 1));
  }
  if ((features & SLASH) === 0) return false;
  if (code === 61 || code === 123) return true;
  if (code === 91 || code === 93) return isAddressInUrl(message, at);
  if (code !== 125) return false;
  for (let i = at - 1; i > at - LONGEST_PARAMETER; i--) if (message.charCodeAt(i) === 123) return true;
  return false;
}

/** An address in brackets is part of a URL (`http://[::1]:80`); it has at most 45 characters. */
function isAddressInUrl(message: string, at: number): boolean {
  for (let i = at; i > at - 48 && i > 2; i--) {
    if (message.charCodeAt(i) === 91) return message.charCodeAt(i - 1) === 47 && message.charCodeAt(i - 3) === 58;
  }
  return false;
}

/** Ends of terminal colour codes (`ESC [ 3 1 m`); 0 where there is none. */
function escapeEnd(message: string, at: number): number {
  if (message.charCodeAt(at + 1) !== 91) return 0;
  for (let i = at + 2; i < at + 16; i++) {
    const code = message.charCodeAt(i);
    if (code >= 64 && code <= 126) return i + 1;
    if (!isDigit(code) && code !== 59) return 0;
  }
  return 0;
}

const isSpace = (code: number): boolean => (code <= 32 && code !== 27) || code === 160;

/** What an application's server logs of a request: the quoted request and its status, and little else. */
const SHORT_ACCESS = /^ [^"\s]{1,512} HTTP\/[\d.]{1,3}" \d{3}[\w .-]{0,32}$/;

/** Whether the line names a route: the access line of a proxy has its time in brackets and more fields behind. */
function isShortAccess(message: string, start: number, end: number): boolean {
  if (start > 80 || message.length > 700 || message.lastIndexOf("[", start) >= 0) return false;
  return SHORT_ACCESS.test(message.slice(end));
}

/** Whether the word is the method of a request. In quotes it is a field of an access line, whose target is data. */
function isRequest(message: string, start: number, end: number): boolean {
  if (end - start < 3 || end - start > 8 || !isMethod(message.slice(start, end))) return false;
  const quote = message.charCodeAt(start - 1);
  return quote === 34 ? isShortAccess(message, start, end) : quote !== 39;
}

/** Whether the word before is `SQLSTATE`, in any notation: a state of five characters follows. */
function isState(message: string, start: number, end: number): boolean {
  return end - start >= 8 && end - start <= 9 && /^sqlstate:?$/i.test(message.slice(start, end));
}

/** What stands between two words, from `at`: returns where to go on. Runs of spaces become one, colours vanish. */
function skipBreak(builder: KeyBuilder, message: string, at: number, code: number): number {
  if (code === 60) {
    const mark = markAt(message, at);
    if (mark === undefined) return at + 1;
    builder.mask(mark, at, at + mark.length + 2);
    return at + mark.length + 2;
  }
  if (code > 32) return at + 1;
  if (code === 27) {
    const end = escapeEnd(message, at);
    if (end > 0) {
      builder.replace("", at, end);
      return end;
    }
  }
  let i = at + 1;
  while (i < message.length && message.charCodeAt(i) <= 32 && message.charCodeAt(i) !== 27) i++;
  if (i > at + 1 || code !== 32) builder.replace(" ", at, i);
  return i;
}

/**
 * One pass over a message: words that show by themselves that they vary are replaced by their class, all else is kept.
 * The result is the key under which the full rules are cached, and all that they see. Linear time.
 *
 * @param spans filled with what was masked, when given
 */
export function scan(message: string, spans?: Span[]): string {
  const builder = new KeyBuilder(message, spans);
  let end = message.length;
  while (end > 0 && isSpace(message.charCodeAt(end - 1))) end--;
  let i = 0;
  // Where the word before began and ended, to tell the route of a request from a path.
  let before = 0;
  let beforeEnd = 0;
  while (i < end && isSpace(message.charCodeAt(i))) i++;
  if (i > 0) builder.replace("", 0, i);
  while (i < end) {
    const start = i;
    let features = 0;
    let code = 0;
    for (; i < end; i++) {
      if (i - start > LONGEST_WORD) break;
      code = message.charCodeAt(i);
      const bits = feature(code);
      if (bits & BREAK && !continues(message, i, code, features)) break;
      features |= bits & BREAK ? OTHER | (bits & COMMA) : bits;
    }
    if (i - start > LONGEST_WORD) {
      i = wordEnd(message, i, end);
      builder.mask("id", start, i);
    } else if (i > start) {
      if (
        (features & ~DIGIT) === 0 &&
        message.charCodeAt(start) !== 48 &&
        i - start !== 5 &&
        i - start !== 8 &&
        i - start < 13
      )
        builder.mask("number", start, i);
      else if (message.charCodeAt(start) === 47 && start === beforeEnd + 1 && isRequest(message, before, beforeEnd)) {
        maskRoute(builder, message, start, i);
      } else if (i - start === 5 && beforeEnd > 0 && isState(message, before, beforeEnd)) {
        // The code stays: it tells problems apart.
      } else if (features & NOTABLE) maskWord(builder, message, start, i, features & ~BREAK);
      else if (i - start >= 8) {
        maskPlain(builder, message, start, i, features);
      }
      before = start;
      beforeEnd = i;
    }
    if (i < end && i === start) i = skipBreak(builder, message, i, code);
    if (builder.lengthAt(i) > MAX_KEY) return builder.finish(i).slice(0, MAX_KEY) + CUT;
  }
  return builder.finish(end);
}
