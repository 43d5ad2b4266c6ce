import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { TtlCache } from "../../../core/ttl-cache.ts";
import { issuerFetch, issuerUnavailable } from "./fetch-issuer.ts";

/** A key that was withdrawn is believed no longer than this. */
const MAX_AGE_MS = 10 * 60_000;

/** A key that is not known has the set fetched again, but not more often: anybody can name a key. */
const COOLDOWN_MS = 10_000;

const DAY_MS = 24 * 60 * 60_000;
const sets = new TtlCache<JWTVerifyGetKey>(DAY_MS, 20);

/** @throws Log0Error unavailable */
async function fetchKeys(url: string, options: Parameters<ReturnType<typeof issuerFetch>>[1]): Promise<Response> {
  const response = await issuerFetch()(url, options);
  if (response.status !== 200) throw issuerUnavailable();
  const text = await response.text();
  try {
    JSON.parse(text);
  } catch (cause) {
    throw issuerUnavailable(cause);
  }
  return new Response(text);
}

/**
 * The public keys of an issuer, remembered in this isolate. jose holds the keys, and the promise of a fetch under way; in
 * Workers it drops the promise instead of waiting for another request's, which would fail.
 */
export function keySetAt(url: URL): JWTVerifyGetKey {
  const now = Date.now();
  const known = sets.get(url.href, now);
  if (known !== undefined) return known;
  const set = createRemoteJWKSet(url, {
    cacheMaxAge: MAX_AGE_MS,
    cooldownDuration: COOLDOWN_MS,
    [customFetch]: fetchKeys,
  });
  sets.set(url.href, set, now);
  return set;
}
