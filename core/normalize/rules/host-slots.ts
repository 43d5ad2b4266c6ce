import { isMark, isSign, isSpace, type Piece } from "../pieces.ts";
import type { Slot } from "./slot-context.ts";

/** The mark of a number behind `#` takes the sign along where a name is expected (`assigned to #3`). */
export function hashEnd(pieces: readonly Piece[], at: number): number {
  if (!isSign(pieces[at], "#") || !isMark(pieces[at + 1])) return at;
  return isSign(pieces[at + 2], "#") ? at + 3 : at + 2;
}

const BEFORE_PATHS = new Set("in on at to from path url uri for mount under route".split(" "));

/** A lone `/` where a path is expected. */
export function isRoot(pieces: readonly Piece[], at: number): boolean {
  if (!isSign(pieces[at], "/") || !isSpace(pieces[at - 1])) return false;
  return (pieces[at + 1] === undefined || isSpace(pieces[at + 1])) && BEFORE_PATHS.has(pieces[at - 2]?.text ?? "");
}

/** The end of an IPv6 address in brackets before its port, `[::1]:80`; `at` where there is none. */
export function socketEnd(pieces: readonly Piece[], at: number): number {
  if (!isSign(pieces[at], "[")) return at;
  const any = isSign(pieces[at + 1], ":") && isSign(pieces[at + 2], ":");
  const close = any ? at + 3 : isMark(pieces[at + 1], "ip") ? at + 2 : at;
  const ported = isSign(pieces[close], "]") && isSign(pieces[close + 1], ":") && isMark(pieces[close + 2], "number");
  return close > at && ported ? close + 1 : at;
}

/** An address or a name before a port: both are hosts there. A bare name only where a host is expected. */
export function hostPort(pieces: readonly Piece[], at: number): Slot | undefined {
  const name = pieces[at];
  // `host[<ip>]`: a host with its address; `unknown` where it has no name.
  if (name?.kind === "word" && isSign(pieces[at + 1], "[") && isMark(pieces[at + 2], "ip"))
    return { class: "host", end: at + 1 };
  if (name === undefined || !isSign(pieces[at + 1], ":") || !isMark(pieces[at + 2], "number")) return undefined;
  if (isMark(name, "ip") || (isMark(name, "id") && isFree(pieces[at - 1]))) return { class: "host", end: at + 1 };
  const bare = name.kind === "word" && /^[a-z][a-z0-9-]*$/.test(name.text);
  return bare && (at === 0 || name.text === "localhost" || isBeforeHost(pieces, at))
    ? { class: "host", end: at + 1 }
    : undefined;
}

/** Whether a name can begin behind a piece. */
const isFree = (piece: Piece | undefined): boolean =>
  piece === undefined || isSpace(piece) || ["(", "[", ">", ","].some((sign) => isSign(piece, sign));

const BEFORE_HOST = new Set("to from at on via tcp udp with through host server dial connect".split(" "));

function isBeforeHost(pieces: readonly Piece[], at: number): boolean {
  const word = pieces[at - 2];
  return isSpace(pieces[at - 1]) && word !== undefined && BEFORE_HOST.has(word.text.toLowerCase());
}
