import { DIGIT, feature, isDigit, WIDE } from "./classes.ts";
import { isRarePair } from "./spelling.ts";

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((word) => word !== ""));
}

/** Names of standards and formats whose digits are part of the name. Lower case, compared so. */
const TECHNICAL = words(`
  sha1 sha-1 sha224 sha256 sha-256 sha384 sha512 sha-512 md4 md5 crc32 aes128 aes256 aes-256 rc4 ed25519 rs256 hs256
  es256 x509 x.509 pkcs1 pkcs8 pkcs12 tls1 tlsv1 ssh2 http2 http3 http1 h2 h2c h3 ipv4 ipv6 ip4 ip6 tcp4 tcp6 udp4 udp6
  icmp6 socks4 socks5 oauth1 oauth2 utf8 utf-8 utf16 utf-16 utf32 latin1 iso8601 iso-8601 iso-8859-1 rfc3339 base16
  base32 base58 base64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 i32 i64 u32 u64 f32 f64 x86
  x64 x86_64 x86-64 amd64 arm64 armv7 armv8 win32 win64 mp3 mp4 mpeg4 h264 h265 vp8 vp9 p50 p90 p95 p99 i18n l10n a11y
  b2b b2c p2p m2m e2e 2fa 3ds 4xx 5xx 2xx 3xx es6 utf8mb4 ext2 ext3 ext4 raid0 raid1 raid5`);

/**
 * Nouns that are numbered to name one of many: `worker7`, `node12`. Other words keep a single digit (`oauth2`, `eth0`),
 * because it is more often part of the name of a thing than the number of an instance.
 */
const NUMBERED = words(`
  app backend bean broker bucket cache channel client cluster consumer container core cpu db device disk env gpu group
  host instance item job leader leg line lock machine master member msg node page part partition peer pod port primary
  process producer queue rack region replica request room router row sandbox secondary server service session shard
  site slave slot stage step store stream subscriber table task tenant test thread topic unit user vm volume web worker
  zone customer order account eth irq tty lun fd wlan ens veth br`);

/** The vowel-free alphabet of generated name suffixes (it cannot spell words). */
const GENERATED = /^[bcdfghjklmnpqrstvwxz2456789]{5,10}$/;

/** Vowel-free words that are no generated suffix. */
const SPELLED = words("https grpcs xhtml https2 mssql");

/**
 * Domains at the end of a host's name. Country codes that are words or names of fields (`id`, `in`, `my`) are left out:
 * a dotted word without digits is as often a property.
 */
const TOP_LEVEL = words(`
  com net org edu gov mil biz dev cloud local localdomain internal intranet lan corp svc invalid localhost example test arpa io ai uk
  de fr nl eu jp cn ru br au ca ch dk pl cz mx tw kr hk nz za cl tr ua gr hu vn`);

/** First labels of reversed names: packages, properties, actions; never a host. */
const REVERSED = words("com org net io java javax jakarta edu gov");

/** Types of files that hold data: their names are arguments. Names of source files are not, they locate a statement. */
const DATA_FILES = words(`
  bak bin bmp bz2 cab cert cfg conf config crt csv dat db dll doc docx dump eml env exe gif gz html ico ini iso jar jpeg
  jpg json jsonl key lock log md mov mp3 mp4 ndjson orc parquet pdf pem pid png ppt properties rar snap so sock sql
  sqlite svg tar tgz tif tiff tmp tmpl toml tsv txt wal war wav webm webp xls xlsx xml yaml yml zip zst`);

const SOURCE_FILES = words(`
  c cc clj cpp cs cxx dart erl ex exs go h hpp hs java js jsx kt kts lua m mjs cjs mm php pl pm py pyx rb rs scala sh
  swift ts tsx vue`);

export function isSourceFile(name: string): boolean {
  return SOURCE_FILES.has(name.slice(name.lastIndexOf(".") + 1));
}

export function isDataFile(name: string): boolean {
  const dot = name.lastIndexOf(".");
  return dot > 0 && DATA_FILES.has(name.slice(dot + 1).toLowerCase());
}

/** Whether a dotted word (letters, digits, `-`, `_`, `.`) reads as a host's name. */
export function isHost(name: string): boolean {
  const dot = name.lastIndexOf(".");
  if (dot <= 0 || dot > 253 || !/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+$/.test(name)) return false;
  const first = name.slice(0, name.indexOf("."));
  const last = name.slice(dot + 1);
  const labels = name.split(".").length;
  if (REVERSED.has(first) && labels > 2) return false;
  if (TOP_LEVEL.has(last.toLowerCase())) return true;
  // With digits in a label of three or more (`ip-10-0-1-2.zone.example`), any last label will do.
  return (
    labels > 2 &&
    /[0-9]/.test(name) &&
    /^[a-z]{2,}$/.test(last) &&
    /^[a-z0-9][a-z0-9._-]*$/.test(name) &&
    !isVersioned(name)
  );
}

/** `api.v2.users`: a version among the labels, the rest is constant. */
const isVersioned = (name: string): boolean => /^[a-z._-]*\.v\d\.[a-z._-]*$/.test(name);

/** `name.ext` with an extension that no table knows, where the name is clearly somebody's file (`run_V1.out`). */
export function isNamedFile(name: string): boolean {
  return /^[\w-]*[0-9_A-Z][\w-]*\.[a-z]{1,4}$/.test(name) && /[0-9]/.test(name) && /[_A-Z]/.test(name);
}

/** `v2`, and words whose digits belong to them: the segment of a compound name that does not vary. */
function keepsDigits(segment: string, alone: boolean): boolean {
  if (TECHNICAL.has(segment)) return true;
  const last = segment.length - 1;
  if (last < 1) return false;
  let digits = 0;
  for (let i = 0; i <= last; i++) if (isDigit(segment.charCodeAt(i))) digits++;
  if (digits === 0) return true;
  if (/^v\d\d?(?:(?:alpha|beta|rc)\d?)?$/.test(segment)) return true;
  if (digits > 1) return false;
  // A single digit at the end; in the middle only of short words, whose letters cannot be random (k8s).
  if (isDigit(segment.charCodeAt(last))) {
    // `L2` alone names a thing, `rack_a8` one of many.
    if (!alone && last < 2) return false;
    return !NUMBERED.has(segment.slice(0, last)) && last < 24;
  }
  return segment.length === 3 && !isDigit(segment.charCodeAt(0));
}

/**
 * Whether a word with digits is the name of something that varies: an id of any vendor's shape, a pod, a numbered
 * instance. What remains are technical names (`utf-8`, `ERR_HTTP2_STREAM`), which tell problems apart.
 */
export function isId(word: string): boolean {
  if (word.length > 48) return true;
  const lower = word.toLowerCase();
  if (TECHNICAL.has(lower)) return false;
  if (word.length >= 7 && isCode(word)) return true;
  let from = 0;
  for (let i = 0; i <= lower.length; i++) {
    const code = i < lower.length ? lower.charCodeAt(i) : 45;
    if (code !== 45 && code !== 95) continue;
    if (i > from && !keepsDigits(lower.slice(from, i), i - from === lower.length)) return true;
    if (i - from >= 10 && isScrambled(word, from, i)) return true;
    from = i + 1;
  }
  // `cilium-rknh6`: the name of a pod, whatever its only digit is.
  return hasGeneratedSuffix(lower);
}

const isUpper = (code: number): boolean => code >= 65 && code <= 90;
const isLower = (code: number): boolean => code >= 97 && code <= 122;

/** a, e, i, o, u, y, without regard to case. */
function isVowel(code: number): boolean {
  const lower = code | 32;
  return lower === 97 || lower === 101 || lower === 105 || lower === 111 || lower === 117 || lower === 121;
}

const ABBREVIATED = words(
  "http https xml html xhtml sql css tcp tls ssl dns rpc grpc jwt js ts db tx fn pkg src dst cfg ctx msg mgr",
);

const isAbbreviated = (text: string, from: number, to: number): boolean =>
  to - from < 6 && ABBREVIATED.has(text.slice(from, to).toLowerCase());

/** `WXATCZD4`: capitals that spell nothing, and a digit. */
function isCode(word: string): boolean {
  if (!/^[A-Z0-9]+$/.test(word)) return false;
  const { rare } = humpsOf(word, 0, word.length);
  return rare >= 2 && rare * 4 >= word.length - 1;
}

interface Humps {
  readonly count: number;
  /** How many of them nobody can say: they have no vowel, or letters together that no word has. */
  readonly unspoken: number;
  /** Pairs of letters that no word has, in all of them. */
  readonly rare: number;
}

/** The syllables of a name in camel case. */
function humpsOf(text: string, from: number, to: number): Humps {
  let count = 0;
  let unspoken = 0;
  let rare = 0;
  for (let i = from; i < to; ) {
    const start = i;
    let spoken = false;
    let capitals = 0;
    let odd = 0;
    for (; i < to; i++) {
      const code = text.charCodeAt(i);
      const before = i > start ? text.charCodeAt(i - 1) : 0;
      const isNew = isUpper(code)
        ? isLower(before) || isLower(text.charCodeAt(i + 1))
        : !isLower(code) && isLower(before);
      if (i > start && isNew) break;
      if (i > start && isRarePair(before, code)) odd++;
      if (isVowel(code)) spoken = true;
      if (isUpper(code)) capitals++;
    }
    count++;
    // `HTTP`, `XML`: acronyms are spelled.
    const acronym = capitals === i - start && capitals > 1 && capitals < 6;
    rare += odd;
    if (acronym ? odd > 1 : (!spoken && !isAbbreviated(text, start, i)) || odd * 5 >= i - start) unspoken++;
  }
  return { count, unspoken, rare };
}

/** Shorter words without a change of case can be an abbreviation that nobody can say (`SQLSTATE`, `mkdirp`). */
const SHORTEST_SCRAMBLED = 8;

/** Whether a word is generated from letters of both cases and digits (`GatnnCJmvVXvDT`), not `NoSuchKeyError`. */
export function isScrambled(text: string, from: number, to: number): boolean {
  // `{"` in base64: how a token begins.
  if (to - from > 12 && text.startsWith("eyJ", from)) return true;
  const { count, unspoken, rare } = humpsOf(text, from, to);
  if (count >= 4 && unspoken >= 2 && unspoken * 3 >= count) return true;
  return to - from >= SHORTEST_SCRAMBLED && rare >= 3 && rare * 10 >= (to - from - 1) * 3;
}

/** `cart_dmpwhquTuWZo`: a prefix in small letters, and a tail that nobody can say. */
export function isPrefixed(word: string): boolean {
  if (!/^[a-z]{2,10}_(?=[A-Z]*[a-z])(?=[a-z]*[A-Z])[A-Za-z]{8,}$/.test(word)) return false;
  return humpsOf(word, word.indexOf("_") + 1, word.length).unspoken > 0;
}

/** Whether the last segment of a hyphenated word is a generated suffix without a digit (`proxy-xkzvw`). */
export function hasGeneratedSuffix(word: string): boolean {
  const dash = word.lastIndexOf("-");
  const suffix = word.slice(dash + 1);
  return dash > 0 && GENERATED.test(suffix) && !SPELLED.has(suffix);
}

/** The union of a word's features. */
export function featuresOf(text: string, start: number, end: number): number {
  let features = 0;
  for (let i = start; i < end; i++) features |= feature(text.charCodeAt(i));
  return features;
}

/** Whether digits stand among letters of a script that writes no spaces: only the digits vary there. */
export function isWideWithDigits(features: number): boolean {
  return (features & WIDE) !== 0 && (features & DIGIT) !== 0;
}
