import { isDigit, isLetter, isSpace, runStart } from "./characters.ts";
import { type Detector, Edit, isMasked } from "./marks.ts";

/** The longest user information of a URL that is looked for, so that a `://` costs a bounded number of steps. */
const LONGEST = 512;

const endsUrl = (code: number) =>
  isSpace(code) || code === 34 || code === 39 || code === 60 || code === 62 || code === 96;

/** The place of the `@` that ends a URL's user information, which begins at `from`; -1 where it has none. */
function userInfoEnd(text: string, from: number): number {
  const limit = Math.min(text.length, from + LONGEST);
  let at = from;
  let last = -1;
  let port = -1;
  for (; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (endsUrl(code)) return last;
    if (code === 64) last = at;
    else if (code === 58 && port < 0) port = at + 1;
    else if (code === 47 || code === 63 || code === 35) break;
  }
  // A `/`, `?` or `#` ends the authority, unless it stands in a password: then what looks like a port is no number.
  if (last >= 0 || port < 0 || port === at || isDigit(text.charCodeAt(port))) return last;
  for (; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (endsUrl(code)) return -1;
    if (code === 64) return at;
  }
  return -1;
}

/** `scheme://user:password@host` and `scheme://token@host`; the scheme and the host stay. */
export const urlPasswords: Detector = (text, mark) => {
  const edit = new Edit(text, mark);
  for (let at = text.indexOf("://"); at >= 0; ) {
    const start = at + 3;
    let next = start;
    const end = isLetter(text.charCodeAt(at - 1)) || isDigit(text.charCodeAt(at - 1)) ? userInfoEnd(text, start) : -1;
    if (end > start) {
      const value = text.slice(start, end);
      const isToken = value.length >= 16 && /\d/.test(value);
      if ((value.includes(":") || isToken) && !isMasked(value)) {
        edit.replace("password", start, end);
        next = end;
      }
    }
    at = text.indexOf("://", next);
  }
  return edit.done();
};

const isDsn = (code: number) => !endsUrl(code) && code !== 64 && code !== 40;

/** The data source names of Go (`user:password@tcp(host)`) and of Oracle (`thin:user/password@host`). */
export const dsnPasswords: Detector = (text, mark) => {
  const edit = new Edit(text, mark);
  let done = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const isGo = /^@(?:tcp|unix)\(/.test(text.slice(at, at + 6));
    const start = Math.max(done, runStart(text, at, isDsn, 200));
    const part = text.slice(start, at);
    const thin = part.indexOf("thin:");
    const separator = isGo ? part.indexOf(":") : thin < 0 ? -1 : part.indexOf("/", thin);
    const from = start + separator + 1;
    if (separator < 0 || from >= at || isMasked(text.slice(from, at))) continue;
    edit.replace("password", from, at);
    done = at;
  }
  return edit.done();
};
