/** A log's timestamp is believed within the last 30 days and at most 5 minutes ahead of its receipt. */
export const MAX_PAST_MS = 30 * 24 * 60 * 60 * 1000;
export const MAX_FUTURE_MS = 5 * 60 * 1000;

export interface Timestamp {
  /** Unix ms. */
  ms: number;
  /** Nanoseconds within the millisecond, 0 to 999,999. */
  nanoseconds: number;
}

/** ISO 8601 / RFC 3339 with a blank or comma where programs write one; without an offset it is UTC. */
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d{0,9})?\s?(Z|z|[+-]\d\d:?\d\d)?$/;

/** Reads an epoch by its magnitude: seconds, milliseconds, microseconds or nanoseconds. */
function fromEpoch(value: number): Timestamp | undefined {
  if (!Number.isFinite(value) || value <= 0) return undefined;
  if (value >= 1e17) {
    const nanoseconds = value % 1e6;
    const ms = Math.round((value - nanoseconds) / 1e6);
    return ms > 8.64e15 ? undefined : { ms, nanoseconds };
  }
  // A double holds the seconds of our time to a quarter of a microsecond: what lies below is noise.
  const micros = Math.round(value < 1e11 ? value * 1e6 : value < 1e14 ? value * 1e3 : value);
  return { ms: Math.floor(micros / 1e3), nanoseconds: (micros % 1e3) * 1e3 };
}

function fromDigits(text: string): Timestamp | undefined {
  // As text they have more digits than a double holds.
  if (/^\d{19}$/.test(text)) return { ms: Number(text.slice(0, 13)), nanoseconds: Number(text.slice(13)) };
  if (/^\d{16}$/.test(text)) return { ms: Number(text.slice(0, 13)), nanoseconds: Number(text.slice(13)) * 1000 };
  const seconds = /^(\d{9,11})\.(\d{1,9})$/.exec(text);
  if (seconds !== null) {
    const fraction = (seconds[2] ?? "").padEnd(9, "0");
    return { ms: Number(seconds[1]) * 1e3 + Number(fraction.slice(0, 3)), nanoseconds: Number(fraction.slice(3)) };
  }
  return fromEpoch(Number(text));
}

/** Parses a client's timestamp: ISO 8601, RFC 2822 and the like, or an epoch in s, ms, µs or ns. */
export function parseTimestamp(value: string | number): Timestamp | undefined {
  if (typeof value === "number") return fromEpoch(value);
  if (value.length === 24 && value.endsWith("Z")) {
    // The form that most clients send; Date.parse knows it without help.
    const ms = Date.parse(value);
    if (!Number.isNaN(ms)) return { ms, nanoseconds: 0 };
  }
  if (value.length > 64) return undefined;
  const text = value.trim();
  if (/^\d{9,19}(?:\.\d{1,9})?$/.test(text)) return fromDigits(text);
  const iso = ISO.exec(text);
  if (iso !== null) {
    const [, day, time, fraction = "", offset = "Z"] = iso;
    const padded = fraction.padEnd(9, "0");
    const ms = Date.parse(`${day}T${time}.${padded.slice(0, 3)}${offset.toUpperCase()}`);
    return Number.isNaN(ms) ? undefined : { ms, nanoseconds: Number(padded.slice(3)) };
  }
  // Anything else that the engine knows (RFC 2822), but not a bare word or number that it guesses at.
  const ms = /\d{4}/.test(text) && /\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : { ms, nanoseconds: 0 };
}

/** Whether a log's own timestamp is believed, given when it was received (Unix ms). */
export function isPlausible(ms: number, receivedAt: number): boolean {
  return ms >= receivedAt - MAX_PAST_MS && ms <= receivedAt + MAX_FUTURE_MS;
}
