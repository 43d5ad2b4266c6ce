import { createHash } from "node:crypto";
import { type AttemptKind, addressKey } from "./attempts.ts";

/**
 * What attempts are counted under: a kind and a SHA-256 (hex), so that the table does not say who tried.
 * @param name an e-mail address in lower case, whether anybody has it or not; or an IP address
 */
export function attemptSubject(kind: AttemptKind, name: string): string {
  const key = kind === "address" ? addressKey(name) : name;
  return `${kind}:${createHash("sha256").update(key).digest("hex")}`;
}
