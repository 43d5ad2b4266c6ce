import { DIGIT, isDigit } from "./classes.ts";
import type { KeyBuilder } from "./key-builder.ts";
import { featuresOf, isDataFile, isId, isPrefixed, isScrambled, isSourceFile } from "./names.ts";

/** Deeper and longer targets are data, no route. */
const DEEPEST_ROUTE = 10;
const LONGEST_ROUTE = 256;

/** What a browser loads besides data files and sources. */
const STATIC = /\.(?:css|map|woff2?|ttf|eot|svg|ico|webmanifest|html?|php|asp|aspx|jsp|cgi)$/i;

/** A segment that varies: an id, a number, an address. `v1` and words stay, and so do the parameters of a pattern. */
function varies(segment: string, features: number): boolean {
  const first = segment.charCodeAt(0);
  if (first === 58 || first === 123) return false;
  if (segment.includes("@") || segment.includes("%") || segment.length > 48) return true;
  if ((features & DIGIT) === 0) {
    return segment.length >= 12 && (isScrambled(segment, 0, segment.length) || isPrefixed(segment));
  }
  if (/^v\d{1,2}$/.test(segment)) return false;
  return isDigit(first) || isId(segment);
}

/** The target of a request: its route tells problems apart, the ids in it and the query do not. Files are data. */
export function maskRoute(builder: KeyBuilder, message: string, start: number, end: number): void {
  let to = end;
  while (to > start + 1 && ".,:;!".includes(message.charAt(to - 1))) to--;
  const query = message.indexOf("?", start);
  const last = query >= 0 && query < to ? query : to;
  const target = message.slice(start, Math.min(last, start + LONGEST_ROUTE + 1));
  const file = target.slice(target.lastIndexOf("/") + 1);
  const isFile = file.includes(".") && (isDataFile(file) || isSourceFile(file) || STATIC.test(file));
  if (isFile || target.length > LONGEST_ROUTE || target.split("/").length > DEEPEST_ROUTE) {
    builder.mask("path", start, to);
    return;
  }
  for (let from = start + 1; from < last; ) {
    const slash = message.indexOf("/", from);
    const close = slash < 0 || slash > last ? last : slash;
    const segment = message.slice(from, close);
    if (segment !== "" && varies(segment, featuresOf(message, from, close))) builder.mask("id", from, close);
    from = close + 1;
  }
  // A query comes and goes with the request.
  if (last < to) builder.replace("", last, to);
}
