import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { users } from "../../schema/tables/tenants.ts";
import { advance } from "./support/clock.ts";
import { call } from "./support/http.ts";
import {
  addInvitation,
  addMember,
  type FakeIssuer,
  fakeIssuer,
  freshEmail,
  memberAt,
  refreshCookie,
  refused,
  sessionsOf,
  trustAccess,
  trustNobody,
} from "./support/issuer.ts";
import { createTenant } from "./support/tenant.ts";

const db = drizzle(env.DB);
let team: FakeIssuer;

beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
beforeEach(async () => {
  vi.setSystemTime(vi.getRealSystemTime());
  team = await trustAccess();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  trustNobody();
  vi.restoreAllMocks();
});

function enter(assertion?: string): Promise<Response> {
  const headers = assertion === undefined ? {} : { "cf-access-jwt-assertion": assertion };
  return call("/api/v1/auth/access", { method: "POST", headers: { "user-agent": "Browser 1.0", ...headers } });
}

describe("somebody whom Cloudflare Access has let through", () => {
  test("gets a session that works", async () => {
    const { tenant, accountId, email } = await memberAt(team);
    await team.person({ email: email.toUpperCase() });
    const response = await enter(await team.mint());
    expect(response.status, await response.clone().text()).toBe(200);
    expect(refreshCookie(response)).toContain("HttpOnly");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const body = z
      .object({ accessToken: z.string(), tenant: z.object({ id: z.string() }) })
      .parse(await response.json());
    expect(body.tenant.id).toBe(tenant.id);
    const rows = await sessionsOf(accountId);
    expect(rows).toMatchObject([{ tenantId: tenant.id, method: "access", device: "Browser 1.0" }]);
    const me = await call("/api/v1/auth/me", { headers: { authorization: `Bearer ${body.accessToken}` } });
    expect(me.status).toBe(200);
  });

  test("joins by an open invitation", async () => {
    const tenant = await createTenant();
    const email = freshEmail();
    await addInvitation(tenant, email, { role: "viewer" });
    await team.person({ email });
    expect((await enter(await team.mint())).status).toBe(200);
    expect(await db.select().from(users).where(eq(users.email, email))).toMatchObject([
      { tenantId: tenant.id, role: "viewer" },
    ]);
  });

  test("does not sign in because another site's page had it sent", async () => {
    await memberAt(team);
    const headers = { "cf-access-jwt-assertion": await team.mint(), origin: "https://evil.example" };
    await refused(await call("/api/v1/auth/access", { method: "POST", headers }), 403, "forbidden");
  });

  test("but is no member of anything stays outside", async () => {
    await team.person({ email: freshEmail() });
    await refused(await enter(await team.mint()), 403, "forbidden");
  });

  test("but is in a suspended tenant stays outside", async () => {
    const email = freshEmail();
    await addMember(await createTenant({ status: "suspended" }), email);
    await team.person({ email });
    await refused(await enter(await team.mint()), 403, "tenant_suspended");
  });
});

describe("an assertion is refused", () => {
  const seconds = () => Math.floor(vi.getRealSystemTime() / 1000);
  test.each<[string, () => Record<string, unknown>]>([
    ["of another team", () => ({ iss: "https://evil.cloudflareaccess.com" })],
    ["for another application", () => ({ aud: ["another"] })],
    ["that has expired", () => ({ exp: seconds() - 60 })],
    ["that never expires", () => ({ exp: null })],
    ["of the team's own session", () => ({ type: "org" })],
    ["of no type", () => ({ type: null })],
    ["of a service, which has no address", () => ({ email: null, common_name: "bot" })],
  ])("%s", async (_, claims) => {
    const { email } = await memberAt(team);
    await team.person({ email, ...claims() });
    await refused(await enter(await team.mint()), 401, "unauthorized");
  });

  test.each(["none", "public-key-as-secret", "unknown-key", "borrowed-kid"] as const)("forged: %s", async (forgery) => {
    const { email } = await memberAt(team);
    await team.person({ email }, { forgery });
    await refused(await enter(await team.mint()), 401, "unauthorized");
  });

  test("by an algorithm that Access does not use", async () => {
    await memberAt(team);
    await team.rotate({ alg: "ES256" });
    await refused(await enter(await team.mint()), 401, "unauthorized");
  });

  test("by another team's key", async () => {
    const { email } = await memberAt(team);
    const other = await fakeIssuer();
    await other.person({ email, iss: team.url });
    await refused(await enter(await other.mint()), 401, "unauthorized");
  });

  test.each([undefined, "", "x", "a.b.c", "x".repeat(8_193)])("that is none (%#)", async (assertion) => {
    await refused(await enter(assertion), 401, "unauthorized");
    expect(await team.calls("cdn-cgi/access/certs")).toBe(0);
  });
});

describe("the team's keys", () => {
  test("rotate, and are not fetched for keys that somebody invents", async () => {
    const { email } = await memberAt(team);
    expect((await enter(await team.mint())).status).toBe(200);
    await team.person({ email }, { forgery: "unknown-key" });
    for (let index = 0; index < 5; index++) await refused(await enter(await team.mint()), 401, "unauthorized");
    expect(await team.calls("cdn-cgi/access/certs")).toBe(1);
    await team.person({ email });
    await team.rotate({});
    advance(11_000);
    expect((await enter(await team.mint())).status).toBe(200);
    expect(await team.calls("cdn-cgi/access/certs")).toBe(2);
    await team.person({ email }, { signsWithOld: true });
    await refused(await enter(await team.mint()), 401, "unauthorized");
  });

  test.each(["error", "garbage", "endless", "redirect"] as const)("cannot be had: %s", async (jwks) => {
    const { email } = await memberAt(team);
    await team.person({ email }, { jwks });
    await refused(await enter(await team.mint()), 503, "unavailable");
    await team.person({ email });
    expect((await enter(await team.mint())).status).toBe(200);
  });

  test("that cannot be had are not asked for by everybody who knocks", async () => {
    const { email } = await memberAt(team);
    await team.person({ email }, { jwks: "error" });
    const assertion = await team.mint();
    for (let index = 0; index < 15; index++) await refused(await enter(assertion), 503, "unavailable");
    expect(await team.calls("cdn-cgi/access/certs")).toBe(10);
  });
});

test("without Cloudflare Access in front there is no such route, whatever the header says", async () => {
  const { email } = await memberAt(team);
  await team.person({ email });
  const assertion = await team.mint();
  Object.assign(env, { ACCESS_AUD: "" });
  await refused(await enter(assertion), 404, "not_found");
  expect(await (await call("/api/v1/auth/providers")).json()).toMatchObject({ access: false });
});
