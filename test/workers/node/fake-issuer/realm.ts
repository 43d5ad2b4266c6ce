import type { JWTPayload } from "jose";
import type { Grant } from "./authorize.ts";
import { type Forgery, makeKey, type SigningKey } from "./tokens.ts";

/** Ways in which a server does not answer as it should. */
export type Manner = "silent" | "endless" | "error" | "redirect" | "garbage";

/** How a realm behaves until it is told otherwise. */
export interface Script {
  discovery?: Manner;
  jwks?: Manner;
  token?: Manner;
  /** Over those of the next ID tokens; null takes one away. */
  claims?: Record<string, unknown>;
  /** Over the discovery document; null takes one away. */
  document?: Record<string, unknown>;
  forgery?: Forgery;
  /** Signs with a key that was replaced. */
  signsWithOld?: boolean;
  /** The person says no. */
  denies?: boolean;
  /** Takes the secret in the form alone. */
  postsSecret?: boolean;
}

/** An issuer of a test's own, which is a team of Cloudflare Access as well. */
export interface Realm {
  issuer: string;
  client: { id: string; secret: string; redirectUri: string };
  /** The newest first. */
  keys: SigningKey[];
  published: Set<string>;
  grants: Map<string, Grant>;
  script: Script;
  /** How often each of its pages was asked for. */
  calls: Record<string, number>;
}

export async function makeRealm(issuer: string, client: Realm["client"]): Promise<Realm> {
  const realm: Realm = {
    ...{ issuer, client, keys: [], published: new Set(), grants: new Map(), script: {} },
    calls: {},
  };
  await rotate(realm, "RS256", false);
  return realm;
}

/** Signs with a new key from now on. @param keep whether the old ones stay published */
export async function rotate(realm: Realm, alg: string, keep: boolean): Promise<void> {
  const key = await makeKey(alg);
  if (!keep) realm.published.clear();
  realm.keys.unshift(key);
  realm.published.add(key.kid);
}

export function signingKey({ keys, script }: Realm): SigningKey {
  const key = script.signsWithOld === true ? keys[1] : keys[0];
  if (key === undefined) throw new Error("the realm has no such key");
  return key;
}

export function keySet({ keys, published }: Realm): unknown {
  return { keys: keys.filter(({ kid }) => published.has(kid)).map(({ jwk }) => jwk) };
}

function over(value: Record<string, unknown>, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...value, ...changes }).filter(([, one]) => one !== null));
}

export function documentOf({ issuer, script }: Realm): unknown {
  const document = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    // As Auth0 has it: what the issuer could do is not what we take.
    id_token_signing_alg_values_supported: ["HS256", "RS256", "PS256", "ES256", "EdDSA"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    ...(script.postsSecret === true ? { token_endpoint_auth_methods_supported: ["client_secret_post"] } : {}),
  };
  return over(document, script.document);
}

/** The claims of a token that is made now and lasts an hour. */
export function claimsOf({ issuer, client, script }: Realm, more: Record<string, unknown>): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: client.id, sub: "person-1", iat: now, exp: now + 3_600, ...more };
  return over(claims, script.claims);
}
