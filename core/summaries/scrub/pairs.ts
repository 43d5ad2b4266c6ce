import { isAlphanumeric, isBlank, isWord, runStart } from "./characters.ts";
import { type Detector, Edit, isMasked, markEnd } from "./marks.ts";
import { type KeyKind, keyKind } from "./names.ts";
import { isSecretValue, looksSecret } from "./values.ts";

const LONGEST_KEY = 64;

const isKey = (code: number) => isWord(code) || code === 45 || code === 46 || code === 0xf1;
const isQuote = (code: number) => code === 34 || code === 39 || code === 96;
const isLineEnd = (code: number) => code === 10 || code === 13;

/** The key that ends before a separator at `at`: `key`, `"key"`, `\"key\"`, `[key]`, `%22key%22`, with blanks behind. */
function keyBefore(text: string, at: number): { key: string; start: number } {
  let end = at;
  for (let blanks = 0; blanks < 4 && isBlank(text.charCodeAt(end - 1)); blanks++) end--;
  if (text.startsWith("%22", end - 3)) end -= 3;
  const bare = end;
  while (bare - end < 5 && (isQuote(text.charCodeAt(end - 1)) || "\\]".includes(text.charAt(end - 1) || " "))) end--;
  const start = runStart(text, end, isKey, LONGEST_KEY);
  const key = text.slice(start, end);
  // `API key: …` and `security code: …` are keys of two words.
  if (!/^(?:key|code)$/i.test(key) || text.charCodeAt(start - 1) !== 32) return { key, start };
  const first = runStart(text, start - 1, isWord, 24);
  return { key: `${text.slice(first, start - 1)}_${key}`, start: first };
}

interface Value {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

/** The value in quotation marks that are escaped as often as the first is, to the line's end where none closes. */
function quotedValue(text: string, open: number): Value | undefined {
  let at = open;
  while (at - open < 7 && text.charCodeAt(at) === 92) at++;
  const quote = text.charCodeAt(at);
  if (!isQuote(quote)) return undefined;
  const depth = at - open;
  const start = at + 1;
  let escapes = 0;
  let end = start;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === 92) {
      escapes++;
      continue;
    }
    if (code === quote && escapes <= depth) return { start, end: end - Math.min(escapes, depth), quoted: true };
    if (isLineEnd(code)) break;
    escapes = 0;
  }
  return { start, end, quoted: true };
}

/** Whether `,`, `;` or `&` at `at` ends a value: what follows is blank, the end, or the next key. */
function separates(text: string, at: number): boolean {
  let next = at + 1;
  if (next >= text.length || isQuote(text.charCodeAt(next)) || text.charCodeAt(next) <= 32) return true;
  while (next - at <= LONGEST_KEY && isKey(text.charCodeAt(next))) next++;
  return next > at + 1 && (text.charCodeAt(next) === 61 || text.charCodeAt(next) === 58);
}

/** Whether a bracket at `at` closes what is around the value: behind it nothing of the value goes on. */
function closes(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return !(isAlphanumeric(next) || "!@#$%^*_+-=/".includes(text.charAt(at + 1) || " "));
}

/** The end of a value without quotation marks. */
function bareEnd(text: string, from: number, limit = text.length): number {
  for (let at = from; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === 0xa0 || isQuote(code) || code === 60) return at;
    if ((code === 44 || code === 59 || code === 38) && separates(text, at)) return at;
    if ((code === 41 || code === 93 || code === 125) && closes(text, at)) return at;
    if (code === 37 && text.startsWith("%22", at)) return at;
    // The bracket of a mark inside the value is none of those around it.
    if (code === 91) at = Math.max(at, markEnd(text, at) - 1);
    else if (code === 92 && (isQuote(text.charCodeAt(at + 1)) || /^\\[nrt\\]/.test(text.slice(at, at + 2)))) return at;
  }
  return limit;
}

/** The end of the line, or of the quotation or brackets that the line stands in. */
function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isLineEnd(code) || isQuote(code)) break;
    if ((code === 93 || code === 125) && closes(text, at)) break;
    if (code === 92 && (isQuote(text.charCodeAt(at + 1)) || /^\\[nr]/.test(text.slice(at, at + 2)))) break;
    at = Math.max(at + 1, markEnd(text, at));
  }
  return at;
}

const SCHEME =
  /(?:Bearer|Basic|Digest|Negotiate|NTLM|Token|Api-?Key|Key|OAuth|Hawk|SSWS|GenieKey|Splunk|Signature|DPoP|AWS4-HMAC-SHA256|SharedKey(?:Lite)?|SharedAccessSignature|HMAC|MAC|GoogleLogin|token|bearer|basic|BEARER|BASIC)(?:[ \t]{1,4}|%20|\+(?=\S{8}))/y;

/** What an authorization says beside its scheme: one token, or a list of parameters up to the line's end. */
function headerValue(text: string, whole: Value): Value {
  SCHEME.lastIndex = whole.start;
  const hasScheme = SCHEME.test(text);
  const start = hasScheme ? SCHEME.lastIndex : whole.start;
  if (whole.quoted) return { ...whole, start: Math.min(start, whole.end) };
  const end = hasScheme ? bareEnd(text, start) : whole.end;
  return {
    start,
    end: text.slice(start, end).includes("=") ? Math.max(end, parametersEnd(text, end)) : end,
    quoted: false,
  };
}

/** Parameters that follow one another (`a="b", c=d`) end with the line. */
function parametersEnd(text: string, at: number): number {
  if (text.charCodeAt(at) === 44) return lineEndOnly(text, at);
  return isQuote(text.charCodeAt(at)) && text.charCodeAt(at - 1) === 61 ? lineEndOnly(text, at) : at;
}

function lineEndOnly(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isLineEnd(text.charCodeAt(at))) at++;
  return at;
}

/** Words that follow a colon, as in `Invalid password: try again later`, are prose and no password. */
function isProse(text: string, keyStart: number, { start, end, quoted }: Value): boolean {
  if (quoted || !isBlank(text.charCodeAt(start - 1))) return false;
  if (!/^[A-Za-z][a-z'-]*[,.:;!]?$/.test(text.slice(start, end))) return false;
  const follows = isBlank(text.charCodeAt(end)) && /[A-Za-z(]/.test(text.charAt(end + 1));
  return follows && (/[A-Z]/.test(text.charAt(keyStart)) || isBlank(text.charCodeAt(keyStart - 1)));
}

/** `PWD=/srv/app` tells a directory. */
function isDirectory(text: string, key: string, from: number): boolean {
  return /^(?:OLD)?PWD$/i.test(key) && /^[ "']{0,2}(?:[/~.]|[A-Za-z]:\\)/.test(text.slice(from, from + 5));
}

/** What languages print before a text's quotation mark: `b"…"`, `Some("…")`, `SecretStr('…')`. */
const WRAPPER = /^(?:[bBuUrRfFN]|[A-Za-z]{2,16}\()(?=\\{0,3}["'`])/;

/** The value behind a separator that ends at `from`, or undefined where there is none. */
function valueAfter(text: string, from: number, kind: KeyKind): Value | undefined {
  let at = from;
  for (let blanks = 0; blanks < 8 && isBlank(text.charCodeAt(at)); blanks++) at++;
  if (text.startsWith("%22", at)) at += 3;
  // A list: its first value.
  if (text.charCodeAt(at) === 91 && markEnd(text, at) === at) at++;
  if (at >= text.length) return undefined;
  at += WRAPPER.exec(text.slice(at, at + 24))?.[0].length ?? 0;
  const quoted = quotedValue(text, at);
  if (quoted !== undefined) return kind.form === "header" ? headerValue(text, quoted) : quoted;
  // An object or a list has keys or quotation marks of its own.
  if (/^(?:\[|\{(?![{A-Za-z_]))/.test(text.slice(at, at + 2)) && markEnd(text, at) === at) return undefined;
  if (kind.form === "line") return { start: at, end: lineEnd(text, at), quoted: false };
  // What is too long for a code is none; reading on would cost the whole line for every key in it.
  const limit = kind.form === "code" ? Math.min(text.length, at + 32) : text.length;
  const end = kind.form === "digits" ? digitsEnd(text, at) : bareEnd(text, at, limit);
  return kind.form === "header"
    ? headerValue(text, { start: at, end, quoted: false })
    : { start: at, end, quoted: false };
}

/** A number with blanks and signs in it. */
function digitsEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && at - from < 32 && "+0123456789 ()./-".includes(text.charAt(at))) at++;
  while (at > from && " (.-/".includes(text.charAt(at - 1))) at--;
  return isWord(text.charCodeAt(at)) ? from : at > from ? at : markEnd(text, from);
}

/** A port or a version. */
const NUMBERED = /^(?:\d{1,5}(?!\w)|v?\d{1,4}\.\d)/;

/** The end of the separator at `at`: `=`, `:`, `=>`, `:=`, `%3D`, `>` of an element; 0 where it is none. */
function separatorEnd(text: string, at: number, keyStart: number): number {
  const code = text.charCodeAt(at);
  const next = text.charCodeAt(at + 1);
  // `==` and `=~` compare.
  if (code === 61) return next === 62 ? at + 2 : /^=[=~](?:[\s=]|$)/.test(text.slice(at, at + 3)) ? 0 : at + 1;
  if (code === 37) return at + 3;
  if (code === 62) return text.charCodeAt(keyStart - 1) === 60 ? at + 1 : 0;
  // `http://token-2:8080/` and `acme/secret:1.2.3` name a host's port and an image's version.
  if ("/@".includes(text.charAt(keyStart - 1) || " ") && NUMBERED.test(text.slice(at + 1, at + 8))) return 0;
  if (next === 58 || (next === 47 && text.charCodeAt(at + 2) === 47)) return 0;
  return next === 61 ? at + 2 : at + 1;
}

/** A pass of tests or of a compiler is counted; a password is not. */
const isCount = (key: string, value: string) => /pass$/i.test(key) && /^\d{1,6}(?:ms|s|%|\/\d+)?$/.test(value);

function isSecret(text: string, key: string, keyStart: number, kind: KeyKind, value: Value): boolean {
  const content = text.slice(value.start, value.end);
  if (content === "" || isMasked(content) || !isSecretValue(kind.form, content)) return false;
  if (isCount(key, content) || isProse(text, keyStart, value)) return false;
  // `Authorization: failed` and `cookie: 3 found` tell of a header, they do not show it.
  if (kind.form === "header") return looksSecret(content) || content.length >= 16 || /[^a-z .]/.test(content);
  return kind.form !== "line" || content.includes("=") || looksSecret(content);
}

const SEPARATOR = /[=:>]|%3[Dd]|%3[Aa]/g;

/** Values by the name of their key: `password=…`, `"api_key": "…"`, `Authorization: …`, `<secret>…`, `'token' => '…'`. */
export const pairs: Detector = (text, mark) => {
  const edit = new Edit(text, mark);
  SEPARATOR.lastIndex = 0;
  for (let found = SEPARATOR.exec(text); found !== null; found = SEPARATOR.exec(text)) {
    const { key, start } = keyBefore(text, found.index);
    const kind = keyKind(key);
    if (kind === undefined) continue;
    const from = separatorEnd(text, found.index, start);
    const value = from === 0 || isDirectory(text, key, from) ? undefined : valueAfter(text, from, kind);
    if (value === undefined || !isSecret(text, key, start, kind, value)) continue;
    edit.replace(kind.class, value.start, value.end);
    SEPARATOR.lastIndex = value.end;
  }
  return edit.done();
};
