import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import type * as z from "zod";
import { SignedState, STATE_MS } from "../core/auth/signed-state.ts";
import type { AppEnv } from "./context.ts";
import { isSecure } from "./session-cookie.ts";

/** A cookie that a browser keeps while somebody is at the page of another service. */
export interface StateCookie {
  name: string;
  /** Of the one route that gets it: where the other service sends the browser back to. */
  path: string;
}

/** The way back is a navigation from another site, so that a strict cookie would stay away. */
function optionsOf(c: Context<AppEnv>, { path }: StateCookie): CookieOptions {
  const prefix = isSecure(c) ? ({ prefix: "secure" } as const) : {};
  return { path, httpOnly: true, sameSite: "Lax", secure: isSecure(c), ...prefix };
}

function states(c: Context<AppEnv>): SignedState {
  return new SignedState(c.env.SECRET_KEYS ?? "", c.env.PUBLIC_URL);
}

/** @param purpose see `SignedState.sign` */
export async function setState(
  c: Context<AppEnv>,
  cookie: StateCookie,
  purpose: string,
  state: Readonly<Record<string, unknown>>,
): Promise<void> {
  const signed = await states(c).sign(purpose, state, c.var.platform.now());
  setCookie(c, cookie.name, signed, { ...optionsOf(c, cookie), maxAge: STATE_MS / 1000 });
}

/**
 * What this browser was given; undefined when it has no such cookie.
 * @throws Log0Error unauthorized when it is forged, too old, or for another purpose
 */
export async function readState<T>(
  c: Context<AppEnv>,
  { name }: StateCookie,
  purpose: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const signed = isSecure(c) ? getCookie(c, name, "secure") : getCookie(c, name);
  if (signed === undefined) return undefined;
  return await states(c).verify(purpose, signed, schema, c.var.platform.now());
}

export function clearState(c: Context<AppEnv>, cookie: StateCookie): void {
  deleteCookie(c, cookie.name, optionsOf(c, cookie));
}
