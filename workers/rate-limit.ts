import { Log0Error } from "../core/errors.ts";

/**
 * Requests that one call of the rate-limit binding admits. The binding is per location and approximate as it is; asked
 * for every request it would be the dearest part of a small one. Its limit in wrangler.toml counts leases.
 */
export const LEASE_REQUESTS = 16;

/** A lease ends with the binding's period. */
const LEASE_MS = 10_000;

/** Keys remembered in an isolate; beyond it everybody asks again. */
const MAX_KEYS = 10_000;

const leases = new Map<string, { left: number; until: number }>();

/**
 * Admits a request of an API key.
 * @param now Unix ms
 * @throws Log0Error rate_limited
 */
export async function checkRate(binding: RateLimit, keyId: string, now: number): Promise<void> {
  const lease = leases.get(keyId);
  if (lease !== undefined && lease.left > 0 && now < lease.until) {
    lease.left--;
    return;
  }
  if (leases.size >= MAX_KEYS) leases.clear();
  // Requests that arrive while the binding is asked ride on the lease that it is asked for.
  leases.set(keyId, { left: LEASE_REQUESTS - 1, until: now + LEASE_MS });
  const { success } = await binding.limit({ key: keyId });
  if (success) return;
  leases.delete(keyId);
  throw new Log0Error("rate_limited", "this API key sends too many requests; nothing was kept, slow down", {
    permanent: false,
    retryAfter: LEASE_MS / 1000,
  });
}
