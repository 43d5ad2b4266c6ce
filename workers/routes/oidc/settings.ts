import type { Provider } from "../../../services/auth/oidc/provider.ts";
import type { AccessApplication } from "../../../services/auth/oidc/verify-access.ts";
import type { Env } from "../../env.ts";

/** The issuer's page sends the browser back here, always by the canonical name of the route. */
export const CALLBACK_PATH = "/api/v1/auth/oidc/callback";

/** A URL of the deployment's settings; undefined, and said so in the log, when it cannot be used. */
function settingUrl(name: string, text: string, allowInsecure: boolean): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || (allowInsecure && url?.protocol === "http:")) return url;
  console.error({ message: `${name} is not an https URL: nobody can sign in by it` });
  return undefined;
}

/** The issuer of the deployment; undefined where there is none. */
export function providerOf(env: Env): (Provider & { name: string }) | undefined {
  const { OIDC_ISSUER: text = "", OIDC_CLIENT_ID: clientId = "", OIDC_CLIENT_SECRET: clientSecret = "" } = env;
  if (text === "" || clientId === "" || clientSecret === "") return undefined;
  const allowInsecure = env.ALLOW_LOCAL_URLS === "true";
  const issuer = settingUrl("OIDC_ISSUER", text, allowInsecure);
  if (issuer === undefined) return undefined;
  const redirectUri = `${env.PUBLIC_URL}${CALLBACK_PATH}`;
  return { issuer, clientId, clientSecret, redirectUri, allowInsecure, name: env.OIDC_NAME || issuer.hostname };
}

/** The Cloudflare Access application in front of the deployment; undefined where there is none. */
export function accessApplicationOf(env: Env): AccessApplication | undefined {
  const { ACCESS_TEAM_DOMAIN: text = "", ACCESS_AUD: audience = "" } = env;
  if (text === "" || audience === "") return undefined;
  const team = settingUrl("ACCESS_TEAM_DOMAIN", text, env.ALLOW_LOCAL_URLS === "true");
  return team === undefined ? undefined : { team: team.href.replace(/\/$/, ""), audience };
}
