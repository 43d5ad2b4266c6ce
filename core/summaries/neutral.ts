import { truncate } from "../clusters/digest.ts";

/** Line ends of any kind: a log line stays in its line. */
const LINE_ENDS = /[\r\n\v\f\u0085\u2028\u2029]+/g;

/**
 * Characters that are not seen, or that turn the order of others: controls, zero-width and bidi marks, variation
 * selectors, tags. They hide instructions from people who read the same line.
 */
const UNSEEN = /(?![\t\n\v\f\r\u0085])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** What a model could read as an opening bracket of a tag. */
const BRACKETS = /[<＜﹤〈⟨❮❰《«˂ᐸ≺]/g;

/** Turn marks of chat templates that need no angle bracket. */
const TURNS = /\[(\/?)(INST|SYS|SYSTEM|ASSISTANT|USER)\]/gi;

/** Text of strangers without what could end its place in a prompt, or hide in it. Linear; keeps line ends. */
function withoutMarks(text: string): string {
  return text.toWellFormed().replace(UNSEEN, "").replace(BRACKETS, "‹").replace(TURNS, "($1$2)");
}

/** Text of strangers as one line of at most so many characters, with nothing in it that could close a fence. */
export function oneLine(text: string, characters: number): string {
  return truncate(withoutMarks(text.replace(LINE_ENDS, " ⏎ ")), characters).trim();
}

/** The same for text of several lines: each is indented, so that none begins as a line of the prompt does. */
export function manyLines(text: string, characters: number): string {
  return truncate(withoutMarks(text), characters)
    .split(LINE_ENDS)
    .filter((part) => part.trim() !== "")
    .map((part) => `    ${part}`)
    .join("\n");
}

/** Without what is not seen, for text that a model wrote. */
export function visible(text: string): string {
  return text.toWellFormed().replace(UNSEEN, "");
}
