import { isSourceFile } from "../names.ts";
import { canBeName, isEnvironment, isQualifiedClass } from "../nouns.ts";
import { isMark, isSign, isSpace, isWord, type Piece } from "../pieces.ts";
import { companyEnd, properEnd } from "./proper-names.ts";
import { CLOSERS, isClosed, nameEnd, type Slot } from "./slot-context.ts";

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

/** `PolicyApplication`, `loadQuote`, `InPost` */
const CAMEL = /^[A-Za-z]+[a-z]+(?:[A-Z][a-z]+)+$/;

/** `UPDATE_COMPLETE` */
export const STATE = /^[A-Z]+(?:_[A-Z]+)+$/;

const TYPED = /^[a-z][\w-]*\.[A-Z][a-z]+$/;

/** Names of what went wrong tell problems apart. */
const FAILURE = /(?:Error|Exception|Timeout|Warning|Fault|Refused|Failure|Failed|Denied|Interrupt|Panic)$/;

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
  (pieces[end] === undefined ||
    CLOSERS.has(pieces[end + 1]?.text ?? "") ||
    (isSpace(pieces[end]) && isWord(pieces[end + 1]) && isSign(pieces[end + 2], "=")));

/** `for client storefront-web`, `may not write policy.Menu`: what a phrase ends with. */
function isLast(before: Piece, text: string, pieces: readonly Piece[], end: number): boolean {
  if (before.kind !== "word" || STATES.test(before.text) || FAILURE.test(text)) return false;
  const next = pieces[end];
  if (next !== undefined && ![",", ";", ":"].some((sign) => isSign(next, sign))) return false;
  return TYPED.test(text) || (KEBAB.test(text) && !COMPOUND.test(text) && canBeName(text));
}

/** Behind these stands what is said about a thing. */
const STATES = /^(?:is|are|was|were|be|been|not|too|very|so|as|more|most|[a-z]+ly)$/;

/** `timeout to payment-gateway after <duration>`: behind `to` stands as often the one peer that a program has. */
const isPeer = (before: Piece, pieces: readonly Piece[], end: number): boolean =>
  before.text === "to" && isSpace(pieces[end]) && CLOSERS.has(pieces[end + 1]?.text ?? "");

/** `for Ann Lee`, `by Zoë`: people and companies behind a preposition. */
export function properSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const before = pieces[at - 2];
  if (before?.kind !== "word" || !BEFORE.has(before.text)) return undefined;
  const named = isMark(pieces[at], "id") || /^[a-z]{2,}$/.test(pieces[at]?.text ?? "");
  // `of basket & Sons Ltd.`
  const partners = named && isSign(pieces[at + 2], "&") ? companyEnd(pieces, at + 1) : at + 1;
  if (partners > at + 1) return { class: "name", end: partners };
  const end = properEnd(pieces, at);
  return end > at ? { class: "name", end } : undefined;
}

/** Identifiers are arguments, except where they give a reason (behind a colon), name a key, or lead the message. */
export function identifierSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const first = pieces[at];
  const before = pieces[at - 2];
  if (first?.kind !== "word" || before === undefined || isSign(before, "=")) return undefined;
  // Behind a colon a word with underscores gives a reason; dots name a thing.
  const column = /^[A-Z]\w*\.[a-z]\w*$/.test(first.text) && at + 1 === pieces.length;
  // `OrdersTable CREATE_FAILED`: what is in a state.
  const state = isSpace(pieces[at + 1]) && pieces[at + 2]?.kind === "word" && STATE.test(pieces[at + 2]?.text ?? "");
  if (state && /^[A-Z]\w*[a-z]\w*$/.test(first.text) && !FAILURE.test(first.text))
    return { class: "name", end: at + 1 };
  if (column) return { class: "name", end: at + 1 };
  if (isSign(before, ":") && !/^[a-z]\w*(?:\.\w+)+$/.test(first.text)) return undefined;
  const led = before.kind === "word" && BEFORE.has(before.text.toLowerCase());
  const end = nameEnd(pieces, at);
  // `moved to lessons:bulk`
  if (led && end === at + 3 && isSign(pieces[at + 1], ":") && /^[a-z]+$/.test(first.text) && isWord(pieces[at + 2]))
    return { class: "name", end };
  if (end !== at + 1 || isKey(pieces, end) || isQualifiedClass(first.text) || isSourceFile(first.text))
    return undefined;
  const text = first.text;
  if (MADE.test(text))
    return led || before.kind !== "sign" || isSign(before, ":") || isSign(before, ")")
      ? { class: "name", end }
      : undefined;
  if (!led) {
    // `Compiling tokio <version>`
    const released = isSpace(pieces[end]) && isMark(pieces[end + 1], "version") && /^[a-z][\w-]*$/.test(text);
    if (released && before.kind === "word" && /(?:ed|ing)$/.test(before.text)) return { class: "name", end };
    const object = KEBAB.test(text) || (CAMEL.test(text) && !FAILURE.test(text));
    if (object && isObject(before, pieces, end)) return { class: "name", end };
    return isLast(before, text, pieces, end) ? { class: "name", end } : undefined;
  }
  // `deploy of pricing <version>`
  if (isSpace(pieces[end]) && isMark(pieces[end + 1], "version") && /^[a-z]+$/.test(text))
    return { class: "name", end };
  if (CAMEL.test(text) && !FAILURE.test(text) && isClosed(pieces, end)) return { class: "name", end };
  if (/^[A-Z]{2}$/.test(text) && !ABBREVIATED.has(text)) return { class: "name", end };
  // `shop.Invoice`, but `requests.Timeout`
  if (TYPED.test(text) && !FAILURE.test(text)) return { class: "name", end };
  if (isEnvironment(text)) return { class: "name", end };
  if (/^[a-z][\w-]*\/[\w-]+$/.test(text)) return ALTERNATIVES.test(text) ? undefined : { class: "name", end };
  const coined =
    (KEBAB.test(text) && !COMPOUND.test(text) && !isPeer(before, pieces, end)) ||
    (/[0-9]/.test(text) && /^[A-Za-z][\w-]*$/.test(text));
  return coined && canBeName(text) ? { class: "name", end } : undefined;
}
