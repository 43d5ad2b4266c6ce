import {
  AT,
  BACKSLASH,
  COLON,
  COMMA,
  DASH,
  DIGIT,
  DOT,
  HEX_LETTER,
  LETTER,
  OTHER,
  SLASH,
  UNDERSCORE,
  type VariableClass,
  WIDE,
} from "./classes.ts";

/** One row of the table: a word whose features allow it is tested, and the first match names its class. */
interface Shape {
  readonly class: VariableClass;
  /** Features that the word must all have. */
  readonly needs: number;
  /** Features of which the word may have none. */
  readonly forbids: number;
  /** Anchored. Words are at most MAX_WORD long, so that a step back costs a bounded time. */
  readonly pattern: RegExp;
}

const WORDY = LETTER | HEX_LETTER | WIDE;

const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,:]\d+)?)?`;
const ZONE = String.raw`(?:Z|[AaPp][Mm]|UTC|[+-]\d{2}:?\d{2})`;
const TIME_UNIT = "(?:nanos|micros|millis|ns|us|µs|μs|ms|msec|msecs|s|sec|secs|m|min|mins|h|hr|hrs|d|w)";

/**
 * The shapes that a single word shows by itself, most specific first: a UUID is also hex, an address is also a
 * version, a date is also a number. Rows must not name a product, a host or a data set.
 */
const SHAPES: readonly Shape[] = [
  // scheme://…, also with a sub-scheme (jdbc:…); what follows the scheme is data, whatever it holds.
  { class: "url", needs: SLASH | COLON, forbids: 0, pattern: /^(?:[a-zA-Z][a-zA-Z0-9+.-]{0,30}:){1,3}\/\/./ },
  // The right side needs a dot or must be one lower-case name: `Type@1b2c3d` is an object's identity, not an address.
  {
    class: "email",
    needs: AT,
    forbids: SLASH | COLON | BACKSLASH,
    pattern: /^(?:[\w.+%-]+@(?:(?:[\w-]+\.)+[A-Za-z][\w-]*|[a-z]+)|[a-z][a-z0-9_-]*@[a-z][a-z0-9_-]*)$/,
  },
  // name@1.2.3, @scope/name@1.2.3: a package with its version.
  {
    class: "id",
    needs: AT | DIGIT | DOT,
    forbids: COLON | BACKSLASH,
    pattern: /^@?[\w.-]+(?:\/[\w.-]+)?@v?\d+(?:\.\d+)+(?:[-+][\w.+-]*)?$/,
  },
  {
    class: "uuid",
    needs: DASH,
    forbids: LETTER | DOT | SLASH | UNDERSCORE,
    pattern: /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/,
  },
  // 2024-05-01, 2024/5/1, with or without a time: RFC 3339, ISO 8601 and what is close to them.
  {
    class: "timestamp",
    needs: DIGIT,
    forbids: AT | BACKSLASH,
    // Apart by dots with a single digit it is a version that follows the calendar.
    pattern: new RegExp(
      String.raw`^\d{4}(?:([-/])\d{1,2}\1\d{1,2}|\.\d{2}\.\d{2})(?:[T_:-]${TIME}|[T_]\d{4,6}(?:\.\d+)?)?${ZONE}?$`,
    ),
  },
  // A clock alone: a time of the day, or how long something took. What stands before it tells.
  { class: "time", needs: DIGIT | COLON, forbids: AT | SLASH, pattern: new RegExp(`^${TIME}${ZONE}?$`) },
  // 1718000000123, 1718000000.123456: time since the epoch in ms, and in seconds with a fraction.
  {
    class: "timestamp",
    needs: DIGIT,
    forbids: WORDY | AT | COLON | SLASH,
    pattern: /^1[4-9]\d{8}(?:\d{3}|\.\d{3,9})$/,
  },
  // 28.09.2024
  { class: "timestamp", needs: DIGIT | DOT, forbids: WORDY | AT | COLON | SLASH, pattern: /^\d{2}\.\d{2}\.\d{4}$/ },
  // +447700906246, +49*****5517: a number of a telephone; digits hidden by stars.
  {
    class: "id",
    needs: DIGIT | OTHER,
    forbids: WORDY | AT | COLON | SLASH | DOT | COMMA | UNDERSCORE | BACKSLASH,
    pattern: /^(?:\+\d{9,15}|\+?\d+\*{2,}\d*)$/,
  },
  // 755,83 and 54.717,06: decimals behind a comma.
  {
    class: "number",
    needs: DIGIT | COMMA,
    forbids: WORDY | AT | COLON | SLASH | DASH | UNDERSCORE | BACKSLASH,
    pattern: /^[+-]?\d{1,3}(?:\.\d{3})*,\d{1,2}%?$/,
  },
  // ACME\jdoe
  { class: "id", needs: BACKSLASH, forbids: SLASH | COLON | AT, pattern: /^[A-Z][\w.-]*\\[\w.$-]+$/ },
  // x4, x12: how many times.
  { class: "number", needs: DIGIT | LETTER, forbids: DASH | DOT | COLON | SLASH | UNDERSCORE, pattern: /^x\d{1,5}$/ },
  // $9.50, -€1,234, CA$20, 12€
  {
    class: "money",
    needs: DIGIT,
    forbids: AT | COLON | SLASH | UNDERSCORE | BACKSLASH,
    pattern: /^[+-]?(?:(?:[A-Z]{1,3})?[$€£¥₹₩₽₺฿]-?\d[\d,.]*|\d[\d,.]*[$€£¥₹₩₽₺฿])[kKMB]?$/,
  },
  // curl/8.5.0, Mozilla/5.0: a program and its version, as clients name themselves.
  {
    class: "agent",
    needs: SLASH | DIGIT,
    forbids: AT | COLON | BACKSLASH,
    pattern:
      /^(?!HTTPS?\/|(?:bytes|bits|[KMGT]?i?B|[mµn]?s)\/|TLS|SSL|RTSP|SIP|UDP|TCP|IP\/)[A-Za-z][A-Za-z]*(?:[-_.][A-Za-z]+)*\/v?\d+\.\d+[\w.+-]*$/i,
  },
  // 31/12/2024, 12-31-2024
  { class: "timestamp", needs: DIGIT, forbids: WORDY | AT | DOT, pattern: /^\d{1,2}([-/])\d{1,2}\1\d{4}(?::[\d:]+)?$/ },
  // 10/Oct/2000:13:55:36 (the Common Log Format), 10-Oct-2000
  // Not all months have a letter that hex lacks (Feb, Dec).
  {
    class: "timestamp",
    needs: DIGIT,
    forbids: AT,
    pattern: /^\d{1,2}([-/])[A-Z][a-z]{2}\1\d{2,4}(?::\d{2}:\d{2}:\d{2}(?:\.\d+)?)?$/,
  },
  // 20240501T120000Z
  { class: "timestamp", needs: DIGIT | LETTER, forbids: SLASH | AT, pattern: /^\d{8}T\d{4,9}(?:\.\d+)?Z?$/ },
  // +0000, -0730: the zone that follows a time.
  {
    class: "timestamp",
    needs: DIGIT,
    forbids: WORDY | DOT | SLASH | COMMA | AT,
    pattern: /^[+-](?:0\d|1[0-4]):?(?:00|15|30|45)$/,
  },
  { class: "ip", needs: DOT, forbids: WORDY | AT | COLON | COMMA, pattern: /^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?$/ },
  {
    class: "mac",
    needs: HEX_LETTER | DIGIT,
    forbids: LETTER | DOT | SLASH,
    pattern: /^[0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\1){4}[0-9a-fA-F]{2}$/,
  },
  // IPv6: eight groups, or fewer with `::`; an IPv4 tail, a zone and a prefix length are allowed.
  {
    class: "ip",
    needs: COLON,
    forbids: AT | BACKSLASH | UNDERSCORE,
    pattern:
      /^(?=.*::|(?:[0-9a-fA-F]{1,4}:){7})[0-9a-fA-F:]*:(?:[0-9a-fA-F]*|\d+\.\d+\.\d+\.\d+)(?:%\w+)?(?:\/\d{1,3})?$/,
  },
  // 2001:db8::1#53, 2001:db8::1_9092: an address with its port, as name servers and listeners write it.
  {
    class: "id",
    needs: COLON | DIGIT,
    forbids: AT | BACKSLASH | SLASH | DOT,
    pattern: /^(?=.*::|(?:[0-9a-fA-F]{1,4}:){7})[0-9a-fA-F:]*:[0-9a-fA-F]*[#_]\d{1,5}$/,
  },
  // scheduled__2024-03-16T16:58:41+00:00: a run named by its time.
  {
    class: "id",
    needs: DIGIT | UNDERSCORE | COLON,
    forbids: AT | BACKSLASH | SLASH,
    pattern: /^[a-z]{2,}_{1,2}\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?$/,
  },
  // Hex groups apart by colons: bus and port addresses, world-wide names, key fingerprints.
  {
    class: "id",
    needs: COLON,
    forbids: LETTER | AT | SLASH | BACKSLASH | UNDERSCORE | COMMA | OTHER | WIDE,
    pattern: /^[0-9a-fA-F]{2,8}(?::[0-9a-fA-F]{1,8}){2,}(?:[.-][0-9a-fA-F]{1,8}){0,3}$/,
  },
  // Zero-padded to a fixed width: a counter in hex, a register. `0000000d` is no duration, `00001234` no amount.
  {
    class: "id",
    needs: DIGIT,
    forbids: LETTER | DASH | DOT | COLON | SLASH | UNDERSCORE | AT | OTHER | WIDE | COMMA | BACKSLASH,
    pattern: /^0[0-9a-fA-F]{5,14}$/,
  },
  // 512Mi, 1.5GB, 10k; also rates: 100Mbps, 3MB/s
  {
    class: "size",
    needs: DIGIT,
    forbids: AT | COLON | DASH | UNDERSCORE | BACKSLASH,
    pattern:
      /^(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[KMGTPEkmgt]i?[Bb]|[KMGTPE]i?|k|B|bytes|[KMG]?bps|[KMG]?bit)(?:\/s|ps)?$/,
  },
  // 30000ms, 1.5s, 2m30s, 1h0m0.5s
  {
    class: "duration",
    needs: DIGIT,
    forbids: AT | COLON | SLASH | UNDERSCORE | BACKSLASH,
    pattern: new RegExp(String.raw`^[+-]?(?:\d{1,3}(?:,\d{3})+${TIME_UNIT}|(?:\d+(?:\.\d+)?${TIME_UNIT})+)$`),
  },
  // PT30S, P1DT2H (ISO 8601)
  {
    class: "duration",
    needs: DIGIT | LETTER,
    forbids: AT | COLON | SLASH | DASH | UNDERSCORE,
    pattern: /^P(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?$/,
  },
  // name-1.2.3: a package, a chart, an archive with its version.
  {
    class: "id",
    needs: DIGIT | DOT | DASH,
    forbids: AT | COLON | SLASH | BACKSLASH | COMMA,
    pattern: /^[A-Za-z][\w-]*-v?\d+(?:\.\d+)+(?:[-+.][\w.+-]*)?$/,
  },
  // 21.5C, 3.3V, 60fps: units of measurement.
  {
    class: "number",
    needs: DIGIT,
    forbids: AT | COLON | SLASH | UNDERSCORE | BACKSLASH,
    pattern:
      /^[+-]?(?:\d+\.\d+°?[A-Za-z]{1,3}|\d+(?:°[CF]?|[CFVAW]|[kMG]?Hz|rpm|px|pt|kg|km|cm|mm|ml|rps|qps|tps|fps|it|dB|dBm|pp|bp|bps))$/,
  },
  // 12, -3.5, 99.9%, 1,234,567.89, 1.2e-5, 3x, 2nd. A bare `12e5` is rather an id in hex than a number.
  {
    class: "number",
    needs: DIGIT,
    forbids: AT | COLON | SLASH | UNDERSCORE | BACKSLASH | WIDE,
    pattern:
      /^[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?(?:[eE][+-]\d+)?|\d+\.\d+[eE]\d+|\.\d+)(?:%|x|st|nd|rd|th)?$/,
  },
  { class: "hex", needs: DIGIT | LETTER, forbids: SLASH | COLON | DOT | AT, pattern: /^0[xX][0-9a-fA-F]+[hHlL]?$/ },
  // sha256:9f86… and SHA256:base64: digests as tools print them.
  {
    class: "hex",
    needs: DIGIT | COLON,
    forbids: AT | BACKSLASH | DOT,
    pattern: /^(?:sha\d{1,3}|md5|SHA\d{1,3}|MD5):[A-Za-z0-9+/=:-]{4,}$/,
  },
  // Below 16 digits hex cannot be told from other ids (nor, at 7, from a number): those are <id>.
  {
    class: "hex",
    needs: 0,
    forbids: LETTER | DASH | DOT | COLON | SLASH | UNDERSCORE | AT | OTHER | WIDE | COMMA,
    pattern: /^[0-9a-fA-F]{16,}$/,
  },
  // 1.2.3, v1.2, 2.6.9-42.el7, 1.0.0-rc.1+build5
  {
    class: "version",
    needs: DIGIT | DOT,
    forbids: AT | COLON | SLASH | BACKSLASH | COMMA,
    pattern:
      /^(?:[vV]\d+(?:\.\d+)+|\d+(?:\.\d+){2,}|\d+(?:\.\d+)+(?=[-+_~a-z]))(?:[-+_~][\w.+~-]*|[a-z]+\d*|\.[A-Z][A-Za-z]*\d*)?$/,
  },
  // v2, v12 alone
  { class: "version", needs: DIGIT, forbids: DASH | DOT | COLON | SLASH | UNDERSCORE | AT, pattern: /^[vV]\d{1,4}$/ },
  // /10.0.0.7:80, db/10.0.0.7:80: a name, which may be missing, and its address.
  {
    class: "host",
    needs: SLASH | DOT | DIGIT,
    forbids: AT | BACKSLASH,
    pattern: /^[\w.-]*\/\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?$/,
  },
  // src/, assets/img/
  { class: "path", needs: SLASH, forbids: COLON | AT, pattern: /^[\w.-]+(?:\/[\w.-]+)*\/$/ },
  // /var/log/x, ./x, ~/x
  { class: "path", needs: SLASH, forbids: 0, pattern: /^(?:\.{0,2}|~\w*)\/[^/]|^@?\/\/[\w-]/ },
  // C:\x, C:/x, \\host\share, \??\x
  { class: "path", needs: BACKSLASH, forbids: 0, pattern: /^(?:[A-Za-z]:\\|\\[\\?\w])/ },
  { class: "path", needs: SLASH | COLON, forbids: 0, pattern: /^[A-Za-z]:\/[^/]/ },
];

/**
 * Words longer than this (in UTF-16 units) are not compared with the table: nothing that it names is so long, except
 * addresses and paths, which `shapeOf` recognizes by their first characters.
 */
export const MAX_WORD = 160;

/** The class that a word shows by itself, or undefined. `features` is the union of its characters' features. */
export function shapeOf(word: string, features: number): VariableClass | undefined {
  const head = word.length > MAX_WORD ? word.slice(0, MAX_WORD) : word;
  for (const shape of SHAPES) {
    if ((features & shape.needs) === shape.needs && (features & shape.forbids) === 0 && shape.pattern.test(head)) {
      return shape.class;
    }
  }
  return undefined;
}
