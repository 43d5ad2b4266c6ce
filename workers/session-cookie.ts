import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import type { AppEnv } from "./context.ts";

/**
 * The refresh token's cookie. It goes to the routes below `/api/v1/auth` alone (not to their other name, `/v1/auth`), no
 * script can read it, and no other site can have it sent.
 */
const NAME = "log0_refresh";
const PATH = "/api/v1/auth";

/** Whether the deployment is reached by https; a developer's machine is not. */
export function isSecure(c: Context<AppEnv>): boolean {
  return c.env.PUBLIC_URL.startsWith("https:");
}

function optionsOf(c: Context<AppEnv>): CookieOptions {
  const prefix = isSecure(c) ? ({ prefix: "secure" } as const) : {};
  return { path: PATH, httpOnly: true, sameSite: "Strict", secure: isSecure(c), ...prefix };
}

/** @param expiresAt Unix ms */
export function setRefreshCookie(c: Context<AppEnv>, token: string, expiresAt: number): void {
  // Not `Expires`: the browser's clock may be wrong.
  const maxAge = Math.floor((expiresAt - c.var.platform.now()) / 1000);
  setCookie(c, NAME, token, { ...optionsOf(c), maxAge });
}

export function readRefreshCookie(c: Context<AppEnv>): string | undefined {
  return isSecure(c) ? getCookie(c, NAME, "secure") : getCookie(c, NAME);
}

export function clearRefreshCookie(c: Context<AppEnv>): void {
  deleteCookie(c, NAME, optionsOf(c));
}
