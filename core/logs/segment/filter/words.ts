import { MAX_WORD, MIN_WORD, tokenize } from "../../query/words.ts";
import type { LogRow } from "../../log-row.ts";
import type { HashSet } from "./hash-set.ts";

/*
 * Words are known by 32 bits of FNV-1a over their UTF-16 units. Of 300,000 words in a segment, another word has the
 * hash of one of them with a probability of 0.007 %, far below the filter's own 0.4 %.
 */
const WORD_BASIS = 0x811c_9dc5;
/** Fingerprints are hashed from another start, so that they are no words. */
const FINGERPRINT_BASIS = 0x1b87_3593;
const PRIME = 0x0100_0193;

function hash(text: string, basis: number): number {
  let hashed = basis;
  for (let i = 0; i < text.length; i++) hashed = Math.imul(hashed ^ text.charCodeAt(i), PRIME);
  return hashed >>> 0;
}

/** The hash of a word as `tokenize` gives it. */
export const hashWord = (word: string): number => hash(word, WORD_BASIS);
export const hashFingerprint = (fingerprint: string): number => hash(fingerprint, FINGERPRINT_BASIS);

/** Adds what the rows of a row group can be found by: the words of their texts, and their fingerprints. */
export function addRows(hashes: HashSet, rows: readonly LogRow[]): void {
  addFingerprints(hashes, rows);
  addTexts(hashes, texts(rows, (row) => row.message));
  addTexts(hashes, texts(rows, (row) => row.trace));
  addTexts(hashes, texts(rows, (row) => row.traceId));
  const attributes = texts(rows, (row) => row.attributes);
  addTexts(hashes, attributes);
  addTexts(hashes, attributes.filter((json) => json.includes("\\")).flatMap(unescaped));
}

function addFingerprints(hashes: HashSet, rows: readonly LogRow[]): void {
  let previous: string | undefined;
  for (const { fingerprint } of rows) {
    if (fingerprint !== previous) hashes.add(hashFingerprint(fingerprint));
    previous = fingerprint;
  }
}

function texts(rows: readonly LogRow[], textOf: (row: LogRow) => string | undefined): string[] {
  const found: string[] = [];
  for (const row of rows) {
    const text = textOf(row);
    if (text) found.push(text);
  }
  return found;
}

/** The strings in a JSON text, keys too. The text `"a\nword"` has the words `a` and `nword`, the string has `word`. */
function unescaped(json: string): string[] {
  const found: string[] = [];
  try {
    JSON.parse(json, (key, value: unknown) => {
      found.push(key);
      if (typeof value === "string") found.push(value);
      return value;
    });
  } catch {
    // Not JSON: nothing but its text can be searched.
  }
  return found;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const NEW_LINE = 0x0a;

/** Of each byte: the lower-case character if it belongs to a word, 0 if it does not, NOT_ASCII if it is part of another. */
const CHARACTERS = new Uint8Array(256);
const NOT_ASCII = 0xff;
for (let byte = 0; byte < 256; byte++) {
  const character = String.fromCharCode(byte);
  if (byte >= 0x80) CHARACTERS[byte] = NOT_ASCII;
  else if (/\w/.test(character)) CHARACTERS[byte] = character.toLowerCase().charCodeAt(0);
}

/**
 * Adds the words of texts as `tokenize` gives them. ASCII, most of what is logged, is hashed byte by byte in one pass
 * over all texts, ten times as fast as by strings. A line feed is in no word: lines are texts of their own.
 */
export function addTexts(hashes: HashSet, texts: readonly string[]): void {
  if (texts.length === 0) return;
  const bytes = encoder.encode(texts.join("\n"));
  let hashed = WORD_BASIS;
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const character = CHARACTERS[bytes[i] ?? 0] ?? 0;
    if (character === 0) {
      if (length >= MIN_WORD) hashes.add(hashed >>> 0);
      hashed = WORD_BASIS;
      length = 0;
    } else if (character === NOT_ASCII) {
      i = addLine(hashes, bytes, i);
      hashed = WORD_BASIS;
      length = 0;
    } else if (length++ < MAX_WORD) {
      hashed = Math.imul(hashed ^ character, PRIME);
    }
  }
  if (length >= MIN_WORD) hashes.add(hashed >>> 0);
}

/** Adds the words of the line around a byte; gives the position of its end. */
function addLine(hashes: HashSet, bytes: Uint8Array, within: number): number {
  const start = bytes.lastIndexOf(NEW_LINE, within) + 1;
  const next = bytes.indexOf(NEW_LINE, within);
  const end = next < 0 ? bytes.length : next;
  for (const word of tokenize(decoder.decode(bytes.subarray(start, end)))) hashes.add(hashWord(word));
  return end;
}
