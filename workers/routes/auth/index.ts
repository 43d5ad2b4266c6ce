import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../../context.ts";
import { ownOrigin } from "../../own-origin.ts";
import { clearRefreshCookie } from "../../session-cookie.ts";
import {
  accept,
  endOne,
  forgot,
  login,
  logout,
  logoutEverywhere,
  me,
  putPassword,
  refresh,
  reset,
  sessions,
  show,
  switchTo,
} from "./handlers.ts";

/** No answer about a sign-in may be kept on its way. For all of `/auth/*`, refusals of the guard among them. */
export const uncached = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  c.res.headers.set("cache-control", "no-store");
});

/** A session that is over leaves no cookie behind. */
const forgetful = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (c.res.status === 401) clearRefreshCookie(c);
});

export const auth = new Hono<AppEnv>()
  .post("/auth/login", ownOrigin, login)
  .post("/auth/refresh", ownOrigin, forgetful, refresh)
  .post("/auth/logout", ownOrigin, logout)
  .post("/auth/password/forgot", ownOrigin, forgot)
  .post("/auth/password/reset", ownOrigin, reset)
  .post("/auth/invitations/show", ownOrigin, show)
  .post("/auth/invitations/accept", ownOrigin, accept)
  .get("/auth/me", me)
  .post("/auth/switch", ownOrigin, switchTo)
  .post("/auth/logout-everywhere", ownOrigin, logoutEverywhere)
  .put("/auth/password", ownOrigin, putPassword)
  .get("/auth/sessions", sessions)
  .delete("/auth/sessions/:id", ownOrigin, endOne);
