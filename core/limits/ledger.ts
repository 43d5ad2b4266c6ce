import { type Lease, type LeaseRequest, shareOf } from "./windows.ts";

/** An isolate may spend a lease of bytes for as long; what is left of it then is lost to it. */
export const BYTES_LEASE_MS = 10 * 60_000;

/** Grants are remembered in slots of this length. */
const SLOT_MS = 10 * 60_000;

/**
 * Grants younger than this may not be counted as usage yet: a lease's life, the hour that the pipeline may be behind,
 * and the minute after which stores tell their counts, rounded up.
 */
const UNSETTLED_MS = 90 * 60_000;

/** What a tenant was given of its month. */
export interface Ledger {
  /** `2026-01`, UTC. */
  month: string;
  /** Bytes granted, as far as they may have been used. */
  granted: number;
  /** Bytes granted lately, by the start of their slot (Unix ms), oldest first. */
  recent: { from: number; bytes: number }[];
  /** When the ledger was last compared with what was stored, Unix ms. */
  settledAt: number;
}

export function monthOf(now: number): string {
  return new Date(now).toISOString().slice(0, 7);
}

/** First ms of the month after the one of `now`, UTC. */
export function monthEnd(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** Seconds that the month of `now` has. */
export function monthSeconds(now: number): number {
  const date = new Date(now);
  return (monthEnd(now) - Date.UTC(date.getUTCFullYear(), date.getUTCMonth())) / 1000;
}

/** The ledger as it stands at `now`: a month that is over is forgotten, and so are grants that are settled. */
function current(ledger: Ledger | undefined, now: number): Ledger {
  const month = monthOf(now);
  // Months compare as texts; a clock that goes back over midnight does not open the old month again.
  if (ledger === undefined || ledger.month < month) return { month, granted: 0, recent: [], settledAt: 0 };
  return { ...ledger, recent: ledger.recent.filter(({ from }) => from + SLOT_MS + UNSETTLED_MS > now) };
}

/**
 * Grants bytes of the month.
 * @param request its `windowMs` does not matter
 */
export function grantBytes(
  ledger: Ledger | undefined,
  request: Pick<LeaseRequest, "limit" | "want" | "atLeast">,
  now: number,
): { ledger: Ledger; lease: Lease } {
  const before = current(ledger, now);
  const granted = shareOf(request.limit - before.granted, request);
  const after = { ...before, granted: before.granted + granted, recent: remember(before.recent, granted, now) };
  return {
    ledger: after,
    lease: { granted, remaining: Math.max(0, request.limit - after.granted), resetAt: monthEnd(now) },
  };
}

function remember(recent: Ledger["recent"], bytes: number, now: number): Ledger["recent"] {
  if (bytes === 0) return recent;
  const from = now - (now % SLOT_MS);
  const last = recent.at(-1);
  // What a clock that went back brings lies in the newest slot, and is remembered longer for it.
  if (last === undefined || last.from < from) return [...recent, { from, bytes }];
  return [...recent.slice(0, -1), { from: last.from, bytes: last.bytes + bytes }];
}

/**
 * Brings the ledger down to what was really used: what isolates were granted and never spent comes back. It never falls
 * below what was admitted, as long as the pipeline is less than an hour behind; and it rises to what was stored, when
 * more was admitted than granted (while the object did not answer).
 * @param stored bytes that the stores have counted in the month
 * @param month of those bytes; a month that is over by now changes nothing
 */
export function settle(ledger: Ledger | undefined, stored: number, month: string, now: number): Ledger {
  const before = current(ledger, now);
  if (before.month !== month) return before;
  const unsettled = before.recent.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    ...before,
    granted: Math.max(stored, Math.min(before.granted, stored + unsettled)),
    settledAt: now,
  };
}
