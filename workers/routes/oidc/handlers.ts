import type { Context } from "hono";
import * as z from "zod";
import { returnPath } from "../../../core/auth/return-path.ts";
import { errorCode, Log0Error } from "../../../core/errors.ts";
import { countAttempt, forgive } from "../../../services/auth/attempts.ts";
import { Begun, beginOidc } from "../../../services/auth/oidc/begin.ts";
import { finishOidc, type Person } from "../../../services/auth/oidc/finish.ts";
import type { Provider } from "../../../services/auth/oidc/provider.ts";
import { signInPerson } from "../../../services/auth/oidc/sign-in-person.ts";
import { verifyAccess } from "../../../services/auth/oidc/verify-access.ts";
import type { StartedSession } from "../../../services/auth/start-session.ts";
import type { AppEnv } from "../../context.ts";
import { setRefreshCookie } from "../../session-cookie.ts";
import { clearState, readState, type StateCookie, setState } from "../../state-cookie.ts";
import { answerStarted, clientOf } from "../auth/client.ts";
import { validQuery } from "../validate.ts";
import { accessApplicationOf, CALLBACK_PATH, providerOf } from "./settings.ts";

const STATE: StateCookie = { name: "log0_oidc", path: CALLBACK_PATH };

const Start = z.object({ returnTo: z.string().default("/") });

/** What the state was signed for: one that was begun at another issuer, or as another client, ends nothing here. */
function purposeOf({ issuer, clientId }: Provider): string {
  return `oidc:${issuer.href}:${clientId}`;
}

/** @throws Log0Error not_found */
function knownProvider(c: Context<AppEnv>) {
  const provider = providerOf(c.env);
  if (provider === undefined) throw new Log0Error("not_found", "this deployment signs nobody in by OpenID Connect");
  return provider;
}

/** Lets the person in, or not. */
async function admit(c: Context<AppEnv>, person: Person, method: "oidc" | "access"): Promise<StartedSession> {
  const { platform, requestId } = c.var;
  return await signInPerson(platform, { ...person, method, device: clientOf(c).device, requestId });
}

/** Whose answer it is; wrong ones are counted like wrong passwords, because each of them makes us ask the issuer. */
async function personOf(c: Context<AppEnv>, provider: Provider, begun: Begun): Promise<Person> {
  const { platform } = c.var;
  const { address } = clientOf(c);
  await countAttempt(platform, { address });
  try {
    const person = await finishOidc(provider, begun, new URL(c.req.url).searchParams);
    await forgive(platform, { address });
    return person;
  } catch (error) {
    if (errorCode(error) !== "unauthorized") await forgive(platform, { address });
    throw error;
  }
}

/** `GET /auth/providers`: the ways to sign in. */
export function getProviders(c: Context<AppEnv>): Response {
  const provider = providerOf(c.env);
  return c.json({
    password: true,
    oidc: provider === undefined ? null : { name: provider.name },
    access: accessApplicationOf(c.env) !== undefined,
  });
}

/** `GET /auth/oidc/start?returnTo=/path`: to the issuer's page. */
export async function oidcStart(c: Context<AppEnv>): Promise<Response> {
  const provider = knownProvider(c);
  const { page, begun } = await beginOidc(provider, returnPath(validQuery(c, Start).returnTo));
  await setState(c, STATE, purposeOf(provider), begun);
  return c.redirect(page.href, 302);
}

/** `GET /auth/oidc/callback`: where the issuer sends the browser back to. */
export async function oidcCallback(c: Context<AppEnv>): Promise<Response> {
  const provider = knownProvider(c);
  const begun = await readState(c, STATE, purposeOf(provider), Begun);
  if (begun === undefined) throw new Log0Error("unauthorized", "signing in was not begun in this browser; begin anew");
  const session = await admit(c, await personOf(c, provider, begun), "oidc");
  setRefreshCookie(c, session.refreshToken, session.refreshExpiresAt);
  clearState(c, STATE);
  // Put behind the origin, it stays there, whatever it is.
  return c.redirect(`${new URL(c.env.PUBLIC_URL).origin}${begun.returnTo}`, 302);
}

/** `POST /auth/access`: for those whom Cloudflare Access has let through. */
export async function signInByAccess(c: Context<AppEnv>): Promise<Response> {
  const application = accessApplicationOf(c.env);
  if (application === undefined) throw new Log0Error("not_found", "this deployment is not behind Cloudflare Access");
  const person = await verifyAccess(application, c.req.header("cf-access-jwt-assertion") ?? "");
  return answerStarted(c, await admit(c, person, "access"));
}
