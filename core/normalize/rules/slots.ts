import { AUTH_WORDS, canBeName, HANDLING, TELLING_KEYS } from "../nouns.ts";
import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";
import { hashEnd, hostPort, isRoot, socketEnd } from "./host-slots.ts";
import { identifierSlot, properSlot } from "./identifier-slots.ts";
import { bracketSlot, colonSlot, idSlot, nounSlot } from "./noun-slots.ts";
import { betweenSlot, dottedSlot, linkSlot, pluralSlot, prepositionSlot, rangeSlot } from "./preposition-slots.ts";
import { isClosed, type Slot } from "./slot-context.ts";

/** `Kind: START for task`: in the middle of a sentence the value is an argument, at its end it is the news. */
function keyedSlot(pieces: readonly Piece[], at: number): Slot | undefined {
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

/** `Audit: rosa changed <id>`, `loyalty: Ines earned <number>`: who did it, before a verb and its object. */
function subjectSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const name = pieces[at];
  const verb = pieces[at + 2];
  if (name?.kind !== "word" || verb?.kind !== "word" || !/^[A-Za-z][\w.-]*$/.test(name.text)) return undefined;
  const lacks = verb.text === "may" || verb.text === "lacks" || verb.text === "has";
  const acts = lacks || (/^[a-z]{2,}ed$/.test(verb.text) && verb.text !== "failed" && isMark(pieces[at + 4]));
  const named = /^[A-Z]?[a-z]+(?:[-_.][a-z]+)*$/.test(name.text) && canBeName(name.text);
  return acts && named && isSpace(pieces[at + 1]) && isSpace(pieces[at + 3])
    ? { class: "name", end: at + 1 }
    : undefined;
}

/** `chdir(x)`, `host name (x)`: a single word in parentheses behind a call or a noun. */
function callSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  if (!isSign(pieces[at - 1], "(") || !isSign(pieces[at + 1], ")")) return undefined;
  const arg = pieces[at];
  const before = pieces[at - 2];
  if (arg === undefined || before === undefined) return undefined;
  if (before.kind === "word") {
    const fits = isMark(arg, "path") || (arg.kind === "word" && /^[a-z]{2,}[\w-]*$/.test(arg.text));
    return fits ? { class: "value", end: at + 1 } : undefined;
  }
  // `… (DriverRepository.calcCoupon)`: a member, as the last word.
  if (isSpace(before) && at + 2 === pieces.length && /^[A-Z]\w*[a-z]\w*\.[a-z]\w*$/.test(arg.text))
    return { class: "value", end: at + 1 };
  const noun = isSpace(before) ? pieces[at - 3] : undefined;
  // `process 3890321 (java)`
  const numbered =
    isMark(noun) && isSpace(pieces[at - 4]) && /^(?:process|pid|thread)$/i.test(pieces[at - 5]?.text ?? "");
  if (numbered && arg.kind === "word") return { class: "name", end: at + 1 };
  if (noun === undefined || noun.kind !== "word" || !/^(?:name|user|host|id|node|device)$/i.test(noun.text))
    return undefined;
  return arg.kind === "word" || isMark(arg) ? { class: "name", end: at + 1 } : undefined;
}

/** `removing mailer`: a verb and a bare word are the whole message. */
function handledName(pieces: readonly Piece[]): readonly Piece[] | undefined {
  const [verb, space, name] = pieces;
  if (pieces.length !== 3 || verb === undefined || space === undefined || name === undefined) return undefined;
  if (name.kind !== "word" || !HANDLING.has(verb.text.toLowerCase()) || !/^[a-z]/.test(name.text)) return undefined;
  return canBeName(name.text) ? [verb, space, merged(pieces, 2, 3, "name")] : undefined;
}

/** `starting geo version=<value>`: what begins to run, before the first of its pairs. */
function startedSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  const name = pieces[at];
  if (at !== 2 || name?.kind !== "word" || !HANDLING.has(pieces[0]?.text.toLowerCase() ?? "")) return undefined;
  const pair = isSpace(pieces[at + 1]) && isWord(pieces[at + 2]) && isSign(pieces[at + 3], "=");
  return pair && /^[a-z]/.test(name.text) && canBeName(name.text) ? { class: "name", end: at + 1 } : undefined;
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

/** `(/usr/bin/job -n a)`: a command in parentheses is one variable, with its arguments. */
function commandSlot(pieces: readonly Piece[], at: number): Slot | undefined {
  if (!isMark(pieces[at], "path")) return undefined;
  let i = at + 1;
  while (isSpace(pieces[i]) || isWord(pieces[i]) || isMark(pieces[i]) || isSign(pieces[i], "-")) i++;
  return isSign(pieces[i], ")") && i > at + 1 ? { class: "path", end: i } : undefined;
}

function slotAt(pieces: readonly Piece[], at: number, seenAuth: boolean): Slot | undefined {
  const before = pieces[at - 1];
  const port = hostPort(pieces, at);
  if (port !== undefined) return port;
  if (isSign(before, "(")) return callSlot(pieces, at) ?? commandSlot(pieces, at);
  if (isSign(before, "[") && isSign(pieces[at + 1], "]")) return bracketSlot(pieces, at);
  if (!isSpace(before)) return undefined;
  const word = pieces[at - 2];
  if (word === undefined) return undefined;
  if (isSign(word, ":")) {
    return subjectSlot(pieces, at) ?? keyedSlot(pieces, at) ?? colonSlot(pieces, at) ?? identifierSlot(pieces, at);
  }
  if (isSign(word, "=")) return subjectSlot(pieces, at) ?? identifierSlot(pieces, at);
  if (word.kind !== "word") return identifierSlot(pieces, at);
  const proper = startedSlot(pieces, at) ?? properSlot(pieces, at);
  if (proper !== undefined) return proper;
  return (
    idSlot(pieces, at) ??
    linkSlot(pieces, at, seenAuth) ??
    pluralSlot(pieces, at) ??
    prepositionSlot(pieces, at) ??
    betweenSlot(pieces, at) ??
    dottedSlot(pieces, at) ??
    rangeSlot(pieces, at) ??
    linkSlot(pieces, at, seenAuth) ??
    nounSlot(pieces, word.text, at) ??
    identifierSlot(pieces, at)
  );
}
