import {
  AT,
  BACKSLASH,
  BREAK,
  COLON,
  COMMA,
  DASH,
  DIGIT,
  DOT,
  feature,
  HEX_LETTER,
  isDigit,
  LETTER,
  markAt,
  OTHER,
  SLASH,
  type VariableClass,
  WIDE,
} from "./classes.ts";
import {
  featuresOf,
  hasGeneratedSuffix,
  isDataFile,
  isHost,
  isId,
  isNamedFile,
  isSourceFile,
  isWideWithDigits,
} from "./names.ts";
import { shapeOf } from "./shapes.ts";

/**
 * The key stops growing here (UTF-16 units): the head of a line names its problem, and the tail of a dump of 10,000
 * characters would only split groups and cost time. Measured on the key, so that wide values do not move the cut.
 */
export const MAX_KEY = 1_600;

/** What closes a key that was cut. */
export const CUT = "…";

/** A masked word: where it stands in the message and where its mark stands in the key. */
export interface Span {
  readonly class: VariableClass;
  readonly start: number;
  readonly end: number;
  readonly keyStart: number;
  readonly keyEnd: number;
}

/** Features that make a word worth a look; all others are plain words and cost one pass over their characters. */
const NOTABLE = DIGIT | DOT | SLASH | AT | BACKSLASH;

/** Plain words longer than this are encoded data, not language. */
const LONGEST_PLAIN = 64;

/** The longest `{parameter}` of a route pattern that is looked back for. */
const LONGEST_PARAMETER = 32;

/** Longer words are not taken apart (at most this many parts, so that a line of 32 KB stays far below a millisecond). */
const LONGEST_PARTED = 512;

const MARKS = new Map<VariableClass, string>();

export function markOf(name: VariableClass): string {
  let mark = MARKS.get(name);
  if (mark === undefined) {
    mark = `<${name}>`;
    MARKS.set(name, mark);
  }
  return mark;
}

/** Builds the key: the message with the words masked that show their class by themselves. */
class KeyBuilder {
  key = "";
  /** Up to here the message is in the key. */
  private copied = 0;
  private readonly message: string;
  private readonly spans: Span[] | undefined;

  constructor(message: string, spans: Span[] | undefined) {
    this.message = message;
    this.spans = spans;
  }

  mask(name: VariableClass, start: number, end: number): void {
    this.replace(markOf(name), start, end);
    const keyEnd = this.key.length;
    this.spans?.push({ class: name, start, end, keyStart: keyEnd - name.length - 2, keyEnd });
  }

  replace(by: string, start: number, end: number): void {
    this.key += start > this.copied ? this.message.slice(this.copied, start) + by : by;
    this.copied = end;
  }

  /** A lower bound of the key's length once the message is copied up to `at`. */
  lengthAt(at: number): number {
    return this.key.length + at - this.copied;
  }

  finish(end: number): string {
    if (end > this.copied) this.key += this.message.slice(this.copied, end);
    this.copied = end;
    return this.key;
  }
}

/** Characters that may lead or follow a word without being part of it. */
function isTrimmed(code: number): boolean {
  switch (code) {
    case 33: // !
    case 35: // #
    case 36: // $
    case 38: // &
    case 42: // *
    case 44: // ,
    case 46: // .
    case 58: // :
    case 63: // ?
    case 64: // @
    case 94: // ^
    case 95: // _
    case 126: // ~
      return true;
    default:
      return false;
  }
}

function isSplit(code: number): boolean {
  const bits = feature(code);
  return (bits & (COLON | SLASH | AT | BACKSLASH | OTHER | COMMA)) !== 0;
}

/** Masks a word (or the parts of it) between `start` and `end`. */
function maskWord(builder: KeyBuilder, message: string, start: number, end: number, features: number): void {
  let from = start;
  let to = end;
  while (to > from && isTrimmed(message.charCodeAt(to - 1))) to--;
  // A leading dot, tilde or slash belongs to a path, a leading sign to a number.
  if ((features & SLASH) === 0) while (from < to && isTrimmed(message.charCodeAt(from))) from++;
  if (
    (features & DIGIT) === 0 &&
    (features & (DOT | SLASH | AT | BACKSLASH)) === DOT &&
    message.indexOf(".", from) >= to
  ) {
    return;
  }
  const sign = message.charCodeAt(from);
  if ((sign === 45 || sign === 43) && !isDigit(message.charCodeAt(from + 1)) && message.charCodeAt(from + 1) !== 46) {
    while (from < to && (message.charCodeAt(from) === 45 || message.charCodeAt(from) === 43)) from++;
  }
  if (from >= to) return;
  const trimmed = to - from === end - start ? features : featuresOf(message, from, to);
  const found = wholeClass(message.slice(from, to), trimmed);
  if (found !== undefined) builder.mask(found, from, to);
  else if (to - from > LONGEST_PARTED) builder.mask("id", from, to);
  else if (trimmed & (COLON | SLASH | AT | BACKSLASH | OTHER | COMMA)) {
    if ((trimmed & (COLON | DOT)) !== (COLON | DOT) || !maskHostPort(builder, message, from, to)) {
      maskParts(builder, message, from, to, trimmed & AT ? 64 : trimmed & SLASH && trimmed & COLON ? 58 : 0);
    }
  } else if (trimmed & DIGIT) maskName(builder, message, from, to, trimmed);
}

/** Digits alone: an amount, unless they are padded to a fixed width. */
function digits(word: string): VariableClass {
  if (word.length < 6 || word.charCodeAt(0) !== 48) return "number";
  return word.length < 16 ? "id" : "hex";
}

function wholeClass(word: string, features: number): VariableClass | undefined {
  if ((features & ~DIGIT) === 0) return digits(word);
  const shape = shapeOf(word, features);
  if (shape !== undefined) return shape;
  if (features & COLON && isJoined(word, features)) return "id";
  if (features & SLASH) return slashed(word, features);
  if (features & (AT | COLON | BACKSLASH | OTHER | COMMA)) return isJoined(word, features) ? "id" : undefined;
  if (features & DOT) {
    if (isHost(word)) return "host";
    if (isDataFile(word) || isNamedFile(word)) return "path";
  }
  return undefined;
}

/** Names of packages and resources joined by `~` or by four and more colons: one id, whatever their parts are. */
function isJoined(word: string, features: number): boolean {
  if ((features & DIGIT) === 0 || (features & (AT | BACKSLASH | COMMA)) !== 0) return false;
  return features & COLON ? /^[A-Za-z][\w.-]*(?::[\w./*-]*){4,}$/.test(word) && word.length <= 256 : word.includes("~");
}

/** Protocol names with their version: part of the language, as in `HTTP/1.1`. */
const PROTOCOL = /^(?:HTTP|HTTPS|TLS|SSL|RTSP|SIP|TCP|UDP|IP|AMQP|MQTT)\/v?\d(?:\.\d)?$/i;

/** Words with slashes that do not begin like a path: relative paths, names below a namespace, ratios, alternatives. */
function slashed(word: string, features: number): VariableClass | undefined {
  if (PROTOCOL.test(word)) return undefined;
  if (features & AT) return undefined;
  if (features & COLON) return undefined;
  if (features & DIGIT) return features & (LETTER | HEX_LETTER | WIDE) ? "path" : undefined;
  if (features & (COLON | AT | OTHER | COMMA)) return undefined;
  const first = word.indexOf("/");
  const several = word.indexOf("/", first + 1) > 0;
  if (several || isDataFile(word)) return "path";
  return undefined;
}

/** A word that is no variable as a whole: each of its parts on its own, apart at `@` first, then at `:`, `/`, `#` … */
function maskParts(builder: KeyBuilder, message: string, start: number, end: number, separator: number): void {
  let from = start;
  for (let i = start; i <= end; i++) {
    const code = i < end ? message.charCodeAt(i) : 0;
    if (i < end && (separator > 0 ? code !== separator : !isSplit(code))) continue;
    if (i > from) {
      const features = featuresOf(message, from, i);
      if (separator > 0 && features & (COLON | SLASH)) maskWord(builder, message, from, i, features);
      else if (features & (DIGIT | DOT)) maskPart(builder, message, from, i, features);
    }
    from = i + 1;
  }
}

/** A dotted name before a port is a host's, whatever its last label. Source files with a line number are not. */
function maskHostPort(builder: KeyBuilder, message: string, start: number, end: number): boolean {
  const colon = message.indexOf(":", start);
  if (colon <= start || end - colon > 6 || colon - start > 253) return false;
  const name = message.slice(start, colon);
  if (!/^\d{1,5}$/.test(message.slice(colon + 1, end)) || !/^[\w-]+(?:\.[\w-]+)+$/.test(name)) return false;
  if (isSourceFile(name) || isDataFile(name) || /[A-Z]/.test(name)) return false;
  builder.mask("host", start, colon);
  builder.mask("number", colon + 1, end);
  return true;
}

function maskPart(builder: KeyBuilder, message: string, start: number, end: number, features: number): void {
  const whole = wholeClass(message.slice(start, end), features);
  if (whole !== undefined) builder.mask(whole, start, end);
  else if (features & DIGIT) maskName(builder, message, start, end, features);
}

/** A name that holds digits: dotted names segment by segment, so that what is constant in them stays readable. */
function maskName(builder: KeyBuilder, message: string, start: number, end: number, features: number): void {
  if (isWideWithDigits(features)) {
    maskDigits(builder, message, start, end);
    return;
  }
  const word = message.slice(start, end);
  if (features & DOT && end - start <= 256 && !isSourceFile(word)) {
    let from = start;
    for (let i = start; i <= end; i++) {
      if (i < end && message.charCodeAt(i) !== 46) continue;
      if (i > from) maskSegment(builder, message, from, i);
      from = i + 1;
    }
  } else if ((features & DOT) === 0 || end - start > 256) {
    maskSegment(builder, message, start, end);
  }
}

function maskSegment(builder: KeyBuilder, message: string, start: number, end: number): void {
  const features = featuresOf(message, start, end);
  if ((features & DIGIT) === 0) return;
  const segment = message.slice(start, end);
  const whole = wholeClass(segment, features);
  if (whole !== undefined) builder.mask(whole, start, end);
  else if (isId(segment)) builder.mask("id", start, end);
}

function maskDigits(builder: KeyBuilder, message: string, start: number, end: number): void {
  let i = start;
  while (i < end) {
    if (!isDigit(message.charCodeAt(i))) {
      i++;
      continue;
    }
    const from = i;
    while (i < end && isDigit(message.charCodeAt(i))) i++;
    builder.mask("number", from, i);
  }
}

/** A word without digits, dots or slashes: only what no language spells is masked. */
function maskPlain(builder: KeyBuilder, message: string, start: number, end: number, features: number): void {
  const length = end - start;
  if (length > LONGEST_PLAIN) builder.mask("id", start, end);
  else if ((features & ~HEX_LETTER) === 0) builder.mask("id", start, end);
  else if (features & DASH && hasGeneratedSuffix(message.slice(start, end))) builder.mask("id", start, end);
}

/** Whether a breaking character goes on with the word: thousands (1,234), clock fractions, queries and route patterns. */
function continues(message: string, at: number, code: number, features: number): boolean {
  if (code === 44) {
    return (features & DIGIT) !== 0 && isDigit(message.charCodeAt(at - 1)) && isDigit(message.charCodeAt(at + 1));
  }
  if ((features & SLASH) === 0) return false;
  if (code === 61 || code === 123) return true;
  if (code !== 125) return false;
  for (let i = at - 1; i > at - LONGEST_PARAMETER; i--) if (message.charCodeAt(i) === 123) return true;
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
  while (i < end && isSpace(message.charCodeAt(i))) i++;
  if (i > 0) builder.replace("", 0, i);
  while (i < end) {
    const start = i;
    let features = 0;
    let code = 0;
    for (; i < end; i++) {
      code = message.charCodeAt(i);
      const bits = feature(code);
      if (bits & BREAK && !continues(message, i, code, features)) break;
      features |= bits & BREAK ? OTHER | (bits & COMMA) : bits;
    }
    if (i > start) {
      if ((features & ~DIGIT) === 0 && message.charCodeAt(start) !== 48) builder.mask("number", start, i);
      else if (features & NOTABLE) maskWord(builder, message, start, i, features & ~BREAK);
      else if (i - start >= 8 && (i - start > LONGEST_PLAIN || features & DASH || (features & ~HEX_LETTER) === 0)) {
        maskPlain(builder, message, start, i, features);
      }
    }
    if (i < end && i === start) i = skipBreak(builder, message, i, code);
    if (builder.lengthAt(i) > MAX_KEY) return builder.finish(i).slice(0, MAX_KEY) + CUT;
  }
  return builder.finish(end);
}
