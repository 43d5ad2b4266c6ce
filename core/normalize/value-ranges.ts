/** Where the value of a field of a structured message stands: UTF-16 offsets, `end` exclusive, quotes left out. */
export interface FieldRange {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** More fields are left out: a page shows no more. */
const MOST_FIELDS = 256;

/** Behind the quote that closes the one at `at`. */
function quoteEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 92) i++;
    else if (code === 34) return i + 1;
  }
  return text.length;
}

/** The name that a JSON string spells, or the string itself where it spells none. */
function unquoted(text: string): string {
  try {
    const name: unknown = JSON.parse(text);
    return typeof name === "string" ? name : text;
  } catch {
    return text;
  }
}

function rangeOf(text: string, name: string, from: number, to: number): FieldRange {
  let start = from;
  let end = to;
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  const isQuoted = text.charAt(start) === '"' && end > start + 1 && text.charAt(end - 1) === '"';
  return isQuoted ? { name, start: start + 1, end: end - 1 } : { name, start, end };
}

/** The fields of the outermost object of a JSON text that is known to be valid. */
function jsonRanges(text: string, from: number): FieldRange[] {
  const ranges: FieldRange[] = [];
  let depth = 0;
  let key = "";
  let value = -1;
  for (let i = from; i < text.length && ranges.length < MOST_FIELDS; i++) {
    const char = text.charAt(i);
    if (char === '"') {
      const end = quoteEnd(text, i);
      if (depth === 1 && value < 0) key = unquoted(text.slice(i, end));
      i = end - 1;
    } else if (char === "{" || char === "[") depth++;
    else if (char === ":" && depth === 1 && value < 0) value = i + 1;
    else if ((char === "," && depth === 1) || ((char === "}" || char === "]") && --depth === 0)) {
      if (value >= 0) ranges.push(rangeOf(text, key, value, i));
      value = -1;
    }
  }
  return ranges;
}

function logfmtRanges(text: string, from: number): FieldRange[] {
  const ranges: FieldRange[] = [];
  for (let at = from; at < text.length && ranges.length < MOST_FIELDS; ) {
    const equals = text.indexOf("=", at);
    if (equals < 0) break;
    const name = text.slice(at, equals).trim();
    let end = equals + 1;
    if (text.charAt(end) === '"') end = quoteEnd(text, end);
    else while (end < text.length && text.charCodeAt(end) !== 32) end++;
    ranges.push(rangeOf(text, name, equals + 1, end));
    at = end;
  }
  return ranges;
}

/** The fields of a structured message that begins at `from`, in their order. */
export function fieldRanges(text: string, from: number, kind: "json" | "logfmt"): FieldRange[] {
  return kind === "json" ? jsonRanges(text, from) : logfmtRanges(text, from);
}
