import type { VariableClass } from "../classes.ts";
import {
  canBeName,
  isAccount,
  isHolder,
  isMeasured,
  isName,
  isNeverName,
  isPerson,
  isQualifiedClass,
  isTypeNoun,
  nounClass,
} from "../nouns.ts";
import { isMark, isSign, isSpace, type Piece } from "../pieces.ts";
import { properEnd } from "./proper-names.ts";
import { CLOSERS, HOSTING, isClosed, isEnd, isIdentifier, NAMING, nameEnd, SAYS, type Slot } from "./slot-context.ts";

/** The slot behind a noun: the class and the end of the name that begins at `at`, or undefined. */
export function nounSlot(pieces: readonly Piece[], noun: string, at: number): Slot | undefined {
  const name = nounClass(noun);
  const first = pieces[at];
  if (name === undefined || first === undefined) return undefined;
  const end = nameEnd(pieces, at);
  if (end === at || (/[A-Z]/.test(noun) && /^[A-Z]+(?:_[A-Z]+)+$/.test(first.text))) return undefined;
  const proper = isPerson(noun) ? properEnd(pieces, at) : at;
  const titled = titledEnd(pieces, at);
  if (titled > end) return { class: name, end: titled };
  if (proper > end) return { class: name, end: proper };
  if (end > at + 1) return portEnd(pieces, name, at, end) ?? { class: name, end };
  // What a colon follows is the name of a field.
  if (name === "id" && first.kind === "word" && !/[-/]/.test(first.text) && isSign(pieces[end], ":")) return undefined;
  if (first.kind === "mark") {
    const fits = name === "host" ? HOSTING.has(first.class) && !isMark(first, "number") : NAMING.has(first.class);
    // A count is no name (`request 3`, but `table 3 rows`); a path stays a path.
    if (!fits || first.class === name) return undefined;
    const names =
      first.class !== "number" || isPerson(noun) || ((name === "id" || !isMeasured(noun)) && !isCount(pieces, end));
    return names ? { class: name, end } : undefined;
  }
  // `REPORT RequestId: …`: the key of what follows.
  if (isSign(pieces[end], ":") && /[a-z][A-Z]/.test(first.text) && nounClass(first.text) !== undefined)
    return undefined;
  if (isPerson(noun)) {
    if (isAccount(first.text)) return { class: name, end };
    // `user session expired` is no user's name, `closed for user test` is one.
    const named = canBeName(first.text) ? !isNeverName(first.text) : !isNeverName(first.text) && isEnd(pieces, end);
    return named ? { class: name, end } : undefined;
  }
  // A capital in the middle of a sentence: the name of a type or a thing (`model User`).
  const typed = /^[A-Z][a-z]+$/.test(first.text) && /^[a-z]/.test(noun) && name === "name";
  if (typed && !isNeverName(first.text) && isClosed(pieces, end)) return { class: name, end };
  const explained = (isSign(pieces[end], ":") && !isHolder(noun)) || isSign(pieces[end], ";") || /ed$/.test(first.text);
  if (explained && /^[a-z]+$/.test(first.text) && name !== "path") return undefined;
  // `pod <id> container app terminated`
  const held = noun === "container" && isMark(pieces[at - 4]) && isName(first.text) && isClosed(pieces, end);
  if (held && !/(?:ed|ing)$/.test(first.text)) return { class: name, end };
  if (isHolder(noun) && !isQualifiedClass(first.text) && isName(first.text) && isEnd(pieces, end))
    return { class: name, end };
  if (!canBeName(first.text) || (isQualifiedClass(first.text) && !isTypeNoun(noun))) return undefined;
  if (isIdentifier(first.text)) return { class: name, end };
  const gloss = isSpace(pieces[end]) && isSign(pieces[end + 1], "(");
  return name !== "id" && name !== "host" && (isClosed(pieces, end) || gloss) ? { class: name, end } : undefined;
}

/** `campaign Winter sale 2025`, `runner GitHub Actions 120`: a title that ends with a number. */
function titledEnd(pieces: readonly Piece[], at: number): number {
  const first = pieces[at];
  if (
    first?.kind !== "word" ||
    !/^[A-Z][a-z]/.test(first.text) ||
    /ed$/.test(first.text) ||
    nounClass(first.text) !== undefined
  )
    return at;
  for (let i = at + 1, words = 0; isSpace(pieces[i]) && words < 3; i += 2, words++) {
    const next = pieces[i + 1];
    if (isMark(next, "number")) return i + 2;
    if (next?.kind !== "word" || CLOSERS.has(next.text) || /(?:ed|ing)$/.test(next.text)) return at;
  }
  return at;
}

/** `node <host>:<number>`: the name ends before its port. */
export function portEnd(pieces: readonly Piece[], name: VariableClass, at: number, end: number): Slot | undefined {
  if (name !== "host" || !isMark(pieces[end - 1], "number") || !isSign(pieces[end - 2], ":")) return undefined;
  return end - 2 > at ? { class: name, end: end - 2 } : undefined;
}

/** `cart 12 expired`: a number behind a noun that is no measure is an id, as `cart 8f7d` has one. */
export function idSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const noun = pieces[at - 2];
  // Behind a route stands its status.
  if (isSign(pieces[at - 3], "/")) return undefined;
  if (
    !isMark(pieces[at], "number") ||
    noun === undefined ||
    isMeasured(noun.text) ||
    nounClass(noun.text) !== undefined
  )
    return undefined;
  return isCount(pieces, at + 1) ? undefined : { class: "id", end: at + 1 };
}

/** Signs behind which nothing is left to count. */
const ENDINGS = new Set([":", ",", ")", "]", "."]);

/** Whether the number that ends before `at` counts what follows it. */
function isCount(pieces: readonly Piece[], at: number): boolean {
  const next = pieces[at];
  if (next !== undefined && next.kind === "sign" && !ENDINGS.has(next.text)) return true;
  const after = isSpace(next) ? pieces[at + 1] : undefined;
  // `cart 12 items` counts.
  if (after === undefined || after.kind === "mark") return false;
  // `job 12 (attempt 2)`
  if (after.kind === "sign") return after.text !== "(";
  return /[a-z]s$/.test(after.text) && !SAYS.has(after.text);
}

/** `topic [orders]`: the name behind a noun in brackets, as some formats write arguments. */
export function bracketSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const noun = isSpace(pieces[at - 2]) ? pieces[at - 3] : undefined;
  const name = noun === undefined || noun.kind !== "word" ? undefined : nounClass(noun.text);
  if (name === undefined || pieces[at]?.kind !== "word" || isNeverName(pieces[at]?.text ?? "")) return undefined;
  return { class: name, end: at + 1 };
}

/** `container: api`: a bare word behind a noun and a colon, and nothing more to the phrase. */
function isNamedAlone(noun: string, pieces: readonly Piece[], at: number): boolean {
  const value = pieces[at];
  const name = nounClass(noun);
  if (value?.kind !== "word" || name === undefined || name === "id" || !/^[A-Za-z][\w-]*$/.test(value.text))
    return false;
  const next = pieces[at + 1];
  const ends = next === undefined || isSign(next, ",") || isSign(next, ";") || isSign(next, ")");
  if (!ends) return false;
  return isHolder(noun) || isPerson(noun) ? isName(value.text) : /^[a-z]/.test(value.text) && canBeName(value.text);
}

/** `request id: 48213`, `user: alice`: a noun and a colon. */
export function colonSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const noun = pieces[at - 3];
  if (noun === undefined || noun.kind !== "word") return undefined;
  // `_` and `-` stand for no value.
  const none = pieces[at]?.text === "_" ? nounClass(noun.text) : undefined;
  if (none !== undefined) return { class: none, end: at + 1 };
  const value = pieces[at];
  if (value === undefined) return undefined;
  if (isNamedAlone(noun.text, pieces, at)) return { class: nounClass(noun.text) ?? "name", end: at + 1 };
  const named = value.kind === "word" && /[a-z].*[._-]|[._-].*[a-z]/.test(value.text) && !isQualifiedClass(value.text);
  return value.kind === "mark" || named ? nounSlot(pieces, noun.text, at) : undefined;
}
