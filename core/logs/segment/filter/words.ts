import type { LogRow } from "../../log-row.ts";
import { parseAttributes, textsOfAttributes } from "../../query/attributes.ts";
import { MAX_WORD, MIN_WORD, tokenize } from "../../query/words.ts";
import type { HashSet } from "./hash-set.ts";

/*
 * Words are known by 32 bits of FNV-1a over their UTF-16 units. Of 300,000 words in a segment, another word has the
 * hash of one of them with a probability of 0.007 %, far below the filter's own 0.4 %.
 */
const WORD_BASIS = 0x811c_9dc5 | 0;
/** Fingerprints are hashed from another start, so that they are no words. */
const FINGERPRINT_BASIS = 0x1b87_3593;
const PRIME = 0x0100_0193;

function hash(text: string, basis: number): number {
  let hashed = basis;
  for (let i = 0; i < text.length; i++) hashed = Math.imul(hashed ^ text.charCodeAt(i), PRIME);
  return hashed;
}

/** The hash of a word as `tokenize` gives it. */
export const hashWord = (word: string): number => hash(word, WORD_BASIS);
export const hashFingerprint = (fingerprint: string): number => hash(fingerprint, FINGERPRINT_BASIS);

/** Adds what the rows of a row group are found by: the words of their texts, and their fingerprints. */
export function addRows(hashes: HashSet, rows: readonly LogRow[]): void {
  let last: string | undefined;
  for (const { message, trace, traceId, attributes, fingerprint } of rows) {
    if (fingerprint !== last) hashes.add(hashFingerprint(fingerprint));
    last = fingerprint;
    addText(hashes, message);
    if (trace !== undefined) addText(hashes, trace);
    if (traceId !== undefined) addText(hashes, traceId);
    if (attributes === undefined) continue;
    addText(hashes, attributes);
    if (!OTHER_FORMS.test(attributes)) continue;
    for (const text of textsOfAttributes(parseAttributes(attributes))) addText(hashes, text);
  }
}

/**
 * JSON that may have words in another form than its values have: escapes (the text `"a\nword"` has the words `a` and
 * `nword`, the string has `word`) and numbers that JSON.stringify would not write so.
 */
const OTHER_FORMS = /\\|[:[,]\s*-?(?:[\d.]{17}|\d[\d.]*[eE]|\d*\.(?:\d*0(?!\d)|0{6}))/;

/** Of each ASCII character: its lower case if it belongs to a word, or 0. */
const CHARACTERS = new Uint8Array(128);
for (let unit = 0; unit < 128; unit++) {
  const character = String.fromCharCode(unit);
  if (/\w/.test(character)) CHARACTERS[unit] = character.toLowerCase().charCodeAt(0);
}
const NOT_ASCII = -1;
const characterOf = (unit: number): number => (unit < 128 ? (CHARACTERS[unit] ?? 0) : NOT_ASCII);

/**
 * Adds the words of a text as `tokenize` gives them. ASCII, most of what is logged, is hashed in one pass without
 * strings, five times as fast; what has another character is left to `tokenize`, from the ASCII character before that
 * is in no word to the next one: a word is the same wherever it stands.
 */
export function addText(hashes: HashSet, text: string): void {
  let hashed = WORD_BASIS;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const character = characterOf(text.charCodeAt(i));
    if (character > 0) {
      if (length++ < MAX_WORD) hashed = Math.imul(hashed ^ character, PRIME);
      continue;
    }
    if (character === NOT_ASCII) {
      const start = i - length;
      while (i < text.length && characterOf(text.charCodeAt(i)) !== 0) i++;
      for (const word of tokenize(text.slice(start, i))) hashes.add(hashWord(word));
    } else if (length >= MIN_WORD) {
      hashes.add(hashed);
    }
    hashed = WORD_BASIS;
    length = 0;
  }
  if (length >= MIN_WORD) hashes.add(hashed);
}
