import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** What a token that stands for itself begins with: it says what leaked when one is found in a log or a repository. */
export const TOKEN_PREFIX = {
  apiKey: "l0_",
  refresh: "l0r_",
  invitation: "l0i_",
  passwordReset: "l0p_",
} as const;
export type TokenPurpose = keyof typeof TOKEN_PREFIX;

/** A new token. `token` goes out once and is never stored; `hash` is what D1 holds. */
export interface NewToken {
  token: string;
  hash: string;
}

export const TOKEN_BYTES = 32;

// 32 bytes are 43 characters of base64url, and the last of them carries 4 bits: only every fourth letter can stand there.
const BODY = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * Makes a token of 32 random bytes.
 *
 * @throws RangeError when `random` has another length
 */
export function createToken(purpose: TokenPurpose, random: Uint8Array): NewToken {
  if (random.length !== TOKEN_BYTES) throw new RangeError(`a token is made of ${TOKEN_BYTES} random bytes`);
  const token = TOKEN_PREFIX[purpose] + Buffer.from(random).toString("base64url");
  return { token, hash: sha256(token) };
}

/**
 * SHA-256 (hex) of a token, or undefined when it cannot be one of this purpose, so that garbage costs no look-up. A token
 * has 256 random bits, so a slow hash would protect nothing more; and who looks up a hash needs no comparison in constant
 * time.
 */
export function hashToken(purpose: TokenPurpose, token: string): string | undefined {
  const prefix = TOKEN_PREFIX[purpose];
  return token.startsWith(prefix) && BODY.test(token.slice(prefix.length)) ? sha256(token) : undefined;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
