import * as oauth from "oauth4webapi";
import { TtlCache } from "../../../core/ttl-cache.ts";
import { issuerFetch, issuerUnavailable } from "./fetch-issuer.ts";
import { logRefusal } from "./log-refusal.ts";
import type { Provider } from "./provider.ts";

const HOUR_MS = 60 * 60_000;

/** Documents, never promises of them: in Workers a request that waits for another's fetch fails. */
const documents = new TtlCache<oauth.AuthorizationServer>(HOUR_MS, 20);

/** How to talk to the issuer, for `oauth4webapi`. */
export function talkTo({ allowInsecure, timeoutMs }: Provider) {
  return { [oauth.customFetch]: issuerFetch(timeoutMs), [oauth.allowInsecureRequests]: allowInsecure };
}

/** An address that the issuer's document names. @throws Log0Error unavailable when it names none, or one without TLS */
export function endpointOf(text: string | undefined, { allowInsecure }: Provider): URL {
  if (text === undefined || !URL.canParse(text)) throw issuerUnavailable();
  const url = new URL(text);
  if (url.protocol !== "https:" && !(allowInsecure && url.protocol === "http:")) throw issuerUnavailable();
  return url;
}

/** What the issuer says of itself, at most an hour old. @throws Log0Error unavailable */
export async function discover(provider: Provider): Promise<oauth.AuthorizationServer> {
  const { issuer } = provider;
  const now = Date.now();
  const known = documents.get(issuer.href, now);
  if (known !== undefined) return known;
  let document: oauth.AuthorizationServer;
  try {
    const response = await oauth.discoveryRequest(issuer, talkTo(provider));
    document = await oauth.processDiscoveryResponse(issuer, response);
  } catch (cause) {
    logRefusal("oidc", cause);
    throw issuerUnavailable(cause);
  }
  documents.set(issuer.href, document, now);
  return document;
}
