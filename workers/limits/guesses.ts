import { addressKey } from "../../core/auth/attempts.ts";
import { Log0Error } from "../../core/errors.ts";
import { TtlCache } from "../../core/ttl-cache.ts";

/**
 * Credentials that an address may try in vain, a minute and isolate. None can be guessed: what is protected is the
 * database of all tenants, which is asked for each that was not seen before.
 */
const MAX_GUESSES = 60;
const WINDOW_MS = 60_000;

/** Addresses remembered; beyond it the oldest are forgotten. */
const MAX_ADDRESSES = 10_000;

/** What addresses have tried in vain. Approximate, as every isolate counts for itself: a shield, not a limit. */
export class Guesses {
  private readonly tried = new TtlCache<{ count: number }>(WINDOW_MS, MAX_ADDRESSES);

  /** @param now Unix ms @throws Log0Error rate_limited */
  admit(address: string | undefined, now: number): void {
    if (address === undefined || (this.tried.get(addressKey(address), now)?.count ?? 0) < MAX_GUESSES) return;
    throw new Log0Error("rate_limited", "too many unknown credentials come from this address", {
      permanent: false,
      retryAfter: WINDOW_MS / 1000,
    });
  }

  /** @param now Unix ms */
  count(address: string | undefined, now: number): void {
    if (address === undefined) return;
    const key = addressKey(address);
    const tried = this.tried.get(key, now);
    if (tried === undefined) this.tried.set(key, { count: 1 }, now);
    else tried.count++;
  }
}
