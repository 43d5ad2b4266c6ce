/** A word filter is keyed by whole words: a single letter is in every row group, and tells nothing. */
export const MIN_WORD = 2;
/** UTF-16 units that are kept of a longer word (base64, minified code). Two such words may then look alike, never less. */
export const MAX_WORD = 64;

const WORD_CHARACTER = /[\p{L}\p{M}\p{N}_]/u;

/**
 * Whether code units below U+10000 are word characters: 0 unknown, 1 no, 2 yes. Filled as they occur, because asking
 * the regular expression for all of them costs a Worker's start-up.
 */
const known = new Uint8Array(0x10000);

function isWordCharacter(codePoint: number): boolean {
  if (codePoint > 0xffff) return WORD_CHARACTER.test(String.fromCodePoint(codePoint));
  const answer = known[codePoint] ?? 0;
  if (answer !== 0) return answer === 2;
  const isWord = WORD_CHARACTER.test(String.fromCharCode(codePoint));
  known[codePoint] = isWord ? 2 : 1;
  return isWord;
}

/** Whether the character that ends before `index` belongs to a word. */
export function isWordBefore(text: string, index: number): boolean {
  if (index <= 0) return false;
  const unit = text.charCodeAt(index - 1);
  const isLow = unit >= 0xdc00 && unit <= 0xdfff;
  const pair = isLow ? (text.codePointAt(index - 2) ?? 0) : 0;
  return isWordCharacter(pair > 0xffff ? pair : unit);
}

/** Whether the character that begins at `index` belongs to a word. */
export function isWordAt(text: string, index: number): boolean {
  const codePoint = text.codePointAt(index);
  return codePoint !== undefined && isWordCharacter(codePoint);
}

/**
 * The text as it is compared: lower case, character by character. JavaScript lowers a final Greek sigma by its
 * neighbours; without that, a word is the same wherever it stands, and folding never moves a word's borders.
 */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes("ς") ? lower.replaceAll("ς", "σ") : lower;
}

/** Calls `use` with the borders of each run of letters, marks, digits and `_`. Linear. */
export function eachWord(text: string, use: (start: number, end: number) => void): void {
  let start = -1;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const codePoint = unit >= 0xd800 && unit <= 0xdbff ? (text.codePointAt(i) ?? unit) : unit;
    if (isWordCharacter(codePoint)) {
      if (start < 0) start = i;
    } else if (start >= 0) {
      use(start, i);
      start = -1;
    }
    if (codePoint > 0xffff) i++;
  }
  if (start >= 0) use(start, text.length);
}

/** A word of folded text as the word filter knows it; undefined when it is too short to be in there. */
export function wordOf(folded: string, start: number, end: number): string | undefined {
  if (end - start < MIN_WORD) return undefined;
  if (end - start <= MAX_WORD) return folded.slice(start, end);
  const last = folded.charCodeAt(start + MAX_WORD - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return folded.slice(start, start + (splitsPair ? MAX_WORD - 1 : MAX_WORD));
}

/**
 * The words of a text, in order, with repetitions: letters, marks and digits of any script and `_`, split at everything
 * else, folded, 2 to 64 UTF-16 units long (what is longer is cut). The word filter of a segment and the words of a
 * query are both made by this, and have to be: a change makes old filters wrong. A uuid gives its five parts.
 */
export function tokenize(text: string): string[] {
  const folded = fold(text);
  const words: string[] = [];
  eachWord(folded, (start, end) => {
    const word = wordOf(folded, start, end);
    if (word !== undefined) words.push(word);
  });
  return words;
}
