import { isDataFile, isSourceFile } from "../names.ts";
import { isMark, isSign, isSpace, isWord, merged, type Piece } from "../pieces.ts";
import { words } from "../tables.ts";

/** Small words inside English compounds: `out-of-memory`, `up-to-date`, `man-in-the-middle`, `copy-on-write`. */
const SMALL = words(`
  a an and as at after before by but for from if in into is it no non not of off on or out over per pre re so than the
  then to too up via was with`);

/** Words that compounds begin with: `read-after-write`, `x-forwarded-host`. */
const LEADING = words(
  "x cross end half long short high low read write self third multi single content cache access sec",
);

/** Three or more parts: `crm-bridge-prod-a`. Names of hosts, stacks, queues; English compounds hold a small word. */
function isSeveral(text: string): boolean {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+){2,}$/.test(text)) return false;
  const parts = text.split("-");
  return !LEADING.has(parts[0] ?? "") && !parts.some((part) => isSmall(part));
}

/** What media types begin with: they are no names. */
const MEDIA = words("application audio font image message multipart text video");

/** `cert-manager/img-resize`, `team-a/mailer`: a name below a namespace, where a hyphen shows that it is one. */
function isNamespaced(text: string): boolean {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*\/[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(text) || !text.includes("-")) return false;
  const parts = text.split(/[-/]/);
  return !MEDIA.has(parts[0] ?? "") && !LEADING.has(parts[0] ?? "") && !parts.some((part) => isSmall(part));
}

/** `team-a`: an article alone is a letter. */
const isSmall = (part: string): boolean => SMALL.has(part) && part !== "a";

/** `ticket/store.go`, `src/voucher/roster.test.ts`: a source below a folder, whatever the folder. */
const isRelative = (text: string): boolean => text.includes("/") && isSourceFile(text);

/** Behind the extension of a file whose name goes on behind a space: `…/Q4 report (final).xlsx`, `…/a & b/c 3.csv`. */
function fileEnd(pieces: readonly Piece[], at: number): number {
  const limit = Math.min(pieces.length, at + MOST_NAME);
  for (let i = at; i < limit; i++) {
    const piece = pieces[i];
    const last = isMark(piece, "path") && !isSpace(pieces[i - 1]);
    const named = isMark(piece, "path") && i > at + 1 && isMark(pieces[i - 2], "path") === false;
    const extended = isSign(pieces[i - 1], ".") && piece?.kind === "word" && isDataFile(`a.${piece.text}`);
    if (last || named || extended) return i + 1;
    if (isWord(piece) ? SMALL.has(piece?.text ?? "") : !isInside(piece)) return at;
  }
  return at;
}

const MOST_NAME = 12;

const isInside = (piece: Piece | undefined): boolean =>
  isSpace(piece) || isMark(piece, "number") || ["(", ")", "&", ".", "/"].some((sign) => isSign(piece, sign));

/** `module.api["eu"].aws_iam_role.this`, `aws_subnet.private[1]`: a dotted name with an index in it. */
function addressEnd(pieces: readonly Piece[], at: number): number {
  const piece = pieces[at];
  if (piece === undefined || isSign(pieces[at - 1], "]")) return at;
  const dotted =
    isMark(piece, "id") ||
    isMark(piece, "path") ||
    isMark(piece, "host") ||
    (piece.kind === "word" && /^[a-z][\w-]*(?:\.[\w-]+)+$/.test(piece.text));
  if (!dotted) return at;
  let end = at + 1;
  while (isIndex(pieces, end)) {
    end += 3;
    if (isSign(pieces[end], ".") && (isWord(pieces[end + 1]) || isMark(pieces[end + 1]))) end += 2;
  }
  // `google_sql_database.main: …`: what a line is about, at its beginning.
  const leads = at === 0 && piece.kind === "word" && piece.text.includes("_") && isSign(pieces[1], ":");
  return end > at + 1 || leads ? end : at;
}

const isIndex = (pieces: readonly Piece[], at: number): boolean =>
  isSign(pieces[at], "[") &&
  (isMark(pieces[at + 1], "string") || isMark(pieces[at + 1], "number")) &&
  isSign(pieces[at + 2], "]");

/** Names that only their form shows to be made by somebody: several hyphens, folders, files with spaces. */
export function maskCoined(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (piece === undefined) continue;
    if (piece.kind === "word" && !isSign(pieces[i + 1], "=") && (isSeveral(piece.text) || isNamespaced(piece.text))) {
      result.push(merged(pieces, i, i + 1, "id"));
    } else if (addressEnd(pieces, i) > i) {
      const end = addressEnd(pieces, i);
      result.push(merged(pieces, i, end, "id"));
      i = end - 1;
    } else if (piece.text === "localhost") result.push(merged(pieces, i, i + 1, "host"));
    else if (piece.kind === "word" && isRelative(piece.text)) result.push(merged(pieces, i, i + 1, "path"));
    else {
      const opens = isMark(piece, "path") || isMark(piece, "url");
      const end = opens && isSpace(pieces[i + 1]) ? fileEnd(pieces, i + 1) : i + 1;
      if (end > i + 1 && isSeparate(pieces, i + 1, end)) {
        result.push(merged(pieces, i, end, piece.class ?? "path"));
        i = end - 1;
      } else result.push(piece);
    }
  }
  return result;
}

/** Whether more than a space stands between, so that two paths beside each other stay two. */
const isSeparate = (pieces: readonly Piece[], from: number, to: number): boolean =>
  pieces.slice(from, to).some((piece) => isSign(piece, "&") || isSign(piece, "("));
