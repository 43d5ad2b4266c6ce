import { isAlphanumeric, isBase64Url, isSpace, runEnd } from "./characters.ts";
import { type Detector, Edit } from "./marks.ts";

const BEGIN = "-----BEGIN ";
const END = "-----END ";

const isBase64 = (code: number) => isAlphanumeric(code) || code === 43 || code === 47 || code === 61;

/** Skips line ends and blanks, also where a logger wrote a line end as the two characters `\n`. */
function skipLineEnds(text: string, from: number): number {
  let at = from;
  for (;;) {
    if (isSpace(text.charCodeAt(at))) at++;
    else if (/^\\{1,4}[nr]$/.test(text.slice(at, at + 2))) at += 2;
    else if (text.startsWith("\\\\n", at)) at += 3;
    else return at;
  }
}

/** The end of a key whose last line is missing: as far as lines of base64 go. */
function truncatedKeyEnd(text: string, from: number): number {
  let end = from;
  for (;;) {
    const start = skipLineEnds(text, end);
    const stop = runEnd(text, start, isBase64);
    const isLine = stop - start >= 16 || (stop > start && (stop === text.length || text.startsWith("...", stop)));
    if (!isLine) return end;
    end = stop;
  }
}

/** Private keys in PEM, over several lines or with `\n` written out, complete or cut. */
export const privateKeys: Detector = (text, mark) => {
  const edit = new Edit(text, mark);
  let noEnd = false;
  for (let at = text.indexOf(BEGIN); at >= 0; ) {
    const labelEnd = text.slice(at + BEGIN.length, at + 80).indexOf("-----");
    const bodyStart = at + BEGIN.length + labelEnd + 5;
    let next = at + BEGIN.length;
    if (labelEnd >= 0 && text.slice(at, bodyStart).includes("PRIVATE KEY")) {
      // What fails once fails for every later key too: the search of an end is done in vain only once.
      const close: number = noEnd ? -1 : text.indexOf(END, bodyStart);
      noEnd = close < 0;
      if (close >= 0) {
        const tail = text.slice(close + END.length, close + 80).indexOf("-----");
        next = tail < 0 ? close + END.length : close + END.length + tail + 5;
      } else next = truncatedKeyEnd(text, bodyStart);
      edit.replace("private-key", at, next);
    }
    at = text.indexOf(BEGIN, next);
  }
  return edit.done();
};

/** JSON web tokens, signed or not, encrypted ones, and those whose signature is cut off. */
export const jsonWebTokens: Detector = (text, mark) => {
  const edit = new Edit(text, mark);
  for (let at = text.indexOf("eyJ"); at >= 0; ) {
    // Every `eyJ` of one run ends where the run ends, so that a run is looked at once.
    let end = runEnd(text, at, isBase64Url);
    let parts = 1;
    while (parts < 5 && text.charCodeAt(end) === 46) {
      const stop = runEnd(text, end + 1, isBase64Url);
      // Neither does a part's end that is a sentence's end belong to it, nor does the first part stand without a second.
      if (stop === end + 1 && (parts < 2 || parts > 3)) break;
      end = stop;
      parts++;
    }
    if (parts > 1 && end - at > 20 && !isAlphanumeric(text.charCodeAt(at - 1))) edit.replace("jwt", at, end);
    at = text.indexOf("eyJ", end);
  }
  return edit.done();
};
