import { createToken, hashToken } from "./opaque-token.ts";

/** A new key. `key` is shown once and never stored; `prefix` tells keys apart in a list; `hash` is what D1 holds. */
export interface NewApiKey {
  key: string;
  prefix: string;
  hash: string;
}

const prefixCharacters = 11;

/**
 * Makes an API key of 32 random bytes.
 *
 * @throws RangeError when `random` has another length
 */
export function createApiKey(random: Uint8Array): NewApiKey {
  const { token, hash } = createToken("apiKey", random);
  return { key: token, prefix: token.slice(0, prefixCharacters), hash };
}

/** SHA-256 (hex) of a key, or undefined when it cannot be one, so that garbage costs no look-up. */
export function hashApiKey(key: string): string | undefined {
  return hashToken("apiKey", key);
}
