import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** A new key. `key` is shown once and never stored; `prefix` tells keys apart in a list; `hash` is what D1 holds. */
export interface NewApiKey {
  key: string;
  prefix: string;
  hash: string;
}

const randomBytes = 32;
const prefixCharacters = 11;

// 32 bytes are 43 characters of base64url, and the last of them carries 4 bits: only every fourth letter can stand there.
const form = /^l0_[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * Makes an API key of 32 random bytes.
 *
 * @throws RangeError when `random` has another length
 */
export function createApiKey(random: Uint8Array): NewApiKey {
  if (random.length !== randomBytes) throw new RangeError(`an API key is made of ${randomBytes} random bytes`);
  const key = `l0_${Buffer.from(random).toString("base64url")}`;
  return { key, prefix: key.slice(0, prefixCharacters), hash: sha256(key) };
}

/**
 * SHA-256 (hex) of a key, or undefined when it cannot be one, so that garbage costs no look-up. A key has 256 random
 * bits, so a slow hash would protect nothing more.
 */
export function hashApiKey(key: string): string | undefined {
  return form.test(key) ? sha256(key) : undefined;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
