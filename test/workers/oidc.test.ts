import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { advance } from "./support/clock.ts";
import { call, problemOf } from "./support/http.ts";
import {
  agree,
  begin,
  comeBack,
  type FakeIssuer,
  memberAt,
  randomAddress,
  refreshCookie,
  refused,
  sessionsOf,
  signInByOidc,
  start,
  trustIssuer,
  trustNobody,
} from "./support/issuer.ts";

let issuer: FakeIssuer;

// Tokens are made by the real clock; this one moves on only when a test says so.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
beforeEach(async () => {
  vi.setSystemTime(vi.getRealSystemTime());
  issuer = await trustIssuer();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  trustNobody();
  vi.restoreAllMocks();
});

const MINUTE = 60_000;

describe("signing in at the issuer", () => {
  test("begins there with a code flow, PKCE, state and nonce, and a cookie for the callback alone", async () => {
    const response = await start("?returnTo=/incidents");
    const page = new URL(response.headers.get("location") ?? "");
    expect(`${page.origin}${page.pathname}`).toBe(`${issuer.url}/authorize`);
    expect(Object.fromEntries(page.searchParams)).toMatchObject({
      response_type: "code",
      redirect_uri: `${env.PUBLIC_URL}/api/v1/auth/oidc/callback`,
      scope: "openid email profile",
      code_challenge_method: "S256",
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    const cookie = response.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^log0_oidc=/);
    for (const part of ["HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/api/v1/auth/oidc/callback"]) {
      expect(cookie).toContain(part);
    }
    expect(cookie).not.toContain("Secure");
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test("has cookies that go over TLS alone where the deployment has it", async () => {
    const before = env.PUBLIC_URL;
    Object.assign(env, { PUBLIC_URL: "https://log0.example" });
    const response = await start();
    Object.assign(env, { PUBLIC_URL: before });
    expect(response.headers.get("set-cookie")).toMatch(/^__Secure-log0_oidc=.*; Secure/);
  });

  test("ends with a session, its cookie, and the page that was asked for", async () => {
    const { tenant, accountId } = await memberAt(issuer);
    const response = await signInByOidc("?returnTo=/incidents%3Fstatus%3DNEW");
    expect(response.status, await response.clone().text()).toBe(302);
    expect(response.headers.get("location")).toBe(`${env.PUBLIC_URL}/incidents?status=NEW`);
    const cookie = refreshCookie(response) ?? "";
    expect(cookie).toMatch(/HttpOnly/);
    expect(response.headers.getSetCookie().some((one) => /^log0_oidc=;.*Max-Age=0/.test(one))).toBe(true);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await sessionsOf(accountId)).toMatchObject([{ tenantId: tenant.id, method: "oidc", device: "Browser 1.0" }]);
    const headers = { cookie: cookie.split(";")[0] ?? "", "content-type": "application/json" };
    const refreshed = await call("/api/v1/auth/refresh", { method: "POST", headers });
    expect(await refreshed.json()).toMatchObject({ user: { accountId }, tenant: { id: tenant.id } });
  });

  test("takes the address in any case, and goes to the first page when none was asked for", async () => {
    const { email } = await memberAt(issuer);
    await issuer.person({ email: email.toUpperCase(), email_verified: true });
    const response = await signInByOidc();
    expect(response.headers.get("location")).toBe(`${env.PUBLIC_URL}/`);
  });

  test("works with an issuer that takes the secret in the form", async () => {
    const { email } = await memberAt(issuer);
    await issuer.person({ email, email_verified: true }, { postsSecret: true });
    expect((await signInByOidc()).status).toBe(302);
  });

  test.each(["RS256", "PS256", "ES256", "EdDSA"])("believes %s", async (alg) => {
    await memberAt(issuer);
    await issuer.rotate({ alg });
    expect((await signInByOidc()).status).toBe(302);
  });
});

describe("the way back", () => {
  test.each([
    "//evil.example",
    "/\\evil.example",
    "/.//evil.example",
    "/\t/evil.example",
    "/a\r\nb",
    "https://evil.example/",
    "javascript:alert(1)",
    "incidents",
    "",
  ])("to %j is refused before anything begins", async (returnTo) => {
    const response = await start(`?${new URLSearchParams({ returnTo })}`);
    await refused(response, 400, "invalid_query");
    expect(response.headers.get("location")).toBeNull();
  });

  test("without the cookie, or with one that was changed, leads nowhere", async () => {
    await memberAt(issuer);
    const trip = await begin();
    const location = await agree(trip);
    await refused(await comeBack(location, { ...trip, cookie: "" }), 401, "unauthorized");
    await refused(await comeBack(location, { ...trip, cookie: `${trip.cookie}x` }), 401, "unauthorized");
    expect(await issuer.calls("token")).toBe(0);
  });

  test("with another browser's state leads nowhere, and no code is spent", async () => {
    await memberAt(issuer);
    const mine = await begin();
    const other = await begin();
    await refused(await comeBack(await agree(other), mine), 401, "unauthorized");
    expect(await issuer.calls("token")).toBe(0);
  });

  test("leads somewhere once: a code is spent", async () => {
    const { accountId } = await memberAt(issuer);
    const trip = await begin();
    const location = await agree(trip);
    expect((await comeBack(location, trip)).status).toBe(302);
    await refused(await comeBack(location, trip), 401, "unauthorized");
    expect(await sessionsOf(accountId)).toHaveLength(1);
  });

  test("is open for ten minutes", async () => {
    await memberAt(issuer);
    const trip = await begin();
    const location = await agree(trip);
    advance(10 * MINUTE);
    await refused(await comeBack(location, trip), 401, "unauthorized");
  });

  test("of a sign-in that began at another issuer leads nowhere", async () => {
    const trip = await begin();
    issuer = await trustIssuer();
    await memberAt(issuer);
    const location = await agree(await begin());
    location.searchParams.set("state", trip.page.searchParams.get("state") ?? "");
    await refused(await comeBack(location, trip), 401, "unauthorized");
  });

  test("from another issuer than the one that was asked leads nowhere", async () => {
    await memberAt(issuer);
    const trip = await begin();
    const location = await agree(trip);
    location.searchParams.set("iss", "https://evil.example");
    await refused(await comeBack(location, trip), 401, "unauthorized");
  });

  test("of somebody who said no, or without a code, leads nowhere", async () => {
    const { email } = await memberAt(issuer);
    const trip = await begin();
    const location = await agree(trip);
    location.searchParams.delete("code");
    await refused(await comeBack(location, trip), 401, "unauthorized");
    await issuer.person({ email, email_verified: true }, { denies: true });
    const second = await begin();
    await refused(await comeBack(await agree(second), second), 401, "unauthorized");
  });

  test("with invented codes is slowed down like wrong passwords are", async () => {
    await memberAt(issuer);
    const trip = await begin();
    const location = new URL(await agree(trip));
    location.searchParams.set("code", "invented");
    const codes: string[] = [];
    for (let index = 0; index < 22; index++) codes.push((await problemOf(await comeBack(location, trip))).code);
    expect(new Set(codes.slice(0, 20))).toEqual(new Set(["unauthorized"]));
    expect(codes.at(-1)).toBe("too_many_attempts");
    expect((await comeBack(location, { ...trip, address: randomAddress() })).status).toBe(401);
  });
});
