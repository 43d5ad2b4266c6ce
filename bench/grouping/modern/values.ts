import { hex as hexDigits, pick } from "../../traffic.ts";
import type { Kind, Random } from "./family.ts";

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const FIRST_NAMES = ["bob", "alice", "carol", "dmitri", "eve", "frank", "mei", "jose", "anna", "oleg", "priya", "tom"];
const LAST_NAMES = ["smith", "jones", "garcia", "ivanov", "oconnor", "nguyen", "khan", "mueller", "silva", "chen"];
const NOUNS = [
  ...["orders", "users", "invoices", "payments", "sessions", "carts", "shipments", "tokens", "reports", "events"],
  ...["emails", "images", "products", "search", "billing", "audit", "catalog", "inventory", "webhooks", "exports"],
];
const VERBS = ["send", "sync", "import", "export", "resize", "rebuild", "refresh", "notify", "purge", "reconcile"];
const ADJECTIVES = [
  "daily",
  "welcome",
  "stale",
  "pending",
  "nightly",
  "primary",
  "legacy",
  "partial",
  "weekly",
  "failed",
];
const FREE_WORDS = [
  ...[
    "out",
    "of",
    "stock",
    "customer",
    "asked",
    "for",
    "refund",
    "duplicate",
    "blue",
    "running",
    "shoes",
    "too",
    "slow",
  ],
  ...[
    "not",
    "needed",
    "any",
    "more",
    "gift",
    "card",
    "please",
    "call",
    "Winter",
    "sale",
    "Monday",
    "team",
    "the",
    "new",
  ],
];
const SERVICES = ["db", "redis-master", "kafka", "orders", "billing-api", "cache", "search", "auth", "mq", "worker"];
const NAMESPACES = ["prod", "staging", "default", "payments", "shop", "kube-system"];
const REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "sa-east-1", "europe-west4"];
const CURRENCIES = ["USD", "EUR", "GBP", "JPY", "BRL", "CHF", "INR"];
const EXTENSIONS = ["json", "log", "csv", "tmp", "pdf", "png", "tar.gz", "yaml", "sqlite3", "parquet"];
const AGENTS = [
  "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
  "curl/8.5.0",
  "okhttp/4.12.0",
  "python-requests/2.32.3",
  "Go-http-client/1.1",
  "kube-probe/1.29",
];

/** An integer from `low` to `high`, both included. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** An integer from 0 to `high`; small ones are much more frequent, as counts in logs are. */
export function skewed(random: Random, high: number): number {
  return Math.floor((high + 1) ** random()) - 1;
}

/** `length` characters drawn from `alphabet`. */
export function chars(random: Random, length: number, alphabet: string): string {
  let text = "";
  while (text.length < length) text += alphabet.charAt(Math.floor(random() * alphabet.length));
  return text;
}

/** Letters and digits of both cases, as most vendors' ids have. */
export function base62(random: Random, length: number): string {
  return chars(random, length, DIGITS + UPPER + LOWER);
}

/** A kind that has one of several shapes, all equally frequent. */
export function oneOf(...kinds: readonly Kind[]): Kind {
  return (random) => pick(random, kinds)(random);
}

/** A kind with these values alone. */
export function among(...values: readonly string[]): Kind {
  return (random) => pick(random, values);
}

/** `1204` as `1,204`. */
function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

function padded(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}

/** A moment of 2023 to 2026 in ms since the epoch. */
function moment(random: Random): number {
  return Date.UTC(2023, 0, 1) + Math.floor(random() * 3.5 * 365 * 86_400) * 1000 + between(random, 0, 999);
}

function iso(random: Random): string {
  return new Date(moment(random)).toISOString();
}

function clock(random: Random): string {
  return `${padded(between(random, 0, 23))}:${padded(between(random, 0, 59))}:${padded(between(random, 0, 59))}`;
}

const count: Kind = (random) => {
  const value = skewed(random, 1_000_000);
  return value >= 1000 && random() < 0.2 ? grouped(value) : String(value);
};

const port: Kind = (random) =>
  random() < 0.5
    ? pick(random, ["80", "443", "3000", "3306", "5432", "6379", "8080", "8443", "9092", "27017"])
    : String(between(random, 1024, 65_535));

const ms: Kind = (random) =>
  random() < 0.6
    ? String(skewed(random, 60_000))
    : (random() * 10 ** between(random, 0, 4)).toFixed(between(random, 1, 3));

const duration = oneOf(
  (random) => `${skewed(random, 9_999)}ms`,
  (random) => `${(random() * 60).toFixed(between(random, 1, 3))}s`,
  (random) => `${between(random, 1, 59)}s`,
  (random) => `${between(random, 1, 59)}m${between(random, 0, 59)}s`,
  (random) => `${between(random, 1, 30)}h${between(random, 0, 59)}m${random() < 0.5 ? "0s" : ""}`,
  (random) => `00:${padded(between(random, 0, 59))}:${padded(between(random, 0, 59))}`,
  (random) => `${between(random, 2, 59)} ${pick(random, ["seconds", "minutes", "ms", "hours"])}`,
  (random) => `${(random() * 1000).toFixed(1)}µs`,
);

const size = oneOf(
  (random) => `${(random() * 1000).toFixed(1)} ${pick(random, ["KB", "MB", "GB"])}`,
  (random) => `${(random() * 100).toFixed(1)}${pick(random, ["KB", "MB", "GB", "kB"])}`,
  (random) => `${skewed(random, 65_536)} bytes`,
  (random) => `${between(random, 1, 1023)}${pick(random, ["MiB", "KiB", "GiB", "Mi"])}`,
  (random) => `${skewed(random, 9_000_000)}B`,
);

const percent = oneOf(
  (random) => `${between(random, 0, 100)}%`,
  (random) => `${(random() * 100).toFixed(1)}%`,
  (random) => `${(random() * 100).toFixed(2)}%`,
);

const amount: Kind = (random) => {
  const value = skewed(random, 100_000) + random();
  const [whole = "0", cents = "00"] = value.toFixed(2).split(".");
  return random() < 0.5 ? `${grouped(Number(whole))}.${cents}` : `${whole}.${cents}`;
};

const currency = among(...CURRENCIES);

const money = oneOf(
  (random) => `$${amount(random)}`,
  (random) => `€${amount(random)}`,
  (random) => `${amount(random)} ${currency(random)}`,
  (random) => `${currency(random)} ${amount(random)}`,
  (random) => `-$${amount(random)}`,
);

const ip = oneOf(
  (random) => `10.${between(random, 0, 255)}.${between(random, 0, 255)}.${between(random, 1, 254)}`,
  (random) => `172.${between(random, 16, 31)}.${between(random, 0, 255)}.${between(random, 1, 254)}`,
  (random) =>
    `${between(random, 11, 223)}.${between(random, 0, 255)}.${between(random, 0, 255)}.${between(random, 1, 254)}`,
);

const ipv6 = oneOf(
  () => "::1",
  (random) => `2001:db8:${hexDigits(random, 4)}::${hexDigits(random, between(random, 1, 4))}`,
  (random) => `fe80::${hexDigits(random, 4)}:${hexDigits(random, 4)}:fe${hexDigits(random, 2)}:${hexDigits(random, 4)}`,
  (random) => Array.from({ length: 8 }, () => hexDigits(random, 4)).join(":"),
  (random) => `::ffff:${ip(random)}`,
);

const host = oneOf(
  (random) => `${pick(random, SERVICES)}-${between(random, 0, 12)}.internal.example.com`,
  (random) => `${pick(random, SERVICES)}.${pick(random, NAMESPACES)}.svc.cluster.local`,
  (random) => `ip-10-${between(random, 0, 255)}-${between(random, 0, 255)}-${between(random, 1, 254)}.ec2.internal`,
  (random) => `${pick(random, ["api", "cdn", "hooks", "m"])}.${pick(random, ["shop.io", "acme.dev", "example.org"])}`,
  (random) => `${pick(random, SERVICES)}${padded(between(random, 1, 20))}`,
);

const hostport: Kind = (random) => {
  const chance = random();
  if (chance < 0.1) return `[${ipv6(random)}]:${port(random)}`;
  return `${chance < 0.4 ? ip(random) : chance < 0.5 ? "localhost" : host(random)}:${port(random)}`;
};

const objectid: Kind = (random) => `6${hexDigits(random, 23)}`;

const uuid: Kind = (random) =>
  `${hexDigits(random, 8)}-${hexDigits(random, 4)}-4${hexDigits(random, 3)}-${pick(random, ["8", "9", "a", "b"])}${hexDigits(random, 3)}-${hexDigits(random, 12)}`;

const url = oneOf(
  (random) => `https://${host(random)}/v1/${pick(random, NOUNS)}/${between(random, 1, 99_999)}`,
  (random) => `http://${hostport(random)}/${pick(random, NOUNS)}`,
  (random) => `https://${host(random)}/${pick(random, NOUNS)}?page=${between(random, 1, 40)}&limit=50`,
  (random) => `https://${host(random)}/${pick(random, NOUNS)}/${uuid(random)}/${pick(random, VERBS)}`,
  (random) => `https://${host(random)}`,
);

const fileName: Kind = (random) =>
  `${pick(random, ADJECTIVES)}${pick(random, ["-", "_", ""])}${pick(random, NOUNS)}${random() < 0.5 ? `-${between(random, 1, 9999)}` : ""}.${pick(random, EXTENSIONS)}`;

const path = oneOf(
  (random) => `/var/lib/${pick(random, NOUNS)}/${fileName(random)}`,
  (random) => `/tmp/${hexDigits(random, 8)}/${fileName(random)}`,
  (random) => `/app/data/${pick(random, NOUNS)}/2024/${padded(between(random, 1, 12))}/${fileName(random)}`,
  (random) => `./${pick(random, NOUNS)}/${fileName(random)}`,
  (random) => `/home/${pick(random, FIRST_NAMES)}/${fileName(random)}`,
  (random) => `C:\\ProgramData\\${pick(random, NOUNS)}\\${fileName(random)}`,
);

const sha = oneOf(
  (random) => hexDigits(random, 7),
  (random) => hexDigits(random, 40),
  (random) => `sha256:${hexDigits(random, 64)}`,
);

const ulid: Kind = (random) => `01${pick(random, ["H", "J"])}${chars(random, 23, CROCKFORD)}`;
const ksuid: Kind = (random) => `2${base62(random, 26)}`;
const nanoid: Kind = (random) => chars(random, 21, `${DIGITS}${UPPER}${LOWER}_-`);
const snowflake: Kind = (random) => `${between(random, 10, 17)}${chars(random, 16, DIGITS)}`;

const trace = oneOf(
  (random) => hexDigits(random, 32),
  (random) => hexDigits(random, 16),
  (random) => `00-${hexDigits(random, 32)}-${hexDigits(random, 16)}-01`,
);

const email: Kind = (random) =>
  `${pick(random, FIRST_NAMES)}${pick(random, [`.${pick(random, LAST_NAMES)}`, "", String(between(random, 1, 99)), "+test"])}@${pick(random, ["example.com", "gmail.com", "acme.io", "mail.example.co.uk"])}`;

const user = oneOf(
  (random) => pick(random, FIRST_NAMES),
  (random) => `${pick(random, FIRST_NAMES)}.${pick(random, LAST_NAMES)}`,
  (random) => `u_${between(random, 1, 99_999)}`,
  (random) => `${pick(random, FIRST_NAMES)}${between(random, 1, 99)}`,
  email,
);

const name = oneOf(
  (random) => pick(random, NOUNS),
  (random) => `${pick(random, ADJECTIVES)}_${pick(random, NOUNS)}`,
  (random) => `${pick(random, VERBS)}-${pick(random, ADJECTIVES)}-${pick(random, NOUNS)}`,
  (random) => `${pick(random, NOUNS)}.${pick(random, VERBS)}`,
  (random) => `${pick(random, NOUNS)}-v${between(random, 1, 4)}`,
);

const words: Kind = (random) => Array.from({ length: between(random, 1, 5) }, () => pick(random, FREE_WORDS)).join(" ");

const quoted: Kind = (random) => {
  const mark = random() < 0.7 ? '"' : "'";
  return `${mark}${random() < 0.5 ? words(random) : name(random)}${mark}`;
};

const version = oneOf(
  (random) => `${between(random, 0, 12)}.${between(random, 0, 30)}.${between(random, 0, 20)}`,
  (random) => `v${between(random, 0, 9)}.${between(random, 0, 30)}.${between(random, 0, 20)}`,
  (random) => `${between(random, 1, 9)}.${between(random, 0, 9)}.0-rc.${between(random, 1, 5)}`,
  (random) => `v${between(random, 1, 9)}.${between(random, 0, 9)}.${between(random, 0, 9)}+${hexDigits(random, 7)}`,
);

const date = oneOf(
  (random) => iso(random).slice(0, 10),
  (random) => iso(random).slice(0, 10).replaceAll("-", "/"),
  (random) => `${padded(between(random, 1, 28))}.${padded(between(random, 1, 12))}.${between(random, 2023, 2026)}`,
  (random) => new Date(moment(random)).toUTCString().slice(5, 16),
);

const timestamp = oneOf(
  iso,
  (random) => iso(random).replace("T", " ").replace("Z", ""),
  (random) => iso(random).replace(/\.\d+Z/, pick(random, ["+00:00", "Z", "+02:00", "-0700"])),
  (random) => `${iso(random).slice(0, 10)} ${clock(random)},${padded(between(random, 0, 999), 3)}`,
  (random) => new Date(moment(random)).toUTCString(),
  (random) => String(moment(random)),
  (random) => `${Math.floor(moment(random) / 1000)}.${between(random, 100_000, 999_999)}`,
);

const bool = among("true", "false");

const listItem: Kind = (random) => (random() < 0.5 ? pick(random, NOUNS) : pick(random, SERVICES));

const list: Kind = (random) => {
  const item = pick(random, [
    listItem,
    (draw: Random) => String(skewed(draw, 9_999)),
    (draw: Random) => `"${listItem(draw)}"`,
    (draw: Random) => `'${listItem(draw)}'`,
  ]);
  const separator = pick(random, [", ", ", ", ","]);
  return `[${Array.from({ length: between(random, 0, 5) }, () => item(random)).join(separator)}]`;
};

const json: Kind = (random) =>
  JSON.stringify(
    pick(random, [
      () => ({ id: between(random, 1, 99_999), name: name(random) }),
      () => ({ orderId: uuid(random), retries: between(random, 0, 5), ok: random() < 0.5 }),
      () => ({ user: { id: between(random, 1, 9_999), email: email(random) } }),
      () => ({ error: words(random), code: between(random, 400, 599) }),
      () => ({ items: Array.from({ length: between(random, 0, 3) }, () => between(random, 1, 999)) }),
      () => ({}),
    ])(),
  );

/**
 * The kinds of values that every family may print. Each has several of the shapes that programs really print; they are
 * drawn anew per line.
 */
export const VALUES: Readonly<Record<string, Kind>> = {
  port,
  count,
  /** As `count`, where a program never prints a thousands separator. */
  int: (random) => String(skewed(random, 1_000_000)),
  small: (random) => String(between(random, 1, 10)),
  ms,
  duration,
  size,
  percent,
  amount,
  /** A decimal fraction without thousands separators. */
  decimal: (random) => (random() * 10 ** between(random, 0, 3)).toFixed(between(random, 1, 4)),
  money,
  ip,
  ipv6,
  host,
  hostport,
  url,
  path,
  uuid,
  hex: (random) => (random() < 0.3 ? "0x" : "") + hexDigits(random, pick(random, [8, 12, 16])),
  sha,
  objectid,
  ulid,
  ksuid,
  nanoid,
  snowflake,
  trace,
  user,
  email,
  name,
  quoted,
  version,
  timestamp,
  iso,
  date,
  bool,
  list,
  json,
  status: among(
    "200",
    "201",
    "204",
    "301",
    "302",
    "400",
    "401",
    "403",
    "404",
    "409",
    "422",
    "429",
    "500",
    "502",
    "503",
  ),
  method: among("GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
  ua: among(...AGENTS),
  region: among(...REGIONS),
  currency,
  words,
};
