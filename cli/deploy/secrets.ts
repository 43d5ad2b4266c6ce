import { parseEnv } from "node:util";
import * as z from "zod";
import { SecretBox } from "../../core/auth/seal.ts";
import { quote, UsageError } from "../tenant/input.ts";

/** Seals what tenants entrust to log0. Whoever loses it loses that. */
export const SEALING_KEYS = "SECRET_KEYS";

/** `wrangler secret bulk` takes 100; one is left for the sealing key. */
const MAX_SECRETS = 99;

const Secrets = z.record(z.string(), z.string());

/**
 * The secrets in a file: `NAME=value` lines (as in .env, nothing is expanded) or a JSON object of strings.
 *
 * @param file its name, for messages; no message holds a value
 * @param vars names of the plain variables of the configuration: Cloudflare keeps one binding of a name
 * @throws UsageError
 */
export function parseSecrets(text: string, file: string, vars: string[]): Map<string, string> {
  const parsed = Secrets.safeParse(text.trimStart().startsWith("{") ? parseObject(text) : parseEnv(text));
  if (!parsed.success) throw new UsageError(`${file} is neither NAME=value lines nor a JSON object of strings`);
  const secrets = new Map(Object.entries(parsed.data));
  if (secrets.size === 0) throw new UsageError(`${file} holds no secret`);
  if (secrets.size > MAX_SECRETS) throw new UsageError(`${file} holds more than ${MAX_SECRETS} secrets`);
  for (const [name, value] of secrets) {
    // The name is not shown: a line of the wrong form may have a value in its place.
    if (!/^[A-Za-z_]\w{0,99}$/.test(name)) throw new UsageError(`${file}: a name is not of letters, digits and _`);
    if (value.trim() === "")
      throw new UsageError(`${file}: ${name} has no value; leave the line out to keep what is set`);
    if (vars.includes(name))
      throw new UsageError(`${file}: ${quote(name)} is a variable in wrangler.toml, not a secret`);
  }
  checkSealingKeys(secrets.get(SEALING_KEYS), file);
  return secrets;
}

/** @param random 32 fresh random bytes */
export function makeSealingKey(random: Uint8Array): string {
  return `k1:${Buffer.from(random).toString("base64")}`;
}

/** The text without the values, also as JSON writes them, for a message that wrangler or Cloudflare worded. */
export function redact(text: string, secrets: Iterable<string>): string {
  const written = [...secrets].flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
  return written.reduce((rest, value) => rest.replaceAll(value, "***"), text);
}

/** The Worker would take them, and fail at the first secret of a tenant. */
function checkSealingKeys(keys: string | undefined, file: string): void {
  if (keys === undefined) return;
  try {
    new SecretBox(keys);
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : "SECRET_KEYS cannot be read"}`);
  }
}

/** JSON.parse's own message quotes what it could not read. */
function parseObject(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
