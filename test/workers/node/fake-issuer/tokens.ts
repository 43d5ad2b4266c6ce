import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";

/** A key that a realm signs with, or did. */
export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  jwk: JWK;
}

/** How a token is made that nobody should believe. */
export type Forgery = "none" | "public-key-as-secret" | "unknown-key" | "borrowed-kid";

export async function makeKey(alg: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = crypto.randomUUID();
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: "sig" };
  return { kid, alg, privateKey, publicKey, jwk };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

async function sign(claims: JWTPayload, key: SigningKey, kid = key.kid): Promise<string> {
  return await new SignJWT(claims).setProtectedHeader({ alg: key.alg, kid, typ: "JWT" }).sign(key.privateKey);
}

/** A token with these claims, by this key, or forged without its private half. */
export async function makeToken(claims: JWTPayload, key: SigningKey, forgery?: Forgery): Promise<string> {
  if (forgery === undefined) return await sign(claims, key);
  if (forgery === "none") return `${encode({ alg: "none", kid: key.kid })}.${encode(claims)}.`;
  if (forgery === "public-key-as-secret") {
    const secret = new TextEncoder().encode(await exportSPKI(key.publicKey));
    return await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: key.kid }).sign(secret);
  }
  const own = await makeKey(key.alg);
  return await sign(claims, own, forgery === "borrowed-kid" ? key.kid : own.kid);
}
