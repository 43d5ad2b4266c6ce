import { hkdfSync } from "node:crypto";
import { type JWTPayload, jwtVerify, SignJWT } from "jose";
import { Log0Error } from "../errors.ts";
import { parseSecretKeys } from "./secret-keys.ts";

const ALGORITHM = "HS256";

/** More than any that is signed here has: garbage is not parsed. */
const MAX_CHARACTERS = 4096;

/**
 * Signs and verifies JWTs of one kind with keys that are derived from `SECRET_KEYS`: the current key signs, every known
 * one verifies, so that a rotation logs nobody out. Each kind has keys of its own: no token passes for another kind.
 */
export class SignedTokens {
  private readonly keys: ReadonlyMap<string, Uint8Array>;
  private readonly current: string;
  private readonly issuer: string;

  /**
   * @param secretKeys see `parseSecretKeys`
   * @param issuer the deployment's public URL
   * @param kind what HKDF-SHA256 separates the keys by
   * @throws Error when the keys cannot be read
   */
  constructor(secretKeys: string, issuer: string, kind: string) {
    const parsed = parseSecretKeys(secretKeys);
    this.keys = new Map(
      parsed.map(({ id, bytes }) => [id, new Uint8Array(hkdfSync("sha256", bytes, "", `log0 ${kind}`, 32))]),
    );
    this.current = parsed[0].id;
    this.issuer = issuer;
  }

  /** @param nowMs Unix ms @returns the JWT and when it expires, in Unix ms (a whole second) */
  async sign(
    payload: JWTPayload,
    audience: string,
    lifetimeMs: number,
    nowMs: number,
  ): Promise<{ token: string; expiresAt: number }> {
    const issuedAt = Math.floor(nowMs / 1000);
    const expires = issuedAt + Math.floor(lifetimeMs / 1000);
    const token = await new SignJWT(payload)
      .setProtectedHeader({ alg: ALGORITHM, typ: "JWT", kid: this.current })
      .setIssuer(this.issuer)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expires)
      .sign(this.key(this.current));
    if (token.length > MAX_CHARACTERS) throw new RangeError(`a signed token has at most ${MAX_CHARACTERS} characters`);
    return { token, expiresAt: expires * 1000 };
  }

  /**
   * @param nowMs Unix ms
   * @throws Log0Error unauthorized for whatever is wrong with it; which of it, the message does not tell
   */
  async verify(token: string, audience: string, nowMs: number): Promise<JWTPayload> {
    try {
      if (token.length > MAX_CHARACTERS) throw new Error("too long");
      const { payload } = await jwtVerify(token, ({ kid }) => this.key(kid ?? ""), {
        algorithms: [ALGORITHM],
        issuer: this.issuer,
        audience,
        currentDate: new Date(nowMs),
        requiredClaims: ["iat", "exp"],
      });
      return payload;
    } catch {
      // The cause is left out: jose's errors carry the claims.
      throw invalidToken();
    }
  }

  private key(id: string): Uint8Array {
    const key = this.keys.get(id);
    if (key === undefined) throw new Error("no such key");
    return key;
  }
}

export function invalidToken(): Log0Error {
  return new Log0Error("unauthorized", "the token is not valid or has expired");
}
