import { createHash } from "node:crypto";
import type { Realm } from "./realm.ts";

/** What OAuth refuses, by its short code. */
export class OAuthProblem extends Error {
  readonly error: string;
  readonly status: number;

  constructor(error: string, status = 400) {
    super(error);
    this.error = error;
    this.status = status;
  }
}

/** A code that waits to be exchanged. */
export interface Grant {
  redirectUri: string;
  challenge: string;
  nonce: string;
  used: boolean;
}

/** The person agrees at once. @returns where the browser goes @throws OAuthProblem where no browser may be sent anywhere */
export function authorize(realm: Realm, query: URLSearchParams): URL {
  const need = (name: string): string => {
    const [value, second] = query.getAll(name);
    if (value === undefined || value === "" || second !== undefined) throw new OAuthProblem(`invalid_request: ${name}`);
    return value;
  };
  if (need("client_id") !== realm.client.id) throw new OAuthProblem("unauthorized_client");
  const redirectUri = need("redirect_uri");
  if (redirectUri !== realm.client.redirectUri) throw new OAuthProblem("invalid_request: redirect_uri");
  if (need("response_type") !== "code") throw new OAuthProblem("unsupported_response_type");
  if (!need("scope").split(" ").includes("openid")) throw new OAuthProblem("invalid_scope");
  if (need("code_challenge_method") !== "S256") throw new OAuthProblem("invalid_request: code_challenge_method");
  const challenge = need("code_challenge");
  if (!/^[\w-]{43}$/.test(challenge)) throw new OAuthProblem("invalid_request: code_challenge");
  const back = new URL(redirectUri);
  back.searchParams.set("state", need("state"));
  back.searchParams.set("iss", realm.issuer);
  if (realm.script.denies === true) {
    back.searchParams.set("error", "access_denied");
    return back;
  }
  const code = crypto.randomUUID();
  realm.grants.set(code, { redirectUri, challenge, nonce: need("nonce"), used: false });
  back.searchParams.set("code", code);
  return back;
}

/** RFC 6749, section 2.3.1: both halves are form-encoded. */
function basicOf(authorization: string): [string, string] {
  const decoded = Buffer.from(/^Basic (\S+)$/.exec(authorization)?.[1] ?? "", "base64").toString();
  const [id = "", secret = ""] = decoded.split(":").map((part) => decodeURIComponent(part.replaceAll("+", " ")));
  return [id, secret];
}

function authenticate(realm: Realm, authorization: string, form: URLSearchParams): void {
  const isBasic = authorization !== "";
  if (isBasic === (realm.script.postsSecret === true)) throw new OAuthProblem("invalid_client", 401);
  const [id, secret] = isBasic ? basicOf(authorization) : [form.get("client_id"), form.get("client_secret")];
  if (id !== realm.client.id || secret !== realm.client.secret) throw new OAuthProblem("invalid_client", 401);
}

/** Takes a code, once, from the client that it was given to. @throws OAuthProblem */
export function redeem(realm: Realm, authorization: string, form: URLSearchParams): Grant {
  authenticate(realm, authorization, form);
  if (form.get("grant_type") !== "authorization_code") throw new OAuthProblem("unsupported_grant_type");
  const grant = realm.grants.get(form.get("code") ?? "");
  if (grant === undefined || grant.used) throw new OAuthProblem("invalid_grant");
  grant.used = true;
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  if (form.get("redirect_uri") !== grant.redirectUri || challenge !== grant.challenge) {
    throw new OAuthProblem("invalid_grant");
  }
  return grant;
}
