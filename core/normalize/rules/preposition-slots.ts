import { BY_OTHERS, canBeName, isHolder, isNeverName, isQualifiedClass, LINKED, nounClass } from "../nouns.ts";
import { isMark, isSign, isSpace, isWord, type Piece } from "../pieces.ts";
import { hashEnd } from "./host-slots.ts";
import { portEnd } from "./noun-slots.ts";
import { CLOSERS, HOSTING, isClosed, isIdentifier, nameEnd, type Slot } from "./slot-context.ts";

/** `connected to X`, `login … for X`: what a verb and its preposition announce. */
export function linkSlot(pieces: readonly Piece[], at: number, seenAuth: boolean): Slot | undefined {
  const preposition = pieces[at - 2]?.text;
  const first = pieces[at];
  if (first === undefined || !isSpace(pieces[at - 1])) return undefined;
  const end = Math.max(nameEnd(pieces, at), hashEnd(pieces, at));
  if (end === at) return undefined;
  if (preposition === "to" && isLinked(pieces, at - 4)) {
    if (first.kind === "word" && (isNeverName(first.text) || nounClass(first.text) !== undefined)) return undefined;
    if (first.kind === "word" && !isClosed(pieces, callEnd(pieces, end))) return undefined;
    if (first.kind === "mark" && !HOSTING.has(first.class)) return undefined;
    return portEnd(pieces, "host", at, end) ?? { class: "host", end: callEnd(pieces, end) };
  }
  if (
    preposition === "by" &&
    first.kind === "word" &&
    end === at + 1 &&
    canBeName(first.text) &&
    !BY_OTHERS.has(first.text)
  ) {
    return isClosed(pieces, end) || isSign(pieces[end], "(") ? { class: "name", end } : undefined;
  }
  if (preposition === "for" && seenAuth && isMark(first, "email")) return { class: "name", end };
  if (preposition === "for" && seenAuth && first.kind === "word" && end === at + 1) {
    const next = pieces[end];
    const peer = pieces[end + 1]?.text === "from" && (isMark(pieces[end + 3], "ip") || isMark(pieces[end + 3], "host"));
    if (isNeverName(first.text) || (nounClass(first.text) !== undefined && !peer)) return undefined;
    return next === undefined || isClosed(pieces, end) || isSign(pieces[end + 1], "[")
      ? { class: "name", end }
      : undefined;
  }
  return undefined;
}

/** Whether one of the words before `at` connects or transfers: `assigned <id> to`. */
function isLinked(pieces: readonly Piece[], at: number): boolean {
  for (let i = at; i >= 0 && i > at - 7; i -= 2) {
    const piece = pieces[i];
    if (piece === undefined || (piece.kind !== "word" && piece.kind !== "mark")) return false;
    if (piece.kind === "word" && LINKED.has(piece.text.toLowerCase())) return true;
  }
  return false;
}

/** `from viewer to admin`: both ends, in small letters; states in capitals tell problems apart. */
export function rangeSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const first = pieces[at];
  if (
    first === undefined ||
    first.kind !== "word" ||
    !/^[A-Z]?[a-z][\w-]*$/.test(first.text) ||
    isNeverName(first.text)
  )
    return undefined;
  if (!isSpace(pieces[at - 1])) return undefined;
  const before = pieces[at - 2]?.text;
  const to = pieces[at + 2];
  if (before === "from" && isSpace(pieces[at + 1]) && to !== undefined && to.text === "to") {
    return isWord(pieces[at + 4]) || isMark(pieces[at + 4]) ? { class: "name", end: at + 1 } : undefined;
  }
  const start = isMark(pieces[at - 4]) && pieces[at - 6]?.text === "from";
  return before === "to" && start && isClosed(pieces, at + 1) ? { class: "name", end: at + 1 } : undefined;
}

/** `PEER(0)`: a name with masked arguments in parentheses ends behind them. */
function callEnd(pieces: readonly Piece[], at: number): number {
  return isSign(pieces[at], "(") && isMark(pieces[at + 1]) && isSign(pieces[at + 2], ")") ? at + 3 : at;
}

/** Prepositions before which and behind which arguments stand. `to` is left out: verbs follow it. */
const BEFORE_NAMES = new Set("from by via into of for on in with using against behind".split(" "));

/** `from stripe (…)`, `via parcel`: a word that no table of common words knows, alone behind a preposition. */
export function prepositionSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const preposition = pieces[at - 2]?.text ?? "";
  const first = pieces[at];
  if (!BEFORE_NAMES.has(preposition) || first === undefined || first.kind !== "word") return undefined;
  if (BY_OTHERS.has(first.text) || nounClass(first.text) !== undefined || !canBeName(first.text)) return undefined;
  const plain =
    /^(?:[a-z]|[A-Z][a-z])[a-z]+(?:-[a-z]+)*$/.test(first.text) ||
    /^[a-z]+[A-Z][A-Za-z]*$/.test(first.text) ||
    /^[A-Z]{3}$/.test(first.text);
  const after = isSpace(pieces[at + 1]) ? pieces[at + 2] : undefined;
  const word = after !== undefined && after.kind === "word";
  const closed = word
    ? CLOSERS.has(after.text) || /ed$/.test(after.text)
    : isClosed(pieces, at + 1) || isSign(after, "(");
  return plain && closed && nameEnd(pieces, at) === at + 1 ? { class: "name", end: at + 1 } : undefined;
}

const BEFORE_OBJECT = new Set("of from on in".split(" "));

const BEHIND_OBJECT = new Set("on at after through failed".split(" "));

/** `canary of api on <id>`, `deleted from orders after <duration>`: between two prepositions and before a value. */
export function betweenSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const first = pieces[at];
  if (first?.kind !== "word" || !BEFORE_OBJECT.has(pieces[at - 2]?.text ?? "") || !isSpace(pieces[at - 3]))
    return undefined;
  if (!/^[A-Z]?[a-z]+$/.test(first.text) || isNeverName(first.text) || /ed$/.test(first.text)) return undefined;
  const noun = pieces[at + 2];
  // `of mollie account <id>`, `in garden warehouse, …`: the kind of a thing behind its name.
  if (canBeName(first.text) && noun?.kind === "word" && isSpace(pieces[at + 1]) && nounClass(noun.text) !== undefined) {
    const named = isSpace(pieces[at + 3]) && isMark(pieces[at + 4], "id");
    if (named || (isHolder(noun.text) && isSign(pieces[at + 3], ","))) return { class: "name", end: at + 1 };
  }
  if (
    isSign(pieces[at + 1], ":") &&
    isSpace(pieces[at + 2]) &&
    isMark(pieces[at + 3], "number") &&
    pieces[at - 2]?.text === "on"
  )
    return nounClass(first.text) === undefined || /^[A-Z]/.test(first.text)
      ? { class: "name", end: at + 1 }
      : undefined;
  const closes = BEHIND_OBJECT.has(pieces[at + 2]?.text ?? "") && isSpace(pieces[at + 1]) && isSpace(pieces[at + 3]);
  return closes && isMark(pieces[at + 4]) ? { class: "name", end: at + 1 } : undefined;
}

/** `missing fields sku`, `missing fields name, email`: what ends a message behind a plural is a list. */
export function pluralSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const plural = pieces[at - 2];
  if (plural?.kind !== "word" || !/^[a-z]{2,}[^su]s$/.test(plural.text) || isVerb(plural.text)) return undefined;
  let i = at;
  for (let more = true; more; ) {
    const element = pieces[i];
    if (element === undefined || element.kind !== "word" || isNeverName(element.text) || /ed$/.test(element.text))
      return undefined;
    i++;
    more = isSign(pieces[i], ",") && isSpace(pieces[i + 1]);
    if (more) i += 2;
  }
  const alone = i === at + 1;
  if (i < pieces.length || (alone && !isIdentifier(pieces[at]?.text ?? "") && !canBeName(pieces[at]?.text ?? "")))
    return undefined;
  return { class: "list", end: i };
}

/** Verbs in the third person, which end like a plural. */
const isVerb = (word: string): boolean =>
  /^(?:starts|stops|runs|gets|needs|wants|contains|holds|returns|exceeds|exits|expects|equals|requires|supports|uses|takes|makes|gives|fails|ends|begins|opens|sends|reads|writes|adds|sets|lets|seems|appears|looks|means|keeps|allows|always|sometimes|perhaps)$/.test(
    word,
  );

const BEFORE_DOTTED = new Set("from into to on in for of".split(" "));

/** Prepositions behind which a dotted name is rather a host's. */
const BEFORE_DOMAIN = new Set("to on for".split(" "));

/** `from raw.events`, `into idx_users`: identifiers with dots or underscores behind a preposition. */
export function dottedSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const preposition = pieces[at - 2]?.text ?? "";
  const first = pieces[at];
  if (!BEFORE_DOTTED.has(preposition) || first === undefined || first.kind !== "word") return undefined;
  const end = nameEnd(pieces, at);
  const text = first.text;
  if (end === at + 1 && (!/^[A-Za-z][a-z0-9-]*[._][a-z0-9._-]*$/.test(text) || isQualifiedClass(text)))
    return undefined;
  if (end > at + 1 && !isSign(pieces[at + 1], ".")) return undefined;
  return { class: BEFORE_DOMAIN.has(preposition) && !text.includes("_") ? "host" : "name", end };
}
