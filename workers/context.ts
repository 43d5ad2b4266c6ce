import { createMiddleware } from "hono/factory";
import { type Platform, scopeTo, type TenantScope } from "../services/platform.ts";
import { authenticate, type Principal } from "../services/tenants/authenticate.ts";
import type { Env } from "./env.ts";

/** What handlers find in Hono's context. */
export interface AppEnv {
  Bindings: Env;
  Variables: { platform: Platform; principal: Principal; scope: TenantScope };
}

/** The tenant comes from the credential, never from the body or a header that the client chooses. */
export const requireApiKey = createMiddleware<AppEnv>(async (c, next) => {
  const bearer = /^Bearer\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  const principal = await authenticate(c.var.platform, c.req.header("x-api-key") ?? bearer);
  c.set("principal", principal);
  c.set("scope", scopeTo(c.var.platform, principal.tenantId));
  await next();
});
