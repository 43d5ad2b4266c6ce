import type { VariableClass } from "../classes.ts";
import {
  AUTH_WORDS,
  BY_OTHERS,
  canBeName,
  HANDLING,
  isHolder,
  isMeasured,
  isNeverName,
  isPerson,
  isQualifiedClass,
  isTypeNoun,
  LASTING,
  LINKED,
  nounClass,
  TELLING_KEYS,
} from "../nouns.ts";
import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";

/** Classes that a name can have shown by itself, and that its noun replaces, so that one slot has one class. */
const NAMING: ReadonlySet<VariableClass | undefined> = new Set([
  "id",
  "number",
  "hex",
  "name",
  "string",
  "version",
  "value",
  "path",
  "host",
  "email",
]);

const HOSTING: ReadonlySet<VariableClass | undefined> = new Set(["host", "ip", "id", "name", "string"]);

/** `<name> lag is`, `<name> attempt 3`: the word behind a name begins what is said about it. */
const SAYS = new Set(["is", "was", "has", "are", "were", "not"]);

/** A word made of several (`order-events`, `idx_users`, `com.acme.Job`, `OrderService`): an identifier, no language. */
function isIdentifier(text: string): boolean {
  return /[-_./$0-9]/.test(text) || /[a-z][A-Z]/.test(text) || /^[A-Z][A-Z0-9]+$/.test(text);
}

/** Prepositions and signs after which a bare word can no longer be half of a compound. */
const CLOSERS = new Set(
  "from to in on at by with for of is was has had not does did cannot after because as via until while are will could failed and or".split(
    " ",
  ),
);

/** Whether the word that ends before `at` ends its phrase there. */
function isClosed(pieces: readonly Piece[], at: number): boolean {
  const next = pieces[at];
  if (next === undefined) return true;
  // A row of dots leads to a value; only a single one ends a sentence.
  if (isSign(next, ".") && isSign(pieces[at + 1], ".")) return false;
  if (next.kind === "sign") return next.text !== "(" && next.text !== "=" && next.text !== "-";
  const after = pieces[at + 1];
  if (!isSpace(next)) return false;
  if (after === undefined || after.kind !== "word" || CLOSERS.has(after.text) || /ed$/.test(after.text)) return true;
  const then = isSpace(pieces[at + 2]) ? pieces[at + 3] : undefined;
  return then !== undefined && (then.kind === "mark" || SAYS.has(then.text));
}

/** Whether nothing of the sentence's verb can follow: the end, a sign, a preposition. */
function isEnd(pieces: readonly Piece[], at: number): boolean {
  return isClosed(pieces, at) && !/ed$/.test(pieces[at + 1]?.text ?? "");
}

/** The end of the name that begins at `from`: words, marks and what joins them without a space (`a<id>:b/<id>`). */
function nameEnd(pieces: readonly Piece[], from: number): number {
  let i = from;
  while (i < pieces.length && (isWord(pieces[i]) || isMark(pieces[i]) || (i > from && joins(pieces, i)))) i++;
  return i;
}

function joins(pieces: readonly Piece[], at: number): boolean {
  const text = pieces[at]?.text;
  const sign =
    text === ":" ||
    text === "|" ||
    text === "/" ||
    text === "-" ||
    text === "." ||
    text === "@" ||
    text === "\\" ||
    text === "#" ||
    text === "~";
  return sign && (isWord(pieces[at + 1]) || isMark(pieces[at + 1])) && pieces[at]?.kind === "sign";
}

/** The slot behind a noun: the class and the end of the name that begins at `at`, or undefined. */
function nounSlot(
  pieces: readonly Piece[],
  noun: string,
  at: number,
): { class: VariableClass; end: number } | undefined {
  const name = nounClass(noun);
  const first = pieces[at];
  if (name === undefined || first === undefined) return undefined;
  const end = nameEnd(pieces, at);
  if (end === at) return undefined;
  if (end > at + 1) return portEnd(pieces, name, at, end) ?? { class: name, end };
  // What a colon follows is the name of a field.
  if (name === "id" && first.kind === "word" && isSign(pieces[end], ":")) return undefined;
  if (first.kind === "mark") {
    const fits = name === "host" ? HOSTING.has(first.class) && !isMark(first, "number") : NAMING.has(first.class);
    // A count is no name (`request 3`, but `table 3 rows`); a path stays a path.
    if (!fits || first.class === name) return undefined;
    const names =
      first.class !== "number" || isPerson(noun) || ((name === "id" || !isMeasured(noun)) && !isCount(pieces, end));
    return names ? { class: name, end } : undefined;
  }
  if (isPerson(noun)) {
    // `user session expired` is no user's name, `closed for user test` is one.
    const named = canBeName(first.text) ? !isNeverName(first.text) : !isNeverName(first.text) && isEnd(pieces, end);
    return named ? { class: name, end } : undefined;
  }
  // A capital in the middle of a sentence: the name of a type or a thing (`model User`).
  const proper = /^[A-Z][a-z]+$/.test(first.text) && /^[a-z]/.test(noun) && name === "name";
  if (proper && !isNeverName(first.text) && isClosed(pieces, end)) return { class: name, end };
  if (isHolder(noun) && !isNeverName(first.text) && isEnd(pieces, end)) return { class: name, end };
  if (!canBeName(first.text) || (isQualifiedClass(first.text) && !isTypeNoun(noun))) return undefined;
  if (isIdentifier(first.text)) return { class: name, end };
  const gloss = isSpace(pieces[end]) && isSign(pieces[end + 1], "(");
  return name !== "id" && name !== "host" && (isClosed(pieces, end) || gloss) ? { class: name, end } : undefined;
}

/** `node <host>:<number>`: the name ends before its port. */
function portEnd(
  pieces: readonly Piece[],
  name: VariableClass,
  at: number,
  end: number,
): { class: VariableClass; end: number } | undefined {
  if (name !== "host" || !isMark(pieces[end - 1], "number") || !isSign(pieces[end - 2], ":")) return undefined;
  return end - 2 > at ? { class: name, end: end - 2 } : undefined;
}

/** `connected to X`, `login … for X`: what a verb and its preposition announce. */
function linkSlot(
  pieces: readonly Piece[],
  at: number,
  seenAuth: boolean,
): { class: VariableClass; end: number } | undefined {
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
  if (preposition === "for" && seenAuth && first.kind === "word" && end === at + 1) {
    if (isNeverName(first.text) || nounClass(first.text) !== undefined) return undefined;
    const next = pieces[end];
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
function rangeSlot(pieces: readonly Piece[], at: number): { class: VariableClass; end: number } | undefined {
  const first = pieces[at];
  if (first === undefined || first.kind !== "word" || !/^[a-z][\w-]*$/.test(first.text) || isNeverName(first.text))
    return undefined;
  if (!isSpace(pieces[at - 1])) return undefined;
  const before = pieces[at - 2]?.text;
  const to = pieces[at + 2];
  if (before === "from" && isSpace(pieces[at + 1]) && to !== undefined && to.text === "to") {
    return isWord(pieces[at + 4]) ? { class: "name", end: at + 1 } : undefined;
  }
  const start = isMark(pieces[at - 4], "name") && pieces[at - 6]?.text === "from";
  return before === "to" && start && isClosed(pieces, at + 1) ? { class: "name", end: at + 1 } : undefined;
}

/** `LOCAL(0)`: a name with masked arguments in parentheses ends behind them. */
function callEnd(pieces: readonly Piece[], at: number): number {
  return isSign(pieces[at], "(") && isMark(pieces[at + 1]) && isSign(pieces[at + 2], ")") ? at + 3 : at;
}

/** `EventType: LAUNCH for container`: in the middle of a sentence the value is an argument, at its end it is the news. */
function keyedSlot(pieces: readonly Piece[], at: number): { class: VariableClass; end: number } | undefined {
  const key = pieces[at - 3];
  const value = pieces[at];
  if (!isSign(pieces[at - 2], ":") || !isSpace(pieces[at - 1]) || key === undefined || value === undefined)
    return undefined;
  if (key.kind !== "word" || value.kind !== "word" || TELLING_KEYS.has(key.text.toLowerCase())) return undefined;
  if (value.text === "YES" || value.text === "NO") return { class: "bool", end: at + 1 };
  if (!/^[A-Z][A-Z0-9_]+$/.test(value.text)) return undefined;
  const next = pieces[at + 1];
  const goesOn = isSign(next, ",") || (isSpace(next) && isClosed(pieces, at + 1) && isWord(pieces[at + 2]));
  return goesOn ? { class: "name", end: at + 1 } : undefined;
}

/** `chdir(x)`, `host name (x)`: a single word in parentheses behind a call or a noun. */
function callSlot(pieces: readonly Piece[], at: number): { class: VariableClass; end: number } | undefined {
  if (!isSign(pieces[at - 1], "(") || !isSign(pieces[at + 1], ")")) return undefined;
  const arg = pieces[at];
  const before = pieces[at - 2];
  if (arg === undefined || before === undefined) return undefined;
  if (before.kind === "word") {
    const fits = isMark(arg, "path") || (arg.kind === "word" && /^[a-z]{2,}[\w-]*$/.test(arg.text));
    return fits ? { class: "value", end: at + 1 } : undefined;
  }
  const noun = isSpace(before) ? pieces[at - 3] : undefined;
  if (noun === undefined || noun.kind !== "word" || !/^(?:name|user|host|id|node|device)$/i.test(noun.text))
    return undefined;
  return arg.kind === "word" || isMark(arg) ? { class: "name", end: at + 1 } : undefined;
}

/** `removing telnet`: a verb and a bare word are the whole message. */
function handledName(pieces: readonly Piece[]): readonly Piece[] | undefined {
  const [verb, space, name] = pieces;
  if (pieces.length !== 3 || verb === undefined || space === undefined || name === undefined) return undefined;
  if (name.kind !== "word" || !HANDLING.has(verb.text.toLowerCase()) || !/^[a-z]/.test(name.text)) return undefined;
  return canBeName(name.text) ? [verb, space, merged(pieces, 2, 3, "name")] : undefined;
}

/** The mark of a number behind `#` takes the sign along where a name is expected (`assigned to #3`). */
function hashEnd(pieces: readonly Piece[], at: number): number {
  if (!isSign(pieces[at], "#") || !isMark(pieces[at + 1])) return at;
  return isSign(pieces[at + 2], "#") ? at + 3 : at + 2;
}

/** Names that only their context shows to vary. */
export function maskSlots(pieces: readonly Piece[]): readonly Piece[] {
  const handled = handledName(pieces);
  if (handled !== undefined) return handled;
  // Masked names are seen as marks by what follows: in `user user [x]` the second is no noun.
  const view = [...pieces];
  const result: Piece[] = [];
  let seenAuth = false;
  for (let i = 0; i < view.length; i++) {
    const piece = view[i];
    if (piece === undefined) continue;
    if (isRoot(view, i)) {
      result.push(merged(view, i, i + 1, "path"));
      continue;
    }
    const socket = socketEnd(view, i);
    if (socket > i) {
      result.push(merged(view, i, socket, "host"));
      i = socket - 1;
      continue;
    }
    const bare = piece.kind === "space" || (piece.kind === "sign" && hashEnd(view, i) === i);
    const slot = bare ? undefined : slotAt(view, i, seenAuth);
    if (slot === undefined) {
      if (piece.kind === "word" && AUTH_WORDS.has(piece.text.toLowerCase())) seenAuth = true;
      result.push(piece);
      continue;
    }
    const name = merged(view, i, slot.end, slot.class);
    result.push(name);
    view.fill(name, i, slot.end);
    i = slot.end - 1;
  }
  return result;
}

const BEFORE_PATHS = new Set("in on at to from path url uri for mount under route".split(" "));

/** A lone `/` where a path is expected. */
function isRoot(pieces: readonly Piece[], at: number): boolean {
  if (!isSign(pieces[at], "/") || !isSpace(pieces[at - 1])) return false;
  return (pieces[at + 1] === undefined || isSpace(pieces[at + 1])) && BEFORE_PATHS.has(pieces[at - 2]?.text ?? "");
}

/** The end of an IPv6 address in brackets before its port, `[::1]:80`; `at` where there is none. */
function socketEnd(pieces: readonly Piece[], at: number): number {
  if (!isSign(pieces[at], "[")) return at;
  const any = isSign(pieces[at + 1], ":") && isSign(pieces[at + 2], ":");
  const close = any ? at + 3 : isMark(pieces[at + 1], "ip") ? at + 2 : at;
  const ported = isSign(pieces[close], "]") && isSign(pieces[close + 1], ":") && isMark(pieces[close + 2], "number");
  return close > at && ported ? close + 1 : at;
}

/** An address or a name before a port: both are hosts there. A bare name only where a host is expected. */
function hostPort(pieces: readonly Piece[], at: number): { class: VariableClass; end: number } | undefined {
  const name = pieces[at];
  // `host[<ip>]`: a host with its address; `unknown` where it has no name.
  if (name?.kind === "word" && isSign(pieces[at + 1], "[") && isMark(pieces[at + 2], "ip"))
    return { class: "host", end: at + 1 };
  if (name === undefined || !isSign(pieces[at + 1], ":") || !isMark(pieces[at + 2], "number")) return undefined;
  if (isMark(name, "ip") || (isMark(name, "id") && isBeforeHost(pieces, at))) return { class: "host", end: at + 1 };
  const bare = name.kind === "word" && /^[a-z][a-z0-9-]*$/.test(name.text);
  return bare && (at === 0 || name.text === "localhost" || isBeforeHost(pieces, at))
    ? { class: "host", end: at + 1 }
    : undefined;
}

const BEFORE_HOST = new Set("to from at on via tcp udp with through host server dial connect".split(" "));

function isBeforeHost(pieces: readonly Piece[], at: number): boolean {
  const word = pieces[at - 2];
  return isSpace(pieces[at - 1]) && word !== undefined && BEFORE_HOST.has(word.text.toLowerCase());
}

/** `(/usr/bin/job -n a)`: a command in parentheses is one variable, with its arguments. */
function commandSlot(pieces: readonly Piece[], at: number): { class: VariableClass; end: number } | undefined {
  if (!isMark(pieces[at], "path")) return undefined;
  let i = at + 1;
  while (isSpace(pieces[i]) || isWord(pieces[i]) || isMark(pieces[i]) || isSign(pieces[i], "-")) i++;
  return isSign(pieces[i], ")") && i > at + 1 ? { class: "path", end: i } : undefined;
}

function slotAt(
  pieces: readonly Piece[],
  at: number,
  seenAuth: boolean,
): { class: VariableClass; end: number } | undefined {
  const before = pieces[at - 1];
  const port = hostPort(pieces, at);
  if (port !== undefined) return port;
  if (isSign(before, "(")) return callSlot(pieces, at) ?? commandSlot(pieces, at);
  if (isSign(before, "[") && isSign(pieces[at + 1], "]")) return bracketSlot(pieces, at);
  if (!isSpace(before)) return undefined;
  const word = pieces[at - 2];
  if (word === undefined) return undefined;
  if (isSign(word, ":")) return keyedSlot(pieces, at) ?? colonSlot(pieces, at);
  if (word.kind !== "word") return undefined;
  if (isMark(pieces[at], "timestamp") && LASTING.has(word.text.toLowerCase()))
    return { class: "duration", end: at + 1 };
  return (
    idSlot(pieces, at) ??
    linkSlot(pieces, at, seenAuth) ??
    pluralSlot(pieces, at) ??
    prepositionSlot(pieces, at) ??
    dottedSlot(pieces, at) ??
    rangeSlot(pieces, at) ??
    linkSlot(pieces, at, seenAuth) ??
    nounSlot(pieces, word.text, at)
  );
}

/** `topic [orders]`: the name behind a noun in brackets, as some formats write arguments. */
function bracketSlot(pieces: readonly Piece[], at: number): { class: VariableClass; end: number } | undefined {
  const noun = isSpace(pieces[at - 2]) ? pieces[at - 3] : undefined;
  const name = noun === undefined || noun.kind !== "word" ? undefined : nounClass(noun.text);
  if (name === undefined || pieces[at]?.kind !== "word" || isNeverName(pieces[at]?.text ?? "")) return undefined;
  return { class: name, end: at + 1 };
}

/** `cart 12 expired`: a number behind a noun that is no measure is an id, as `cart 8f7d` has one. */
function idSlot(pieces: readonly Piece[], at: number): { class: VariableClass; end: number } | undefined {
  const noun = pieces[at - 2];
  if (
    !isMark(pieces[at], "number") ||
    noun === undefined ||
    isMeasured(noun.text) ||
    nounClass(noun.text) !== undefined
  )
    return undefined;
  return isCount(pieces, at + 1) ? undefined : { class: "id", end: at + 1 };
}

/** Whether the number that ends before `at` counts what follows it. */
function isCount(pieces: readonly Piece[], at: number): boolean {
  const next = pieces[at];
  if (next !== undefined && next.kind === "sign" && next.text !== ":" && next.text !== ",") return true;
  const after = isSpace(next) ? pieces[at + 1] : undefined;
  // `cart 12 items` counts.
  if (after === undefined || after.kind === "mark") return false;
  return after.kind === "sign" || (/[a-z]s$/.test(after.text) && !SAYS.has(after.text));
}

/** Prepositions before which and behind which arguments stand. `to` is left out: verbs follow it. */
const BEFORE_NAMES = new Set("from by via into of for on in with using against behind".split(" "));

/** `from stripe (…)`, `via parcel`: a word that no table of common words knows, alone behind a preposition. */
function prepositionSlot(pieces: readonly Piece[], at: number): { class: VariableClass; end: number } | undefined {
  const preposition = pieces[at - 2]?.text ?? "";
  const first = pieces[at];
  if (!BEFORE_NAMES.has(preposition) || first === undefined || first.kind !== "word") return undefined;
  if (BY_OTHERS.has(first.text) || nounClass(first.text) !== undefined || !canBeName(first.text)) return undefined;
  const plain =
    /^[a-z]{2,}(?:-[a-z]+)*$/.test(first.text) ||
    /^[a-z]+[A-Z][A-Za-z]*$/.test(first.text) ||
    /^[A-Z]{3}$/.test(first.text);
  const closed = isClosed(pieces, at + 1) || (isSpace(pieces[at + 1]) && isSign(pieces[at + 2], "("));
  return plain && closed && nameEnd(pieces, at) === at + 1 ? { class: "name", end: at + 1 } : undefined;
}

/** `missing fields sku`, `missing fields name, email`: what ends a message behind a plural is a list. */
function pluralSlot(pieces: readonly Piece[], at: number): { class: VariableClass; end: number } | undefined {
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
function dottedSlot(pieces: readonly Piece[], at: number): { class: VariableClass; end: number } | undefined {
  const preposition = pieces[at - 2]?.text ?? "";
  const first = pieces[at];
  if (!BEFORE_DOTTED.has(preposition) || first === undefined || first.kind !== "word") return undefined;
  const end = nameEnd(pieces, at);
  const text = first.text;
  if (end === at + 1 && (!/^[a-z][a-z0-9-]*[._][a-z0-9._-]*$/.test(text) || isQualifiedClass(text))) return undefined;
  if (end > at + 1 && !isSign(pieces[at + 1], ".")) return undefined;
  return { class: BEFORE_DOMAIN.has(preposition) && !text.includes("_") ? "host" : "name", end };
}

/** `request id: 48213`, `user: alice`: a noun and a colon. */
function colonSlot(pieces: readonly Piece[], at: number): { class: VariableClass; end: number } | undefined {
  const noun = pieces[at - 3];
  if (noun === undefined || noun.kind !== "word") return undefined;
  // `_` and `-` stand for no value.
  const none = pieces[at]?.text === "_" ? nounClass(noun.text) : undefined;
  if (none !== undefined) return { class: none, end: at + 1 };
  const value = pieces[at];
  if (value === undefined) return undefined;
  const named = value.kind === "word" && /[a-z].*[._-]|[._-].*[a-z]/.test(value.text) && !isQualifiedClass(value.text);
  return value.kind === "mark" || named ? nounSlot(pieces, noun.text, at) : undefined;
}
