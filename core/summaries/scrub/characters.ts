// Sets of characters by UTF-16 unit. Units beyond ASCII belong to none but where a function says so.

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

export function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isLetter(code);
}

/** A letter, a digit or `_`. */
export function isWord(code: number): boolean {
  return isAlphanumeric(code) || code === 95;
}

export function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

export function isSpace(code: number): boolean {
  return isBlank(code) || code === 10 || code === 13 || code === 0xa0;
}

/** `[A-Za-z0-9_-]` */
export function isBase64Url(code: number): boolean {
  return isWord(code) || code === 45;
}

/** The end of the run of such characters that begins at `at`. */
export function runEnd(text: string, at: number, belongs: (code: number) => boolean): number {
  let end = at;
  while (end < text.length && belongs(text.charCodeAt(end))) end++;
  return end;
}

/** The start of the run of such characters that ends at `at` (exclusive), at most `limit` characters before it. */
export function runStart(text: string, at: number, belongs: (code: number) => boolean, limit: number): number {
  let start = at;
  while (start > 0 && at - start < limit && belongs(text.charCodeAt(start - 1))) start--;
  return start;
}

/**
 * Whether a number can begin at `at`: not inside a word, nor behind a dot or dash that follows a word, as the parts of
 * decimals, versions and ids do.
 */
export function numberMayBegin(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (isWord(before)) return false;
  return !((before === 46 || before === 45) && isWord(text.charCodeAt(at - 2)));
}

/** Whether a number can end at `end` (exclusive): no word goes on, nor a dot, dash or comma with a digit behind it. */
export function numberMayEnd(text: string, end: number): boolean {
  const next = text.charCodeAt(end);
  if (isWord(next)) return false;
  return !((next === 46 || next === 45) && isDigit(text.charCodeAt(end + 1)));
}
