import type { Context } from "hono";
import { Log0Error } from "../../../core/errors.ts";
import type { Granted } from "../../../services/auth/grant-access.ts";
import type { StartedSession } from "../../../services/auth/start-session.ts";
import type { SignedIn } from "../../../services/tenants/principal.ts";
import type { AppEnv } from "../../context.ts";
import { setRefreshCookie } from "../../session-cookie.ts";

/** What is kept of a client with its session and its attempts. Cloudflare sets the address; a client cannot. */
export function clientOf(c: Context): { device: string; address: string } {
  return { device: c.req.header("user-agent") ?? "", address: c.req.header("cf-connecting-ip") ?? "" };
}

/** @throws Log0Error forbidden for an API key, which is nobody */
export function signedInOf(c: Context<AppEnv>): SignedIn {
  const { user } = c.var.principal;
  if (user === undefined) throw new Log0Error("forbidden", "an API key has no account");
  return user;
}

/** Answers with an access token. */
export function answerGranted(c: Context<AppEnv>, granted: Granted): Response {
  const { accessToken, expiresAt, user, tenant, tenants } = granted;
  return c.json({ accessToken, tokenType: "Bearer", expiresAt, user, tenant, tenants });
}

/** Answers with a session that has begun: its refresh token goes into the cookie, the rest is the body. */
export function answerStarted(c: Context<AppEnv>, started: StartedSession): Response {
  setRefreshCookie(c, started.refreshToken, started.refreshExpiresAt);
  return answerGranted(c, started);
}
