import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { beginOidc } from "../../services/auth/oidc/begin.ts";
import { advance } from "./support/clock.ts";
import { call } from "./support/http.ts";
import {
  agree,
  begin,
  comeBack,
  type FakeIssuer,
  memberAt,
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

describe("an issuer that does not answer as it should", () => {
  test.each(["error", "redirect", "garbage", "endless"] as const)("with its document: %s", async (discovery) => {
    await issuer.script({ discovery });
    await refused(await start(), 503, "unavailable");
    expect(await issuer.calls(".well-known/openid-configuration")).toBe(1);
    await issuer.script({});
    expect((await start()).status).toBe(302);
  });

  test.each(["error", "redirect", "garbage", "endless"] as const)("with its tokens: %s", async (token) => {
    const { email } = await memberAt(issuer);
    await issuer.person({ email, email_verified: true }, { token });
    await refused(await signInByOidc(), 503, "unavailable");
  });

  test.each(["error", "redirect", "garbage", "endless"] as const)("with its keys: %s", async (jwks) => {
    const { email, accountId } = await memberAt(issuer);
    await issuer.person({ email, email_verified: true }, { jwks });
    await refused(await signInByOidc(), 503, "unavailable");
    expect(await sessionsOf(accountId)).toEqual([]);
  });

  test("in time is given up", async () => {
    await issuer.script({ discovery: "silent" });
    const provider = { issuer: new URL(issuer.url), clientId: "a", clientSecret: "b", redirectUri: "c" };
    const begun = beginOidc({ ...provider, allowInsecure: true, timeoutMs: 100 }, "/");
    await expect(begun).rejects.toMatchObject({ code: "unavailable" });
  });

  test("at all is told as such, and asked ten times in ten seconds, not more", async () => {
    await issuer.script({ discovery: "error" });
    for (let index = 0; index < 12; index++) await refused(await start(), 503, "unavailable");
    expect(await issuer.calls(".well-known/openid-configuration")).toBe(10);
    advance(10_001);
    await refused(await start(), 503, "unavailable");
    expect(await issuer.calls(".well-known/openid-configuration")).toBe(11);
    Object.assign(env, { OIDC_ISSUER: "http://127.0.0.1:1" });
    await refused(await start(), 503, "unavailable");
  });

  test.each<[string, Record<string, unknown>]>([
    ["speaks for another", { issuer: "https://evil.example" }],
    ["names no page", { authorization_endpoint: null }],
    ["names a page that is none", { authorization_endpoint: "javascript:alert(1)" }],
  ])("because its document %s", async (_, document) => {
    await issuer.script({ document });
    await refused(await start(), 503, "unavailable");
  });

  test("because it does not take our secret, which is the operator's to know", async () => {
    const warn = vi.spyOn(console, "warn");
    await memberAt(issuer);
    Object.assign(env, { OIDC_CLIENT_SECRET: "wrong-secret" });
    await refused(await signInByOidc(), 503, "unavailable");
    expect(JSON.stringify(warn.mock.calls)).toContain("invalid_client");
    expect(JSON.stringify(warn.mock.calls)).not.toContain("wrong-secret");
  });

  test("over TLS, where a deployment allows nothing else", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const before = env.ALLOW_LOCAL_URLS;
    Object.assign(env, { ALLOW_LOCAL_URLS: undefined });
    const response = await start();
    Object.assign(env, { ALLOW_LOCAL_URLS: before });
    await refused(response, 404, "not_found");
  });
});

describe("a deployment", () => {
  const providers = async () => await (await call("/api/v1/auth/providers")).json();

  test("says how one can sign in", async () => {
    expect(await providers()).toEqual({ password: true, oidc: { name: "127.0.0.1" }, access: false });
    Object.assign(env, { OIDC_NAME: "Acme" });
    expect(await providers()).toEqual({ password: true, oidc: { name: "Acme" }, access: false });
  });

  test("without an issuer, or with half of one, has no such routes", async () => {
    Object.assign(env, { OIDC_CLIENT_SECRET: "" });
    expect(await providers()).toEqual({ password: true, oidc: null, access: false });
    await refused(await start(), 404, "not_found");
    await refused(await call("/api/v1/auth/oidc/callback?code=a&state=b"), 404, "not_found");
  });

  test("logs nothing that opens anything", async () => {
    const logs = (["log", "info", "warn", "error"] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => undefined),
    );
    const { email } = await memberAt(issuer);
    await issuer.person({ email, email_verified: true, nonce: "other" });
    const trip = await begin();
    const location = await agree(trip);
    const response = await comeBack(location, trip);
    const text = JSON.stringify(logs.map(({ mock }) => mock.calls));
    expect(text).toContain("a sign-in was refused");
    const secrets = [
      trip.cookie.slice(10),
      location.searchParams.get("code"),
      location.searchParams.get("state"),
      email,
    ];
    for (const secret of [...secrets, env.OIDC_CLIENT_SECRET, "eyJ"]) {
      expect(text).not.toContain(secret);
      expect(await response.clone().text()).not.toContain(secret);
    }
  });
});
