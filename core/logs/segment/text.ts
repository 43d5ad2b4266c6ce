/// <reference lib="es2024.string" />

/*
 * Parquet strings are UTF-8, and DuckDB, Spark and Arrow refuse a file whose strings are not. A JavaScript string can
 * hold what UTF-8 cannot: a surrogate without its partner (a client that cut a line in the middle of an emoji). Such a
 * unit is written as U+FDD0 and its four hex digits ("\uFDD0d83d"), and so is U+FDD0 itself, which makes the escape
 * unambiguous. U+FDD0 is a noncharacter: valid UTF-8, never assigned, not meant for interchange. All other text is
 * stored as it is, so that every reader sees it plainly.
 */
const MARK = "\uFDD0";
const UNITS_TO_ESCAPE = /[\uFDD0\p{Surrogate}]/gu;
const ESCAPED_UNIT = /\uFDD0([0-9a-f]{4})/g;

/** The text as it is stored: well-formed, and the same string unless it has a lone surrogate or U+FDD0. */
export function escapeText(text: string): string {
  if (text.isWellFormed() && !text.includes(MARK)) return text;
  return text.replace(UNITS_TO_ESCAPE, (unit) => MARK + unit.charCodeAt(0).toString(16).padStart(4, "0"));
}

/** The inverse of {@link escapeText}. */
export function unescapeText(stored: string): string {
  if (!stored.includes(MARK)) return stored;
  return stored.replace(ESCAPED_UNIT, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
