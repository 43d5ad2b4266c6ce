import { errors, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import * as z from "zod";
import { Log0Error } from "../../../core/errors.ts";
import type { Begun } from "./begin.ts";
import { discover, endpointOf, talkTo } from "./discover.ts";
import { issuerUnavailable } from "./fetch-issuer.ts";
import { keySetAt } from "./key-set.ts";
import { logRefusal } from "./log-refusal.ts";
import { ALGORITHMS, CLOCK_TOLERANCE_SECONDS, type Provider } from "./provider.ts";

/** Who comes, as a trusted issuer says it. */
export interface Person {
  /** Lower case ASCII: no other letter becomes one of those when it is folded. */
  email: string;
  /** Empty when the issuer names none. */
  name: string;
}

export const Email = z.email().max(254).toLowerCase();
export const Name = z.string().trim().max(200).catch("");

const Claims = z.object({ email: Email, email_verified: z.literal(true), name: Name.default("") });

/** Problems with the issuer's answer as such, whoever signs in. */
const ISSUER_FAULTS: ReadonlySet<unknown> = new Set([
  oauth.RESPONSE_IS_NOT_CONFORM,
  oauth.RESPONSE_IS_NOT_JSON,
  oauth.PARSE_ERROR,
  oauth.WWW_AUTHENTICATE_CHALLENGE,
  oauth.MISSING_SERVER_METADATA,
  oauth.REQUEST_PROTOCOL_FORBIDDEN,
  oauth.HTTP_REQUEST_FORBIDDEN,
  errors.JWKSInvalid.code,
]);

function refusal(error: unknown): Log0Error {
  if (error instanceof Log0Error) return error;
  logRefusal("oidc", error);
  // An unknown code is the browser's affair; an unknown client, or a wrong secret, the operator's.
  const isMine = error instanceof oauth.ResponseBodyError && error.error !== "invalid_grant";
  const isIssuers = error instanceof Error && "code" in error && ISSUER_FAULTS.has(error.code);
  if (isMine || isIssuers) return issuerUnavailable(error);
  return new Log0Error("unauthorized", "signing in did not succeed; begin anew");
}

/** As the issuer wants it; OpenID Connect's default is the first. */
function authenticationFor({ token_endpoint_auth_methods_supported: methods }: oauth.AuthorizationServer) {
  if (methods === undefined || methods.includes("client_secret_basic")) return oauth.ClientSecretBasic;
  return oauth.ClientSecretPost;
}

/** The claims of an ID token that the issuer made for this sign-in, checked by its signature, too. */
async function exchange(provider: Provider, begun: Begun, query: URLSearchParams): Promise<unknown> {
  const document = await discover(provider);
  const client: oauth.Client = { client_id: provider.clientId, [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS };
  const answer = oauth.validateAuthResponse(document, client, query, begun.state);
  const response = await oauth.authorizationCodeGrantRequest(
    ...([document, client, authenticationFor(document)(provider.clientSecret)] as const),
    ...([answer, provider.redirectUri, begun.verifier, talkTo(provider)] as const),
  );
  const checks = { expectedNonce: begun.nonce, requireIdToken: true };
  const { id_token: idToken = "" } = await oauth.processAuthorizationCodeResponse(document, client, response, checks);
  const { payload } = await jwtVerify(idToken, keySetAt(endpointOf(document.jwks_uri, provider)), {
    algorithms: ALGORITHMS,
    issuer: document.issuer,
    audience: provider.clientId,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ["exp", "iat", "nonce"],
  });
  return payload;
}

/**
 * Finishes a sign-in: changes the code that the browser brings for an ID token, and believes that for its e-mail address.
 * @param query of the request that the issuer sent the browser back with
 * @throws Log0Error unauthorized when anything does not fit together; forbidden without a verified address; unavailable
 */
export async function finishOidc(provider: Provider, begun: Begun, query: URLSearchParams): Promise<Person> {
  let claims: unknown;
  try {
    claims = await exchange(provider, begun, query);
  } catch (error) {
    throw refusal(error);
  }
  const person = Claims.safeParse(claims);
  if (!person.success) throw new Log0Error("forbidden", "your e-mail address is not verified where you signed in");
  return { email: person.data.email, name: person.data.name };
}
