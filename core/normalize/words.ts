import {
  AT,
  BACKSLASH,
  COLON,
  COMMA,
  DASH,
  DIGIT,
  DOT,
  feature,
  HEX_LETTER,
  isDigit,
  LETTER,
  OTHER,
  SLASH,
  UNDERSCORE,
  type VariableClass,
  WIDE,
} from "./classes.ts";
import type { KeyBuilder } from "./key-builder.ts";
import {
  featuresOf,
  hasGeneratedSuffix,
  isDataFile,
  isHost,
  isId,
  isNamedFile,
  isPrefixed,
  isScrambled,
  isSourceFile,
  isWideWithDigits,
} from "./names.ts";
import { shapeOf } from "./shapes.ts";

/** Plain words longer than this are encoded data, not language. */
export const LONGEST_PLAIN = 64;

/** Longer words are not taken apart (at most this many parts, so that a line of 32 KB stays far below a millisecond). */
const LONGEST_PARTED = 512;

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
export function maskWord(builder: KeyBuilder, message: string, start: number, end: number, features: number): void {
  let from = start;
  let to = end;
  while (to > from && isTrimmed(message.charCodeAt(to - 1))) to--;
  // `1.2.3.4:80->…`: the dash is an arrow's.
  if (message.charCodeAt(to - 1) === 45 && message.charCodeAt(to) === 62) to--;
  // `::1`, `-$12`: what leads belongs to some shapes.
  if ((features & DIGIT) !== 0 && isTrimmed(message.charCodeAt(from)) && to - from <= 48) {
    const lead = shapeOf(message.slice(from, to), featuresOf(message, from, to));
    if (lead === "ip" || lead === "money") {
      builder.mask(lead, from, to);
      return;
    }
  }
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
  if (
    (sign === 45 || sign === 43) &&
    !isDigit(message.charCodeAt(from + 1)) &&
    message.charCodeAt(from + 1) !== 46 &&
    !isMoney(message, from, to, features)
  ) {
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

const isMoney = (message: string, from: number, to: number, features: number): boolean =>
  (features & DIGIT) !== 0 && to - from <= 32 && shapeOf(message.slice(from, to), features) === "money";

/** 20250425 */
const DAY = /^20[0-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;

/** Digits alone: an amount, unless they are padded to a fixed width. */
function digits(word: string): VariableClass {
  if (word.length === 13 && /^1[4-9]/.test(word)) return "timestamp";
  if (word.length === 8 && DAY.test(word)) return "timestamp";
  // The number of an article (GTIN-13), and what nobody counts to.
  if (word.length === 13 || word.length >= 17) return "id";
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

/** `693.4MB/5057196B`, `bytes/66.7kB`, `3/5`: measures of a part and its whole, each with its own unit. */
const RATIO = /^(?:[\d.,]+[A-Za-z%]{0,5}|[A-Za-z]{1,5})\/[\d.,]+[A-Za-z%]{0,5}$/;

/** Words with slashes that do not begin like a path: relative paths, names below a namespace, ratios, alternatives. */
function slashed(word: string, features: number): VariableClass | undefined {
  if (PROTOCOL.test(word)) return undefined;
  if (features & AT) return undefined;
  if (features & COLON) return undefined;
  if (RATIO.test(word)) return undefined;
  // Base64 has no dots and no words.
  if (word.length >= 24 && /^[A-Za-z0-9+/]+={0,2}$/.test(word) && isScrambled(word, 0, word.length)) return "id";
  // `RE2024/1879`: the number of a document or an article.
  if (features & DIGIT && /^[A-Z0-9-]+\/[A-Z0-9-]+$/.test(word) && /[A-Z]/.test(word)) return "id";
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
export function maskPlain(builder: KeyBuilder, message: string, start: number, last: number, features: number): void {
  let end = last;
  while (end > start + 1 && isTrimmed(message.charCodeAt(end - 1))) end--;
  const length = end - start;
  if (length > LONGEST_PLAIN) builder.mask("id", start, end);
  else if ((features & ~HEX_LETTER) === 0) builder.mask("id", start, end);
  else if (
    length >= 8 &&
    (isScrambled(message, start, end) || (features & UNDERSCORE && isPrefixed(message.slice(start, end))))
  )
    builder.mask("id", start, end);
  else if (features & DASH && hasGeneratedSuffix(message.slice(start, end))) builder.mask("id", start, end);
}
