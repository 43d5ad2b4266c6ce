import { Buffer } from "node:buffer";
import { scrypt, timingSafeEqual } from "node:crypto";
import { Log0Error } from "../errors.ts";
import { isCommonPassword } from "./common-passwords.ts";

/**
 * Shortest password, in Unicode code points. NIST SP 800-63B-4 (2025), section 3.1.1.2, asks for 15 where the password is
 * the only factor, as it is here, and for 8 only beside a second one.
 */
export const MIN_PASSWORD = 15;
/** Longest password, in Unicode code points. NIST asks for 64 at least. */
export const MAX_PASSWORD = 256;

/** What a request may carry, in UTF-16 units and before it is normalized (which may shorten it): a bound of the work. */
const MAX_TYPED = 4 * MAX_PASSWORD;

/** What scrypt is to cost: `ln` is log2 of N. Memory is 128·N·r bytes, time grows with N·r·p. */
interface Cost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

interface StoredHash extends Cost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** One of OWASP's equivalent sets: 16 MiB, so that several fit into the 128 MB of an isolate (docs/adr/0011-accounts.md). */
const COST: Cost = { ln: 14, r: 8, p: 5 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** A stored string that was tampered with must not take a gigabyte or a minute: twice the memory, 1.6 times the work. */
const MAX_MEMORY = 32 * 1024 * 1024;
const MAX_WORK = 2 ** 20;

const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** What an unknown account is compared with, so that it costs the same time. Nobody knows a password with this hash. */
const NOBODY: StoredHash = { ...COST, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) };

/**
 * Whether a password may be chosen: 15 to 256 characters, not one of the commonest, not the account's own address.
 * There are no rules about kinds of characters: NIST forbids them.
 *
 * @throws Log0Error weak_password
 */
export function checkPassword(password: string, email: string): void {
  const tooLong = `a password has at most ${MAX_PASSWORD} characters`;
  if (password.length > MAX_TYPED) weak(tooLong);
  const normal = normalize(password);
  const length = [...normal].length;
  if (length < MIN_PASSWORD) weak(`a password needs at least ${MIN_PASSWORD} characters; a few words do well`);
  if (length > MAX_PASSWORD) weak(tooLong);
  const lower = normal.toLowerCase();
  const address = normalize(email).toLowerCase();
  if (lower === address || lower === address.slice(0, address.lastIndexOf("@"))) {
    weak("the password must not be the e-mail address");
  }
  if (isCommonPassword(lower)) weak("this password is one of those that are tried first");
}

function weak(message: string): never {
  throw new Log0Error("weak_password", message);
}

/**
 * Hashes a password with scrypt, as a PHC string: `$scrypt$ln=14,r=8,p=5$<salt>$<hash>`. Some 115 ms of CPU and 16 MiB;
 * in workerd nothing else of the isolate runs meanwhile.
 *
 * @param salt 16 fresh random bytes
 * @throws RangeError when the salt has another length
 */
export async function hashPassword(password: string, salt: Uint8Array): Promise<string> {
  if (salt.length !== SALT_BYTES) throw new RangeError(`a password's salt is ${SALT_BYTES} random bytes`);
  const hash = await derive(password, salt, COST);
  return `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${base64(salt)}$${base64(hash)}`;
}

/**
 * Whether this is the password, in constant time and at the same cost for whoever has none.
 *
 * @param stored from `hashPassword`; undefined when there is no such account, or it has no password. False for that, and
 * for what is no such string or asks for more than 32 MiB
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  // No password is that long: nothing of an account shows in the time that this saves.
  if (password.length > MAX_TYPED) return false;
  const known = stored === undefined ? undefined : parse(stored);
  const { salt, hash, ...cost } = known ?? NOBODY;
  const equal = timingSafeEqual(await derive(password, salt, cost), hash);
  return known !== undefined && equal;
}

/** Whether a password that was just verified should be hashed anew, because the cost has been raised since. */
export function needsRehash(stored: string): boolean {
  const known = parse(stored);
  return known === undefined || known.ln !== COST.ln || known.r !== COST.r || known.p !== COST.p;
}

/** Keyboards spell one word in several ways. */
function normalize(password: string): string {
  return password.normalize("NFKC");
}

function derive(password: string, salt: Uint8Array, { ln, r, p }: Cost): Promise<Buffer> {
  // Node's check counts some blocks beside the 128·N·r bytes.
  const options = { N: 2 ** ln, r, p, maxmem: MAX_MEMORY + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(normalize(password), salt, HASH_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function parse(stored: string): StoredHash | undefined {
  const match = FORM.exec(stored);
  if (match === null) return undefined;
  const [, ln, r, p, salt = "", hash = ""] = match;
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const blocks = 2 ** cost.ln * cost.r;
  const bounded = 128 * blocks <= MAX_MEMORY && blocks * cost.p <= MAX_WORK;
  if (!bounded || cost.ln < 1 || cost.r < 1 || cost.p < 1) return undefined;
  return { ...cost, salt: Buffer.from(salt, "base64"), hash: Buffer.from(hash, "base64") };
}

/** PHC strings have base64 without its padding. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}
