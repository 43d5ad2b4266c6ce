import { isAlphanumeric, isDigit, isLetter, isWord, runEnd, runStart } from "./characters.ts";
import { type Detector, Edit } from "./marks.ts";

/** Letters beyond ASCII, of alphabets and of ideographs; neither punctuation nor surrogates. */
function isWideLetter(code: number): boolean {
  return (code >= 0xc0 && code < 0x2000) || (code >= 0x3040 && code < 0xa000) || (code >= 0xac00 && code < 0xd7a4);
}

const isLocal = (code: number) =>
  isAlphanumeric(code) || isWideLetter(code) || (code < 128 && ".-_+%'".includes(String.fromCharCode(code)));
const isDomain = (code: number) => isAlphanumeric(code) || isWideLetter(code) || code === 45 || code === 46;

/** What follows the last dot of a file or a systemd unit, not of a host. */
const NOT_A_DOMAIN = new Set(
  "service socket timer mount automount slice scope target swap path png jpg jpeg gif svg webp css js ts mjs".split(
    " ",
  ),
);

/** The end of the domain that begins at `from`, or -1. */
function domainEnd(text: string, from: number): number {
  let end = runEnd(text, from, isDomain);
  while (end > from && !isAlphanumeric(text.charCodeAt(end - 1)) && !isWideLetter(text.charCodeAt(end - 1))) end--;
  const domain = text.slice(from, end);
  const labels = domain.split(".");
  const top = labels.at(-1) ?? "";
  if (labels.length < 2 || NOT_A_DOMAIN.has(top.toLowerCase())) return -1;
  // The second label of a version is a number too; the first of a host may be (163.com).
  // `com.acme.Pay@4f2183b6.run(` is an object's method.
  if (text.charCodeAt(end) === 40 && /^[0-9a-f]{5,8}\./.test(domain)) return -1;
  const isNumber = (label: string | undefined) => label !== undefined && /^\d/.test(label);
  if (isNumber(labels[0]) && isNumber(labels[1])) return -1;
  return /^(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59}|[^\p{ASCII}]{2,24})$/iu.test(top) ? end : -1;
}

/** The start of a local part that ends at `end` (exclusive); `end` where there is none. */
function localStart(text: string, end: number, from: number): number {
  if (text.charCodeAt(end - 1) === 34) {
    const open = text.slice(Math.max(from, end - 66), end - 1).lastIndexOf('"');
    const start = Math.max(from, end - 66) + open;
    if (open >= 0 && end - start > 2 && !text.slice(start, end).includes("\n")) return start;
  }
  // Bounded, because `%40` consists of characters of a local part: many of them would be read many times.
  let start = runStart(text, end, isLocal, Math.min(end - from, 320));
  // A quotation mark before an address is not part of it.
  while (start < end && ".'%".includes(text.charAt(start))) start++;
  return start;
}

/** The user `git` of a repository's address is nobody; neither is a plain user of a host in a URL. */
function isNobody(text: string, start: number, at: number): boolean {
  const local = text.slice(start, at);
  return local === "git" || (/[\w+-]:\/\/$/.test(text.slice(Math.max(0, start - 4), start)) && !local.includes("."));
}

const AT = /@|%40|&#64;|\\u0040/g;

/** E-mail addresses, also percent-encoded ones. */
export const emails: Detector = (text, mark) => {
  const edit = new Edit(text, mark);
  let done = 0;
  for (const { index, 0: sign } of text.matchAll(AT)) {
    if (index < done) continue;
    const start = localStart(text, index, done);
    if (start === index || isNobody(text, start, index)) continue;
    const end = domainEnd(text, index + sign.length);
    if (end < 0) continue;
    edit.replace("email", start, end);
    done = end;
  }
  return edit.done();
};

const IPV4 = /(?<![\w])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)/g;
const PRODUCT =
  /(?:(?:chrome|chromium|crios|edga?|edgios|opr|brave|yabrowser|samsungbrowser|electron|version|agent|client|sdk)\/|\bv(?:er(?:sion)?)?[ =:.]{1,2}|\b(?:build|release)[ =:]{1,2}|version"?[ =:]{1,3}"?)$/i;

/** Addresses that name no machine: the loopback, the unspecified one, networks such as 10.0.0.0, broadcast, versions. */
function isNoHost(text: string, at: number, address: string): boolean {
  if (address.startsWith("127.") || address.endsWith(".0.0.0") || address === "255.255.255.255") return true;
  if (/^255\.255\./.test(address)) return true;
  return PRODUCT.test(text.slice(Math.max(0, at - 20), at));
}

/** The names that providers give to addresses: `ip-10-0-3-17.ec2.internal`, `c-203-0-113-9.hsd1.example.net`. */
const DASHED =
  /((?<![A-Za-z0-9-])(?:ip|ec2|c|host|static|dynamic|dyn|dsl|cpe|pool|dhcp|client|adsl|cable)-)((?:\d{1,3}-){3}\d{1,3})(?![\w-])/g;

export const ipv4: Detector = (text, mark) =>
  text
    .replace(IPV4, (address, at: number) => {
      const before = text.charCodeAt(at - 1);
      // Behind `1.` or `lib-` it is a part of a version.
      if ((before === 46 && isWord(text.charCodeAt(at - 2))) || (before === 45 && isLetter(text.charCodeAt(at - 2)))) {
        return address;
      }
      return address.split(".").some((part) => Number(part) > 255) || isNoHost(text, at, address)
        ? address
        : mark("ip", address);
    })
    .replace(DASHED, (name: string, before: string, address: string) =>
      address.split("-").some((part) => Number(part) > 255) ? name : before + mark("ip", address),
    );

const isIpv6Character = (code: number) =>
  isDigit(code) || code === 58 || code === 46 || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);

/** True of a well-formed IPv6 address that names a machine, and that no time, MAC or name of a class looks like. */
function isIpv6(address: string): boolean {
  if (address.length < 3 || address.length > 45) return false;
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1) ?? "";
  const isMapped = last.includes(".");
  if (isMapped) {
    const parts = last.split(".");
    if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return false;
  }
  const hex = isMapped ? groups.slice(0, -1) : groups;
  if (!hex.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = hex.length + (isMapped ? 2 : 0);
  if (halves.length === 1) return count === 8 && !groups.every((group) => group.length === 2);
  if (count > 7 || count === 0 || address === "::1") return false;
  if (isMapped) return true;
  if (count < 3) return /^(?:[0-9a-f]{4}|f[cd][0-9a-f]?)::/i.test(address) && /\d/.test(address);
  return /\d/.test(address);
}

const isDot = (code: number) => code === 46;
const isSign = (code: number) => code === 46 || code === 58;

/** The address in a run of hexadecimal digits, dots and colons: those around it may belong to the sentence. */
function addressIn(text: string, start: number, end: number): readonly [number, number] | undefined {
  const starts = [runEnd(text, start, isDot), runEnd(text, start, isSign)];
  const ends = [runStart(text, end, isDot, end - start), runStart(text, end, isSign, end - start)];
  for (const from of starts) {
    for (const to of ends) if (to > from && isIpv6(text.slice(from, to))) return [from, to];
  }
  return undefined;
}

export const ipv6: Detector = (text, mark) => {
  const edit = new Edit(text, mark);
  let done = 0;
  for (let colon = text.indexOf(":"); colon >= 0; colon = text.indexOf(":", done)) {
    const start = Math.max(done, runStart(text, colon, isIpv6Character, 64));
    const end = runEnd(text, colon, isIpv6Character);
    done = end;
    const isPart = isWord(text.charCodeAt(start - 1)) || isWord(text.charCodeAt(end));
    const found = isPart ? undefined : addressIn(text, start, end);
    if (found === undefined) continue;
    const [from, to] = found;
    if (to === end && text.charCodeAt(to) === 37) done = Math.max(to, zoneEnd(text, to + 1));
    edit.replace("ip", from, to === end ? done : to);
  }
  return edit.done();
};

/** The end of the zone of an address (`%eth0`), or 0. */
function zoneEnd(text: string, from: number): number {
  const end = runEnd(text, from, isAlphanumeric);
  return end > from && end - from <= 16 ? end : 0;
}
