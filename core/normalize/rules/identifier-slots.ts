import { isSourceFile } from "../names.ts";
import { canBeName, isEnvironment, isQualifiedClass } from "../nouns.ts";
import { isSign, isSpace, type Piece } from "../pieces.ts";
import { properEnd } from "./proper-names.ts";
import { CLOSERS, nameEnd, type Slot } from "./slot-context.ts";

/** Prepositions behind which what no dictionary has is an argument. */
const BEFORE = new Set("of in for on from to into with by via at against as onto under using".split(" "));

/** First halves of English compounds (`read-only`), which are no names. */
const COMPOUND =
  /^(?:non|re|pre|post|in|on|off|over|under|self|cross|read|write|up|end|half|long|short|high|low|built|client|server|third|first|last|multi|single|per|run|start|well|back|dead|keep|so|type|case|time|real|full|auto|out|by|to|co|de|sub|inter|round|best|fail|copy|point|peer|man)-/;

/** Two words that a slash makes an alternative, not a name below another. */
const ALTERNATIVES =
  /^(?:and|read|client|server|input|output|request|response|on|yes|true|start|stop|up|upload|push|pull|get|set|http|https|tcp|udp|i|n|s|r|c|a)\//;

/** `order_events`, `orders.created`: words that programs make, no language. */
const MADE = /^(?:[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z][\w-]*(?:\.[a-z][\w-]*)+)$/;

const KEBAB = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/;

export const isMade = (text: string): boolean => MADE.test(text) && !isSourceFile(text);

/** What ends before `at` as the key of a pair, the name of a call, or a type before its members. */
const isKey = (pieces: readonly Piece[], at: number): boolean =>
  isSign(pieces[at], "=") || isSign(pieces[at], "(") || (isSpace(pieces[at]) && isSign(pieces[at + 1], "="));

/** Pairs of capitals that are no country. */
const ABBREVIATED = new Set(["OK", "NO", "DB", "IO", "UP", "ID", "TX", "RX", "OS", "UI", "CI", "AM", "PM"]);

/** `Scheduled send-daily-report with …`: what a verb did something to. */
const isObject = (before: Piece, pieces: readonly Piece[], end: number): boolean =>
  before.kind === "word" &&
  /(?:ed|ing)$/.test(before.text) &&
  !COMPOUND.test(pieces[end - 1]?.text ?? "") &&
  (pieces[end] === undefined || CLOSERS.has(pieces[end + 1]?.text ?? ""));

/** `for Ann Lee`, `by Zoë`: people and companies behind a preposition. */
export function properSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const before = pieces[at - 2];
  if (before?.kind !== "word" || !BEFORE.has(before.text)) return undefined;
  const end = properEnd(pieces, at);
  return end > at ? { class: "name", end } : undefined;
}

/** Identifiers are arguments, except where they give a reason (behind a colon), name a key, or lead the message. */
export function identifierSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const first = pieces[at];
  const before = pieces[at - 2];
  if (first?.kind !== "word" || before === undefined || isSign(before, "=")) return undefined;
  // Behind a colon a word with underscores gives a reason; dots name a thing.
  if (isSign(before, ":") && !/^[a-z]\w*(?:\.\w+)+$/.test(first.text)) return undefined;
  const led = before.kind === "word" && BEFORE.has(before.text.toLowerCase());
  const end = nameEnd(pieces, at);
  if (end !== at + 1 || isKey(pieces, end) || isQualifiedClass(first.text) || isSourceFile(first.text))
    return undefined;
  const text = first.text;
  if (MADE.test(text))
    return led || before.kind !== "sign" || isSign(before, ":") || isSign(before, ")")
      ? { class: "name", end }
      : undefined;
  if (!led) return KEBAB.test(text) && isObject(before, pieces, end) ? { class: "name", end } : undefined;
  if (/^[A-Z]{2}$/.test(text) && !ABBREVIATED.has(text)) return { class: "name", end };
  // Behind `to` stands as often the one peer that a program has.
  // `shop.Invoice`, but `requests.Timeout`
  const typed = /^[a-z][\w-]*\.[A-Z][a-z]+$/.test(text);
  if (typed && !/(?:Error|Exception|Timeout|Warning|Fault|Refused)$/.test(text)) return { class: "name", end };
  if (isEnvironment(text)) return { class: "name", end };
  if (/^[a-z][\w-]*\/[\w-]+$/.test(text)) return ALTERNATIVES.test(text) ? undefined : { class: "name", end };
  const coined =
    (before.text !== "to" && KEBAB.test(text) && !COMPOUND.test(text)) ||
    (/[0-9]/.test(text) && /^[A-Za-z][\w-]*$/.test(text));
  return coined && canBeName(text) ? { class: "name", end } : undefined;
}
