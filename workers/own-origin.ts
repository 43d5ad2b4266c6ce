import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { Log0Error } from "../core/errors.ts";
import type { AppEnv } from "./context.ts";

/** Whether a header names a page of this deployment. A client that is no browser sends none. */
function isOwn(c: Context<AppEnv>): boolean {
  const origin = c.req.header("origin");
  if (origin !== undefined) return origin === new URL(c.env.PUBLIC_URL).origin || origin === new URL(c.req.url).origin;
  // Browsers that leave `Origin` out of some requests say this much.
  const site = c.req.header("sec-fetch-site");
  return site === undefined || site === "same-origin" || site === "none";
}

/** A body of another type could come from a form, which browsers send anywhere without asking. */
function isJson(c: Context<AppEnv>): boolean {
  const type = c.req.header("content-type");
  if (type !== undefined) return /^application\/json\s*(;|$)/i.test(type);
  return c.req.raw.body === null || c.req.header("content-length") === "0";
}

/**
 * Keeps other sites from using a browser's session: only pages of this deployment may ask, and only in JSON. For routes
 * that set, read or end the session's cookie; `SameSite=Strict` protects them a second time.
 * @throws Log0Error forbidden, invalid_type
 */
export const ownOrigin = createMiddleware<AppEnv>(async (c, next) => {
  if (!isOwn(c)) throw new Log0Error("forbidden", "this route answers pages of this deployment only");
  if (!isJson(c)) throw new Log0Error("invalid_type", "the body must be application/json");
  await next();
});
