import type { Pattern } from "./pattern.ts";
import { isWordAt, isWordBefore } from "./words.ts";

/** A piece of text to look for, and whether a match may not begin or end inside a word. */
interface Needle {
  text: string;
  startsWord: boolean;
  endsWord: boolean;
}

/** Matches inside longer words that are passed over before the search that is linear in any case takes over. */
const FAST_ATTEMPTS = 32;

/**
 * A search for a folded pattern in a folded text whose blanks are collapsed. A match begins and ends at a word's border
 * unless a star stands there; a star stands for characters that are not blank. Linear in the text.
 */
export function finder(pattern: Pattern): (text: string) => boolean {
  const { pieces, openStart, openEnd } = pattern;
  const needles = pieces.map((text, index): Needle => {
    const isFirst = index === 0;
    const isLast = index === pieces.length - 1;
    return {
      text,
      startsWord: isFirst && !openStart && isWordAt(text, 0),
      endsWord: isLast && !openEnd && isWordBefore(text, text.length),
    };
  });
  const [first, ...rest] = needles;
  if (first === undefined) return () => true;
  const indexOfFirst = needleFinder(first);
  if (rest.length === 0) return (text) => indexOfFirst(text, 0) >= 0;

  const finders = rest.map((needle) => ({ indexOf: needleFinder(needle), length: needle.text.length }));
  // Within a run, the earliest place for each piece leaves most room for those that follow.
  const matchesRun = (run: string): boolean => {
    let from = indexOfFirst(run, 0);
    if (from < 0) return false;
    from += first.text.length;
    for (const { indexOf, length } of finders) {
      const at = indexOf(run, from);
      if (at < 0) return false;
      from = at + length;
    }
    return true;
  };
  return (text) => {
    for (let at = text.indexOf(first.text); at >= 0; ) {
      const start = text.lastIndexOf(" ", at) + 1;
      const space = text.indexOf(" ", at);
      const end = space < 0 ? text.length : space;
      if (matchesRun(text.slice(start, end))) return true;
      at = text.indexOf(first.text, end);
    }
    return false;
  };
}

function needleFinder(needle: Needle): (text: string, from: number) => number {
  const { text: wanted, startsWord, endsWord } = needle;
  if (!startsWord && !endsWord) return (text, from) => text.indexOf(wanted, from);
  const fits = (text: string, at: number): boolean =>
    !(startsWord && isWordBefore(text, at)) && !(endsWord && isWordAt(text, at + wanted.length));
  let borders: Uint16Array | undefined;
  return (text, from) => {
    let start = from;
    for (let attempt = 0; attempt < FAST_ATTEMPTS; attempt++) {
      const at = text.indexOf(wanted, start);
      if (at < 0 || fits(text, at)) return at;
      start = at + 1;
    }
    borders ??= bordersOf(wanted);
    return knuthMorrisPratt(text, wanted, borders, start, fits);
  };
}

/** For each prefix of the text, the length of its longest border: a proper prefix that is also its suffix. */
function bordersOf(text: string): Uint16Array {
  const borders = new Uint16Array(text.length);
  let length = 0;
  for (let i = 1; i < text.length; i++) {
    while (length > 0 && text.charCodeAt(i) !== text.charCodeAt(length)) length = borders[length - 1] ?? 0;
    if (text.charCodeAt(i) === text.charCodeAt(length)) length++;
    borders[i] = length;
  }
  return borders;
}

/** The first match that fits; a text in which every match overlaps the next ("aa-aa-aa-…") costs no more than others. */
function knuthMorrisPratt(
  text: string,
  wanted: string,
  borders: Uint16Array,
  from: number,
  fits: (text: string, at: number) => boolean,
): number {
  let matched = 0;
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    while (matched > 0 && unit !== wanted.charCodeAt(matched)) matched = borders[matched - 1] ?? 0;
    if (unit === wanted.charCodeAt(matched)) matched++;
    if (matched < wanted.length) continue;
    const at = i + 1 - wanted.length;
    if (fits(text, at)) return at;
    matched = borders[matched - 1] ?? 0;
  }
  return -1;
}
