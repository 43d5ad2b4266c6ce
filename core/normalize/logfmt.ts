export const isKeyCode = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  code === 46 ||
  code === 45 ||
  code === 64;

/** The end of a value in quotes that begins at `at`, behind the closing quote. */
function quotedEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 92) i++;
    else if (code === 34) return i + 1;
  }
  return text.length;
}

/** More pairs than this are no message of a logger. */
export const MOST_PAIRS = 256;

/** Words that belong to no pair: with more of them it is a sentence with pairs in it. */
const MOST_LOOSE = 8;

const unescaped = (text: string): string =>
  text.indexOf("\\") < 0 ? text : text.replaceAll('\\"', '"').replaceAll("\\n", "\n");

/** logfmt: nothing but key=value pairs, apart by spaces. Undefined when a word is no pair. */
export function parseLogfmt(text: string): Readonly<Record<string, unknown>> | undefined {
  // Without a prototype, so that no name has a meaning of its own.
  const fields: Record<string, unknown> = Object.create(null);
  let count = 0;
  let loose = 0;
  let at = 0;
  while (at < text.length) {
    const start = at;
    while (at < text.length && isKeyCode(text.charCodeAt(at))) at++;
    if (at === start || text.charCodeAt(at) !== 61) {
      // A word without a key goes on with the value before it: `took=49 seconds`.
      if (loose++ > MOST_LOOSE || count === 0) return undefined;
      while (at < text.length && text.charCodeAt(at) !== 32) at++;
      while (at < text.length && text.charCodeAt(at) === 32) at++;
      continue;
    }
    const key = text.slice(start, at);
    const from = ++at;
    if (text.charCodeAt(at) === 34) {
      at = quotedEnd(text, at);
      if (++count <= MOST_PAIRS) fields[key] = unescaped(text.slice(from + 1, at - 1));
    } else {
      while (at < text.length && text.charCodeAt(at) !== 32) at++;
      if (++count <= MOST_PAIRS) fields[key] = text.slice(from, at);
    }
    while (at < text.length && text.charCodeAt(at) === 32) at++;
  }
  return count >= 2 && loose * 2 <= count ? fields : undefined;
}
