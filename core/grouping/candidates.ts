/** A pattern as candidates are looked for among. */
export interface NamedPattern {
  readonly fingerprint: string;
  readonly serviceName: string;
  readonly template: string;
}

/** Patterns of one service whose templates differ in exactly one word position. */
export interface MergeCandidate {
  readonly serviceName: string;
  /** The template with `<*>` where they differ. */
  readonly template: string;
  /** At least two, each with the word that stands there. */
  readonly patterns: readonly { readonly fingerprint: string; readonly word: string }[];
}

/** Templates of more words are told apart by more than one word. Bounds the work: each position is a key. */
const MAX_WORDS = 64;

interface Place {
  readonly serviceName: string;
  readonly template: string;
  readonly patterns: { readonly fingerprint: string; readonly word: string }[];
}

/**
 * Finds what a stateless template cannot join: `removing telnet` and `removing ftp`. Each template is filed once per
 * word position under itself without that word; what is filed together differs there and nowhere else. A pattern may be
 * in several candidates. The largest come first.
 */
export function mergeCandidates(patterns: readonly NamedPattern[]): MergeCandidate[] {
  const places = new Map<string, Place>();
  for (const { fingerprint, serviceName, template } of patterns) {
    const words = template.split(" ");
    if (words.length < 2 || words.length > MAX_WORDS) continue;
    for (const [position, word] of words.entries()) {
      const holed = words.with(position, "<*>").join(" ");
      const key = `${position}\0${serviceName}\0${holed}`;
      const place = places.get(key) ?? { serviceName, template: holed, patterns: [] };
      // Same words, another exception or frame: nothing differs in the template.
      if (!place.patterns.some((other) => other.word === word)) place.patterns.push({ fingerprint, word });
      places.set(key, place);
    }
  }
  return [...places.values()]
    .filter((place) => place.patterns.length > 1)
    .sort((a, b) => b.patterns.length - a.patterns.length || (a.template < b.template ? -1 : 1));
}
