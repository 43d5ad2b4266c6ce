/** A limit and what is left of it, for the headers of draft-ietf-httpapi-ratelimit-headers (version 11). */
export interface Quota {
  policy: string;
  limit: number;
  windowSeconds: number;
  unit: "requests" | "content-bytes";
  remaining: number;
  /** Unix ms at which it starts anew. */
  resetAt: number;
}

/** The largest Integer of structured fields (RFC 9651). */
const MAX_INTEGER = 999_999_999_999_999;

function integer(value: number): number {
  return Math.max(0, Math.min(MAX_INTEGER, Math.floor(value)));
}

/** `RateLimit-Policy`: `"ingest";q=6000;w=60`. Names are ours, and need no escaping. */
export function policyField(quotas: readonly Quota[]): string {
  return quotas
    .map(({ policy, limit, windowSeconds, unit }) => {
      const quotaUnit = unit === "requests" ? "" : `;qu="${unit}"`;
      return `"${policy}";q=${integer(limit)}${quotaUnit};w=${Math.max(1, integer(windowSeconds))}`;
    })
    .join(", ");
}

/** `RateLimit`: `"ingest";r=5990;t=12`. */
export function limitField(quotas: readonly Quota[], now: number): string {
  return quotas
    .map(({ policy, remaining, resetAt }) => `"${policy}";r=${integer(remaining)};t=${secondsUntil(resetAt, now)}`)
    .join(", ");
}

/** Whole seconds until `at`, rounded up: who waits as long finds a new window. */
export function secondsUntil(at: number, now: number): number {
  return integer(Math.ceil((at - now) / 1000));
}
