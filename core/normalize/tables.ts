/** Words of a table, separated by white space. */
export function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((word) => word !== ""));
}

const METHODS = words("GET HEAD POST PUT PATCH DELETE OPTIONS CONNECT TRACE PROPFIND PURGE QUERY");

/** A request method of HTTP (RFC 9110 and common extensions). */
export function isMethod(word: string): boolean {
  return METHODS.has(word);
}

export const DURATION_UNITS = words(`
  ns us µs μs ms msec msecs millis millisecond milliseconds microsecond microseconds nanosecond nanoseconds s sec secs
  second seconds min mins minute minutes h hr hrs hour hours day days week weeks month months year years
  MILLISECONDS SECONDS MINUTES HOURS DAYS sec(s) second(s)`);

export const SIZE_UNITS = words(`
  B b byte bytes Bytes octets bit bits kB KB MB GB TB PB KiB MiB GiB TiB kb mb gb tb Kb Mb Gb kbps Mbps Gbps kB/s KB/s
  MB/s GB/s KiB/s MiB/s GiB/s bytes/s bytes/sec B/s`);

export const WEEKDAYS = words(`
  Mon Tue Wed Thu Fri Sat Sun Monday Tuesday Wednesday Thursday Friday Saturday Sunday`);

export const MONTHS = words(`
  Jan Feb Mar Apr May Jun Jul Aug Sep Sept Oct Nov Dec January February March April June July August September October
  November December`);

export const ZONES = words("UTC GMT Z AM PM am pm CET CEST EST EDT CST CDT MST MDT PST PDT BST IST JST");

/** ISO 4217 codes that are common enough to be met beside an amount. */
export const CURRENCIES = words(`
  USD EUR GBP JPY CNY INR CAD AUD CHF SEK NOK DKK PLN CZK HUF RON BGN TRY RUB UAH BRL MXN ARS CLP COP PEN ZAR NGN KES
  EGP ILS AED SAR QAR KRW SGD HKD TWD THB IDR MYR PHP VND NZD PKR BDT BTC ETH $ € £ ¥ ₹ ₩ ₽ ₺ ฿ zł kr Kč Ft lei usd eur gbp jpy cny inr cad aud chf sek nok dkk pln czk brl mxn`);

/** Reason phrases of HTTP (RFC 9110) that follow a masked status. */
export const REASONS: ReadonlySet<string> = new Set(
  `Continue|Switching Protocols|OK|Created|Accepted|No Content|Partial Content|Moved Permanently|Found|See Other
Not Modified|Temporary Redirect|Permanent Redirect|Bad Request|Unauthorized|Payment Required|Forbidden|Not Found
Method Not Allowed|Not Acceptable|Request Timeout|Conflict|Gone|Length Required|Precondition Failed
Payload Too Large|URI Too Long|Unsupported Media Type|Unprocessable Entity|Unprocessable Content|Too Many Requests
Internal Server Error|Not Implemented|Bad Gateway|Service Unavailable|Gateway Timeout|Gateway Time-out`.split(/[|\n]/),
);

/** Values that stand for themselves in code. */
export const BOOLEANS = words("true false True False TRUE FALSE");

const CODE_KEY = /^(?:(?:error|err|event|decline|failure|fail|reject|rejection|response|result)[_.-]?)?code$|^errno$/i;

/** Keys whose values are codes that tell problems apart. */
export function isCodeKey(key: string): boolean {
  return key.length <= 16 && CODE_KEY.test(key);
}

/** A code in words (`insufficient_funds`, `ECONNREFUSED`, `Unavailable`); two and three letters are a country's. */
export function isErrorCode(text: string): boolean {
  return text.length <= 64 && /^[A-Za-z][A-Za-z_]{3,}$/.test(text);
}

/** A reason in one word, as programs name them (`OOMKilled`, `FailedScheduling`), and the name of a signal. */
export function isReason(key: string, text: string): boolean {
  if (/^(?:ip_?)?family$/i.test(key)) return /^(?:IPv[46]|inet6?)$/i.test(text);
  return /^(?:reason|signal|cause|verb)$/i.test(key) && text.length <= 64 && /^[A-Z][A-Za-z]+$/.test(text);
}

const NOTHING = words("null none nil undefined NULL");

const STATE_KEY = /^(?:[a-z]+_)?(?:status|state|result|outcome|decision|reason)$/;

/** A state in one word (`status=bounced`, `finish_reason=length`): it tells problems apart. */
export function isState(key: string, text: string): boolean {
  return (
    key.length <= 32 &&
    STATE_KEY.test(key) &&
    text.length <= 32 &&
    !NOTHING.has(text) &&
    /^(?:[a-z]+|[A-Z]+)(?:_[A-Za-z]+)*$/.test(text)
  );
}

const ERROR_KEYS = words("err error desc exception cause errormessage error_message");

/** Keys whose values are the text of an error. */
export function isErrorKey(key: string): boolean {
  return ERROR_KEYS.has(key.toLowerCase());
}
