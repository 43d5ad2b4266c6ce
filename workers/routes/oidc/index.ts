import { Hono } from "hono";
import type { AppEnv } from "../../context.ts";
import { ownOrigin } from "../../own-origin.ts";
import { getProviders, oidcCallback, oidcStart, signInByAccess } from "./handlers.ts";

export const oidc = new Hono<AppEnv>()
  .get("/auth/providers", getProviders)
  .get("/auth/oidc/start", oidcStart)
  .get("/auth/oidc/callback", oidcCallback)
  // Access adds its assertion to whatever a browser sends, whoever had it sent.
  .post("/auth/access", ownOrigin, signInByAccess);
