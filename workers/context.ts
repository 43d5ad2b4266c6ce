import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { TOKEN_PREFIX } from "../core/auth/opaque-token.ts";
import { Log0Error } from "../core/errors.ts";
import type { Quota } from "../core/limits/fields.ts";
import { authenticateSession } from "../services/auth/authenticate-session.ts";
import { type Platform, scopeTo, type TenantScope } from "../services/platform.ts";
import { authenticate, type LookUp } from "../services/tenants/authenticate.ts";
import type { Principal } from "../services/tenants/principal.ts";
import type { Env } from "./env.ts";
import { Guesses } from "./limits/guesses.ts";
import { accessOf, OPEN } from "./routes/access.ts";

const guesses = new Guesses();

/** What handlers find in Hono's context. */
export interface AppEnv {
  Bindings: Env;
  Variables: {
    platform: Platform;
    requestId: string;
    principal: Principal;
    scope: TenantScope;
    /** What limits hold for the request, and what is left of them: for the answer's headers. */
    quotas: Quota[];
  };
}

/** The subprotocol of live sockets; a browser, which can set no headers there, sends its credential as the second one. */
export const SUBPROTOCOL = "log0";

/** What `Sec-WebSocket-Protocol` offers. */
export function offeredProtocols(c: Context): string[] {
  return (c.req.header("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
}

/**
 * Whoever holds the credential of X-API-Key, of the bearer token, or of a socket's `Sec-WebSocket-Protocol: log0,
 * <credential>`. The last two may be a person's access token, too.
 */
async function principalOf(c: Context<AppEnv>): Promise<Principal> {
  const { platform } = c.var;
  const key = c.req.header("x-api-key");
  const address = c.req.header("cf-connecting-ip");
  const lookUp: LookUp = {
    admit: () => guesses.admit(address, platform.now()),
    refused: () => guesses.count(address, platform.now()),
    keepAlive: (work) => c.executionCtx.waitUntil(work),
  };
  if (key !== undefined) return await authenticate(platform, key, lookUp);
  const bearer = /^Bearer\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  const [first, second] = offeredProtocols(c);
  const credential = bearer ?? (first === SUBPROTOCOL ? second : undefined);
  if (credential === undefined || credential.startsWith(TOKEN_PREFIX.apiKey)) {
    return await authenticate(platform, credential, lookUp);
  }
  return await authenticateSession(platform, credential, lookUp);
}

/**
 * Lets a request through to its route when its credential may use it (workers/routes/access.ts). The tenant comes from
 * the credential, never from the body or a header that the client chooses.
 * @throws Log0Error unauthorized, tenant_suspended, forbidden, rate_limited
 */
export const guard = createMiddleware<AppEnv>(async (c, next) => {
  const access = accessOf(c);
  if (access === undefined || access === OPEN) return await next();
  const principal = await principalOf(c);
  if (!principal.permissions.has(access)) {
    const who = principal.user === undefined ? "this API key" : `a ${principal.user.role}`;
    throw new Log0Error("forbidden", `${who} may not do this: it needs ${access}`);
  }
  c.set("principal", principal);
  c.set("scope", { ...scopeTo(c.var.platform, principal.tenantId), requestId: c.var.requestId });
  await next();
});
