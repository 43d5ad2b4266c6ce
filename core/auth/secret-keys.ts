import { Buffer } from "node:buffer";

/** One key of the deployment's secret `SECRET_KEYS`. */
export interface SecretKey {
  /** Stands beside what was sealed or signed with it, so that it is found again after a rotation. */
  readonly id: string;
  /** 32 random bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const KEY_BYTES = 32;

/**
 * Reads `SECRET_KEYS`.
 *
 * @param text `id:base64` of 32 bytes each, separated by commas, the current one first
 * @throws Error when one cannot be read or two have one id; it is a mistake of the deployment
 */
export function parseSecretKeys(text: string): readonly [SecretKey, ...SecretKey[]] {
  const [current, ...older] = text.split(",").map(parseKey);
  const keys = current === undefined ? [] : [current, ...older];
  if (current === undefined || new Set(keys.map((key) => key.id)).size !== keys.length) {
    throw new Error("SECRET_KEYS must have keys of different ids");
  }
  return [current, ...older];
}

function parseKey(entry: string): SecretKey {
  const [id = "", base64 = ""] = entry.trim().split(":");
  const bytes = Buffer.from(base64, "base64");
  if (!/^[a-z0-9]{1,20}$/.test(id) || bytes.byteLength !== KEY_BYTES) {
    throw new Error("SECRET_KEYS must be id:base64 of 32 bytes, separated by commas");
  }
  return { id, bytes: new Uint8Array(bytes) };
}
