import { eachWord, wordOf } from "./words.ts";

/** A text with `*` in it, which stands for any characters, or none. Without one, a single closed piece. */
export interface Pattern {
  /** What stands between the stars, none of it empty unless the whole pattern is. */
  readonly pieces: readonly string[];
  /** Whether a star comes first. */
  readonly openStart: boolean;
  /** Whether a star comes last. */
  readonly openEnd: boolean;
}

/** @param quoted between quotes, a star is a star */
export function patternOf(text: string, quoted: boolean): Pattern {
  if (quoted || !text.includes("*")) return { pieces: [text], openStart: false, openEnd: false };
  return {
    pieces: text.split("*").filter((piece) => piece !== ""),
    openStart: text.startsWith("*"),
    openEnd: text.endsWith("*"),
  };
}

export function mapPieces(pattern: Pattern, change: (piece: string) => string): Pattern {
  return { ...pattern, pieces: pattern.pieces.map(change) };
}

/** Whether anything matches: the pattern is only stars. */
export function matchesEverything(pattern: Pattern): boolean {
  return pattern.pieces.length === 0;
}

/** The text that is all of the pattern, when it has no star. */
export function literalOf(pattern: Pattern): string | undefined {
  return pattern.openStart || pattern.openEnd || pattern.pieces.length !== 1 ? undefined : pattern.pieces[0];
}

/** A test of a whole value. Each piece is looked for once, after the one before it: linear. */
export function wholeMatcher(pattern: Pattern): (value: string) => boolean {
  const literal = literalOf(pattern);
  if (literal !== undefined) return (value) => value === literal;
  const middle = [...pattern.pieces];
  const first = pattern.openStart ? "" : (middle.shift() ?? "");
  const last = pattern.openEnd ? "" : (middle.pop() ?? "");
  return (value) => {
    if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
    const end = value.length - last.length;
    let from = first.length;
    for (const piece of middle) {
      const at = value.indexOf(piece, from);
      if (at < 0 || at + piece.length > end) return false;
      from = at + piece.length;
    }
    return true;
  };
}

/**
 * The words that every match of a folded pattern holds. A word beside a star may go on in the text that is found, so it
 * is none of them.
 */
export function wordsOf(pattern: Pattern): string[] {
  const { pieces } = pattern;
  const words: string[] = [];
  pieces.forEach((piece, index) => {
    const openStart = index > 0 || pattern.openStart;
    const openEnd = index < pieces.length - 1 || pattern.openEnd;
    eachWord(piece, (start, end) => {
      if ((openStart && start === 0) || (openEnd && end === piece.length)) return;
      const word = wordOf(piece, start, end);
      if (word !== undefined) words.push(word);
    });
  });
  return words;
}
