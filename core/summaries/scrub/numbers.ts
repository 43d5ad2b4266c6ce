import { isAlphanumeric, isDigit, numberMayBegin, numberMayEnd, runEnd } from "./characters.ts";
import { type Detector, Edit } from "./marks.ts";

/** Issuers by the first digits, with the lengths that they give out. */
const ISSUERS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 19]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:30[0-5]|36|38|39)/, [14]],
  [/^35(?:2[89]|[3-8])/, [16, 19]],
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [13, 14, 15, 16, 17, 18, 19]],
];

const isIssued = (digits: string) =>
  ISSUERS.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits));

function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    const weighed = at % 2 === 1 ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}

/** Cards of Visa had 13 digits once; as many have the article numbers of shops, so that a word must announce them. */
const isOldVisa = (digits: string, before: string) =>
  digits.length === 13 &&
  digits.startsWith("4") &&
  /(?:card|pan|visa|ccn|cc)\W{0,4}(?:number\W{0,4}|no\W{0,4})?$/i.test(before);

function isCard(digits: string, before: string): boolean {
  return digits.length >= 13 && (isIssued(digits) || isOldVisa(digits, before)) && hasCheckDigit(digits);
}

/** How cards print their digits. */
const GROUPINGS = new Set([
  "4-4-4-4",
  "4-4-4-4-3",
  "4-4-4-4-2",
  "4-4-4-4-1",
  "4-6-5",
  "4-6-4",
  "4-4-5",
  "4-4-4-1",
  "4-4-4-3",
  "4-4-4-2",
  "6-13",
  "8-8",
]);

/** The end of the card that begins at `start`, or `start`. At most five groups of at most 19 digits are read. */
function cardEnd(text: string, start: number): number {
  let end = start;
  let digits = "";
  let grouping = "";
  let found = start;
  const separator = text.charAt(runEnd(text, start, isDigit));
  for (let groups = 0; groups < 5; groups++) {
    const stop = runEnd(text, end, isDigit);
    if (stop === end || stop - end > 19 || digits.length + stop - end > 19) break;
    digits += text.slice(end, stop);
    grouping += `${groups === 0 ? "" : "-"}${stop - end}`;
    if (
      (groups === 0 || GROUPINGS.has(grouping)) &&
      numberMayEnd(text, stop) &&
      isCard(digits, text.slice(Math.max(0, start - 24), start))
    )
      found = stop;
    if (!" -.".includes(separator) || separator === "" || text.charAt(stop) !== separator) break;
    end = stop + 1;
  }
  return found;
}

/** Numbers of payment cards: a known issuer, its length, and the check digit. */
export const cards: Detector = (text, mark) => {
  const edit = new Edit(text, mark);
  for (let at = 0; at < text.length; at++) {
    if (!isDigit(text.charCodeAt(at))) continue;
    const end = numberMayBegin(text, at) ? cardEnd(text, at) : at;
    if (end > at) edit.replace("card", at, end);
    at = end > at ? end : runEnd(text, at, isDigit);
  }
  return edit.done();
};

/** The length of an IBAN by country. */
const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

function hasIbanChecksum(iban: string): boolean {
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** The end of the IBAN that begins at `start`, or `start`; blanks and dashes may stand between its characters. */
function ibanEnd(text: string, start: number): number {
  const length = IBAN_LENGTHS.get(text.slice(start, start + 2).toUpperCase());
  if (length === undefined) return start;
  let iban = "";
  let at = start;
  for (; iban.length < length; at++) {
    const code = text.charCodeAt(at);
    if (isAlphanumeric(code)) iban += text.charAt(at).toUpperCase();
    else if (!((code === 32 || code === 45) && isAlphanumeric(text.charCodeAt(at + 1)))) return start;
  }
  return !isAlphanumeric(text.charCodeAt(at)) && hasIbanChecksum(iban) ? at : start;
}

/** Bank account numbers: the length of their country, and the check digits. */
export const ibans: Detector = (text, mark) => {
  const edit = new Edit(text, mark);
  let done = 0;
  for (const { index } of text.matchAll(/(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}/g)) {
    if (index < done) continue;
    const end = ibanEnd(text, index);
    if (end === index) continue;
    edit.replace("iban", index, end);
    done = end;
  }
  return edit.done();
};

const SSN = /(?<!\w)(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w])/g;

/** Numbers of the social security of the United States. */
export const socialSecurityNumbers: Detector = (text, mark) =>
  text.replace(SSN, (value, at: number) =>
    numberMayBegin(text, at) && numberMayEnd(text, at + value.length) ? mark("ssn", value) : value,
  );
