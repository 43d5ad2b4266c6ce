import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { expect, inject } from "vitest";
import * as z from "zod";
import type { Role } from "../../../schema/contracts/roles.ts";
import { accounts, invitations, sessions } from "../../../schema/tables/accounts.ts";
import { users } from "../../../schema/tables/tenants.ts";
import { call, problemOf } from "./http.ts";
import { createTenant, type Tenant } from "./tenant.ts";

const CALLBACK = "/api/v1/auth/oidc/callback";

/** With everything that must be encoded on its way. */
const CLIENT = { id: "client:log0", secret: "s3cret:+/ %&=ü" };

type Manner = "silent" | "endless" | "error" | "redirect" | "garbage";

/** How an issuer behaves; what is left out is as it should be. */
export interface Script {
  discovery?: Manner;
  jwks?: Manner;
  token?: Manner;
  /** Over those of its tokens; null takes one away. */
  claims?: Record<string, unknown>;
  /** Over its discovery document; null takes one away. */
  document?: Record<string, unknown>;
  forgery?: "none" | "public-key-as-secret" | "unknown-key" | "borrowed-kid";
  /** Signs with a key that was replaced. */
  signsWithOld?: boolean;
  /** The person says no. */
  denies?: boolean;
  /** Takes the secret in the form alone. */
  postsSecret?: boolean;
}

/** An issuer of a test's own (test/workers/node/fake-issuer.ts). */
export interface FakeIssuer {
  url: string;
  /** How it behaves from now on. */
  script(script: Script): Promise<void>;
  /** Whom it vouches for from now on, if anybody asks. */
  person(claims: Record<string, unknown>, script?: Script): Promise<void>;
  rotate(options: { alg?: string; keep?: true }): Promise<void>;
  /** An assertion of Cloudflare Access. */
  mint(): Promise<string>;
  /** How often a page was asked for. */
  calls(page: "token" | "jwks" | ".well-known/openid-configuration" | "cdn-cgi/access/certs"): Promise<number>;
}

export async function fakeIssuer(): Promise<FakeIssuer> {
  const client = { ...CLIENT, redirectUri: `${env.PUBLIC_URL}${CALLBACK}` };
  const ask = async (url: string, body: unknown): Promise<unknown> =>
    (await fetch(url, { method: "POST", body: JSON.stringify(body) })).json();
  const { issuer: url } = z.object({ issuer: z.url() }).parse(await ask(`${inject("issuerUrl")}/realms`, client));
  const control = (page: string, body: unknown) => ask(`${url}/control/${page}`, body);
  return {
    url,
    script: async (script) => void (await control("script", script)),
    person: async (claims, script = {}) => void (await control("script", { ...script, claims })),
    rotate: async (options) => void (await control("rotate", options)),
    mint: async () => z.object({ token: z.string() }).parse(await control("mint", {})).token,
    calls: async (page) => z.record(z.string(), z.number()).parse(await control("calls", {}))[page] ?? 0,
  };
}

/** Makes an issuer the deployment's. */
export async function trustIssuer(): Promise<FakeIssuer> {
  const issuer = await fakeIssuer();
  Object.assign(env, { OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret });
  return issuer;
}

/** Puts a Cloudflare Access application in front of the deployment. */
export async function trustAccess(): Promise<FakeIssuer> {
  const team = await fakeIssuer();
  Object.assign(env, { ACCESS_TEAM_DOMAIN: team.url, ACCESS_AUD: CLIENT.id });
  return team;
}

export function trustNobody(): void {
  Object.assign(env, {
    ...{ OIDC_ISSUER: undefined, OIDC_CLIENT_ID: undefined, OIDC_CLIENT_SECRET: undefined, OIDC_NAME: undefined },
    ...{ ACCESS_TEAM_DOMAIN: undefined, ACCESS_AUD: undefined },
  });
}

/** A browser on its way through a sign-in. */
export interface Trip {
  /** What it keeps for the callback. */
  cookie: string;
  /** The issuer's page that it was sent to. */
  page: URL;
  /** A network of its own: wrong answers are counted by it. */
  address: string;
}

export const randomAddress = (): string => [10, ...crypto.getRandomValues(new Uint8Array(3))].join(".");

export function start(query = ""): Promise<Response> {
  return call(`/api/v1/auth/oidc/start${query}`, { redirect: "manual" });
}

export async function begin(query = ""): Promise<Trip> {
  const response = await start(query);
  if (response.status !== 302) throw new Error(`not begun: ${response.status} ${await response.text()}`);
  const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
  return { cookie, page: new URL(response.headers.get("location") ?? ""), address: randomAddress() };
}

/** The person agrees at the issuer's. @returns where the browser is sent then */
export async function agree({ page }: Trip): Promise<URL> {
  const response = await fetch(page, { redirect: "manual" });
  const location = response.headers.get("location");
  if (location === null) throw new Error(`the issuer refuses: ${response.status} ${await response.text()}`);
  return new URL(location);
}

/** The browser comes back. */
export function comeBack(location: URL, { cookie, address }: Pick<Trip, "cookie" | "address">): Promise<Response> {
  const headers = { "cf-connecting-ip": address, "user-agent": "Browser 1.0", ...(cookie === "" ? {} : { cookie }) };
  return call(`${location.pathname}${location.search}`, { redirect: "manual", headers });
}

/** A whole sign-in. */
export async function signInByOidc(query = ""): Promise<Response> {
  const trip = await begin(query);
  return await comeBack(await agree(trip), trip);
}

/** The refresh token that an answer gives to the browser. */
export function refreshCookie(response: Response): string | undefined {
  return response.headers.getSetCookie().find((cookie) => cookie.startsWith("log0_refresh="));
}

export const freshEmail = (): string => `${crypto.randomUUID()}@acme.test`;

/** Makes somebody a member, straight in D1. @returns the account's id */
export async function addMember(
  { id: tenantId }: Pick<Tenant, "id">,
  email: string,
  { role = "member", passwordHash = null }: { role?: Role; passwordHash?: string | null } = {},
): Promise<string> {
  const accountId = crypto.randomUUID();
  const at = Date.now();
  const db = drizzle(env.DB);
  await db.insert(accounts).values({ id: accountId, email, passwordHash, createdAt: at, updatedAt: at });
  await db.insert(users).values({ id: crypto.randomUUID(), tenantId, email, role, accountId, createdAt: at });
  return accountId;
}

/** Invites somebody, straight in D1. */
export async function addInvitation(
  { id: tenantId }: Pick<Tenant, "id">,
  email: string,
  more: { role?: Role; expiresAt?: number; revokedAt?: number; acceptedAt?: number } = {},
): Promise<void> {
  const at = Date.now();
  const id = crypto.randomUUID();
  await drizzle(env.DB)
    .insert(invitations)
    .values({
      ...{ id, tenantId, email, hash: crypto.randomUUID(), role: "member", invitedBy: "operator" },
      ...{ createdAt: at, expiresAt: at + 60_000, ...more },
    });
}

/** A member of a tenant of its own, whom the issuer vouches for. */
export async function memberAt(issuer: FakeIssuer): Promise<{ tenant: Tenant; email: string; accountId: string }> {
  const tenant = await createTenant();
  const email = freshEmail();
  const accountId = await addMember(tenant, email);
  await issuer.person({ email, email_verified: true });
  return { tenant, email, accountId };
}

export function sessionsOf(accountId: string) {
  return drizzle(env.DB).select().from(sessions).where(eq(sessions.accountId, accountId));
}

/** The answer lets nobody in. */
export async function refused(response: Response, status: number, code: string): Promise<void> {
  expect(response.status, await response.clone().text()).toBe(status);
  expect((await problemOf(response.clone())).code).toBe(code);
  expect(response.headers.get("set-cookie")).toBeNull();
}
