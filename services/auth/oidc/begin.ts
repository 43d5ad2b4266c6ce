import * as oauth from "oauth4webapi";
import * as z from "zod";
import { discover, endpointOf } from "./discover.ts";
import type { Provider } from "./provider.ts";

/** What the browser keeps, signed, until it comes back. */
export const Begun = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  /** Of PKCE: a code that is stolen on its way is worth nothing without it. */
  verifier: z.string(),
  /** As core/auth/return-path.ts lets it pass. */
  returnTo: z.string(),
});
export type Begun = z.infer<typeof Begun>;

/**
 * Begins a sign-in at the issuer.
 * @returns its page, and what the browser must bring back with the answer
 * @throws Log0Error unavailable
 */
export async function beginOidc(provider: Provider, returnTo: string): Promise<{ page: URL; begun: Begun }> {
  const document = await discover(provider);
  const begun: Begun = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    returnTo,
  };
  const page = endpointOf(document.authorization_endpoint, provider);
  const asked = {
    response_type: "code",
    client_id: provider.clientId,
    redirect_uri: provider.redirectUri,
    scope: "openid email profile",
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(begun.verifier),
    code_challenge_method: "S256",
  };
  // Set, not appended: what the document's address holds already stays.
  for (const [name, value] of Object.entries(asked)) page.searchParams.set(name, value);
  return { page, begun };
}
