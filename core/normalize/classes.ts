/**
 * The classes that a variable part of a message can have. A template shows the class in angle brackets, for instance
 * `<number>`; names of things all show as `<id>` (see grammar.ts). `time` is a clock that no rule has read yet, as a
 * moment or a duration, and never stays. What a template shows is part of the fingerprint's input, so that a change
 * needs a new grouping version.
 */
export const VARIABLE_CLASSES = [
  "uuid",
  "ip",
  "mac",
  "host",
  "number",
  "hex",
  "path",
  "url",
  "email",
  "timestamp",
  "time",
  "duration",
  "size",
  "id",
  "version",
  "bool",
  "method",
  "currency",
  "money",
  "agent",
  "name",
  "string",
  "value",
  "list",
  "json",
] as const;

export type VariableClass = (typeof VARIABLE_CLASSES)[number];

/** A masked part of a message: UTF-16 offsets, `end` exclusive. */
export interface Token {
  readonly class: VariableClass;
  readonly start: number;
  readonly end: number;
}

const NAMES: ReadonlyMap<string, VariableClass> = new Map(VARIABLE_CLASSES.map((name) => [name, name]));

/** The longest class name, so that looking for a mark costs a bounded number of steps at every `<`. */
const LONGEST_NAME = VARIABLE_CLASSES.reduce((longest, name) => Math.max(longest, name.length), 0);

/**
 * The class of the mark (`<number>`) that begins at `at`, where `text` has a `<`. A message that already holds marks
 * keeps them, which makes templating a template harmless.
 */
export function markAt(text: string, at: number): VariableClass | undefined {
  const limit = Math.min(text.length, at + LONGEST_NAME + 2);
  let close = at + 1;
  while (close < limit && text.charCodeAt(close) !== 62) close++;
  if (close >= limit) return undefined;
  return NAMES.get(text.slice(at + 1, close));
}

// Character features. A word's features are the union over its characters: they decide which rows of the table of
// shapes can match at all, so that most words cost no regular expression.
export const DIGIT = 1;
export const HEX_LETTER = 2;
export const LETTER = 4;
export const DASH = 8;
export const DOT = 16;
export const COLON = 32;
export const SLASH = 64;
export const AT = 128;
export const UNDERSCORE = 256;
export const BACKSLASH = 512;
export const OTHER = 1024;
export const COMMA = 2048;
export const WIDE = 4096;
/** Ends a word. */
export const BREAK = 1 << 15;

function featureOf(code: number): number {
  const char = String.fromCharCode(code);
  if (/[0-9]/.test(char)) return DIGIT;
  if (/[a-fA-F]/.test(char)) return HEX_LETTER;
  if (/[g-zG-Z]/.test(char)) return LETTER;
  const named: Record<string, number> = {
    "-": DASH,
    ".": DOT,
    ":": COLON,
    "/": SLASH,
    "@": AT,
    _: UNDERSCORE,
    "\\": BACKSLASH,
    ",": COMMA | BREAK,
  };
  const feature = named[char];
  if (feature !== undefined) return feature;
  return "#%+$&?!*~^".includes(char) ? OTHER : BREAK;
}

const FEATURES = Uint16Array.from({ length: 128 }, (_, code) => featureOf(code));

/** The feature bits of a UTF-16 unit. Everything outside ASCII counts as a letter of a word, lone surrogates too. */
export function feature(code: number): number {
  return code < 128 ? (FEATURES[code] ?? BREAK) : WIDE;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
