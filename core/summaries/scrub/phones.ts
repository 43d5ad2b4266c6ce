import { isDigit, isWord } from "./characters.ts";
import { type Detector, Edit, type Marker } from "./marks.ts";

// A telephone number by its form. Every quantifier is bounded.
const INTERNATIONAL = /(?<!\w|\w[.-])\+[1-9][\d ().\-/]{6,30}/g;
const NATIONAL: readonly RegExp[] = [
  // North America
  /(?<!\w)(?:1[ .-])?\([2-9]\d{2}\)[ -]?[2-9]\d{2}[ .-]\d{4}(?!\w|[.-]\d)/g,
  /(?<!\w)(?:1[.-])?[2-9]\d{2}([.-])[2-9]\d{2}\1\d{4}(?!\w|[.-]\d)/g,
  // France: five pairs
  /(?<!\w)0[1-9]([ .-])\d{2}\1\d{2}\1\d{2}\1\d{2}(?!\w|[.:/-]\d| \d)/g,
  // Germany, Great Britain, Italy, Australia and others: a leading zero
  /(?<!\w)\(0[1-9]\d{1,4}\)[ /-]{0,3}\d{3,8}(?:[ -]\d{2,4}){0,2}(?!\w|[.:/-]\d)/g,
  /(?<!\w)0[1-9]\d{1,3}(?:[ /-]| \/ )\d{5,8}(?!\w|[.:/-]\d)/g,
  /(?<!\w)0[1-9]\d{1,3}[ /-]\d{3,4}[ -]\d{3,4}(?!\w|[.:/-]\d| \d)/g,
  // Brazil
  /(?<!\w)\([1-9]\d\) ?9?\d{4}-\d{4}(?!\w)/g,
  // With 00 instead of the plus
  /(?<!\w)00[1-9]\d{0,2}[ -]\d{2,4}(?:[ -]?\d{2,4}){1,4}(?!\w|[.:/-]\d)/g,
];
/** Behind a word that announces it, a number of any form. */
const ANNOUNCED =
  /((?<![A-Za-z])(?:phone|tel|telephone|mobile|cell|call|caller|sms|text|fax|whatsapp|msisdn|dial|dialed|dialing|telefon|handy|tlf)(?:[ ](?:number|no|nr|to|from|message|sent|sent[ ]to|is))?[.:#=]?[ "']{0,2})(\+?\(?\d[\d ()./-]{5,18}\d)(?!\w|[.:]\d)/gi;

const countDigits = (text: string) => text.replace(/\D/g, "").length;

/** The part of a run of digits and separators behind a plus that is a telephone number, or nothing. */
function internationalPart(run: string, next: number): string {
  const groups = [...run.matchAll(/\d+\)?/g)];
  // A word that goes on takes its digits with it.
  if (isDigit(run.charCodeAt(run.length - 1)) && isWord(next)) groups.pop();
  let digits = 0;
  let end = 0;
  for (const { index, 0: group } of groups) {
    digits += countDigits(group);
    if (digits > 15) break;
    end = index + group.length;
  }
  const value = run.slice(0, end);
  const count = countDigits(value);
  // `+1.2345678` is a number, `+12345678` a difference.
  if (/^\+\d+\.\d+$/.test(value)) return "";
  return count >= (value.length - 1 === count ? 10 : 8) ? value : "";
}

function isAnnounced(value: string): boolean {
  const digits = countDigits(value);
  if (digits < 7 || digits > 15) return false;
  // Not a date, an address or a decimal; ten bare digits and more are no count.
  if (/^\d{4}-\d{2}-\d{2}|^\d{1,3}(?:\.\d{1,3}){3}$|^\d+\.\d+$/.test(value)) return false;
  return value.length > digits ? true : digits >= 9 && digits <= 12;
}

function maskNational(text: string, pattern: RegExp, mark: Marker): string {
  const edit = new Edit(text, mark);
  for (const { index, 0: value } of text.matchAll(pattern)) {
    const before = text.charAt(index - 1);
    const word = text.charCodeAt(index - 2);
    // Behind `A-` or `7/` it is a part of an id or a path, but `tel:` announces it.
    const isPart = before === ":" ? isDigit(word) : before !== "" && ".-/".includes(before) && isWord(word);
    if (!isPart) edit.replace("phone", index, index + value.length);
  }
  return edit.done();
}

/** Telephone numbers: international ones, national ones with separators, and what words announce. */
export const phones: Detector = (text, mark) => {
  const plain = text.replace(INTERNATIONAL, (run, at: number) => {
    const value = internationalPart(run, text.charCodeAt(at + run.length));
    return value === "" ? run : mark("phone", value) + run.slice(value.length);
  });
  const national = NATIONAL.reduce((done, pattern) => maskNational(done, pattern, mark), plain);
  return national.replace(ANNOUNCED, (whole: string, before: string, value: string) =>
    isAnnounced(value) ? before + mark("phone", value) : whole,
  );
};
