import { Log0Error } from "../errors.ts";
import { parseSecretKeys } from "./secret-keys.ts";

/** Bytes of the nonce that GCM is specified for (NIST SP 800-38D). */
const NONCE_BYTES = 12;

type AesKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/**
 * Keeps secrets of tenants at rest: AES-256-GCM with the tenant's id as additional data, so that a row copied to another
 * tenant cannot be opened there. Keys carry an id: a new one is put in front, and what the old ones sealed still opens.
 */
export class SecretBox {
  private readonly keys: ReadonlyMap<string, Promise<AesKey>>;
  private readonly current: string;

  /**
   * @param keys `id:base64` of 32 bytes each, separated by commas, the current one first
   * @throws Error when one cannot be read; it is a mistake of the deployment
   */
  constructor(keys: string) {
    const parsed = parseSecretKeys(keys);
    this.keys = new Map(
      parsed.map(({ id, bytes }) => [
        id,
        crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]),
      ]),
    );
    this.current = parsed[0].id;
  }

  /** @param random 12 fresh random bytes: a nonce that is used twice gives the key away */
  async seal(tenantId: string, text: string, random: Uint8Array): Promise<string> {
    const key = await this.keyOf(this.current);
    const iv = new Uint8Array(random.subarray(0, NONCE_BYTES));
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(tenantId) },
      key,
      new TextEncoder().encode(text),
    );
    return `v1.${this.current}.${base64url(iv)}.${base64url(new Uint8Array(sealed))}`;
  }

  /** @throws Log0Error internal when it was changed, belongs to another tenant, or its key is gone */
  async open(tenantId: string, sealed: string): Promise<string> {
    const [version, id = "", iv = "", data = ""] = sealed.split(".");
    try {
      if (version !== "v1") throw new Error("unknown version");
      const opened = await crypto.subtle.decrypt(
        {
          name: "AES-GCM",
          iv: new Uint8Array(Buffer.from(iv, "base64url")),
          additionalData: new TextEncoder().encode(tenantId),
        },
        await this.keyOf(id),
        new Uint8Array(Buffer.from(data, "base64url")),
      );
      return new TextDecoder().decode(opened);
    } catch (error) {
      throw new Log0Error("internal", "a stored secret cannot be opened", { cause: error });
    }
  }

  private keyOf(id: string): Promise<AesKey> {
    const key = this.keys.get(id);
    if (key === undefined) throw new Error(`no key ${id}`);
    return key;
  }
}
