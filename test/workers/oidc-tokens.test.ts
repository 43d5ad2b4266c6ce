import "./support/bindings.ts";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { advance } from "./support/clock.ts";
import {
  agree,
  begin,
  comeBack,
  type FakeIssuer,
  memberAt,
  refused,
  sessionsOf,
  signInByOidc,
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

describe("an ID token is refused", () => {
  const seconds = () => Math.floor(vi.getRealSystemTime() / 1000);
  test.each<[string, () => Record<string, unknown>]>([
    ["with another nonce", () => ({ nonce: "other" })],
    ["without a nonce", () => ({ nonce: null })],
    ["for another client", () => ({ aud: "another" })],
    ["for us and others, made out to another", () => ({ aud: ["client:log0", "b"], azp: "b" })],
    ["of another issuer", () => ({ iss: "https://evil.example" })],
    ["of no issuer", () => ({ iss: null })],
    ["that has expired", () => ({ exp: seconds() - 60 })],
    ["that never expires", () => ({ exp: null })],
    ["that is not valid yet", () => ({ nbf: seconds() + 600 })],
  ])("%s", async (_, claims) => {
    const { email, accountId } = await memberAt(issuer);
    await issuer.person({ email, email_verified: true, ...claims() });
    await refused(await signInByOidc(), 401, "unauthorized");
    expect(await sessionsOf(accountId)).toEqual([]);
  });

  test.each(["none", "public-key-as-secret", "unknown-key", "borrowed-kid"] as const)("forged: %s", async (forgery) => {
    const { email, accountId } = await memberAt(issuer);
    expect((await signInByOidc()).status).toBe(302);
    await issuer.person({ email, email_verified: true }, { forgery });
    await refused(await signInByOidc(), 401, "unauthorized");
    expect(await sessionsOf(accountId)).toHaveLength(1);
  });

  test.each<[string, Record<string, unknown>]>([
    ["not verified", { email_verified: false }],
    ["said to be verified in words", { email_verified: "true" }],
    ["of which nothing is said", { email_verified: null }],
  ])("when the address is %s", async (_, claims) => {
    const { email } = await memberAt(issuer);
    await issuer.person({ email, email_verified: true, ...claims });
    await refused(await signInByOidc(), 403, "forbidden");
  });

  test.each([null, "", "nobody", 7, "\u212aelvin@acme.test"])("when %j is the address", async (email) => {
    await memberAt(issuer);
    await issuer.person({ email, email_verified: true });
    await refused(await signInByOidc(), 403, "forbidden");
  });
});

describe("the issuer's keys", () => {
  test("are fetched once for many, and again for a key that is new", async () => {
    const { email } = await memberAt(issuer);
    for (let index = 0; index < 3; index++) expect((await signInByOidc()).status).toBe(302);
    expect(await issuer.calls("jwks")).toBe(1);
    await issuer.rotate({ keep: true });
    advance(11_000);
    expect((await signInByOidc()).status).toBe(302);
    expect(await issuer.calls("jwks")).toBe(2);
    await issuer.person({ email, email_verified: true }, { signsWithOld: true });
    expect((await signInByOidc()).status).toBe(302);
    expect(await issuer.calls("jwks")).toBe(2);
  });

  test("are no keys any more once they are gone", async () => {
    const { email } = await memberAt(issuer);
    expect((await signInByOidc()).status).toBe(302);
    await issuer.rotate({});
    advance(11_000);
    expect((await signInByOidc()).status).toBe(302);
    await issuer.person({ email, email_verified: true }, { signsWithOld: true });
    await refused(await signInByOidc(), 401, "unauthorized");
  });

  test("are believed for ten minutes at most, although no new one comes", async () => {
    const { email } = await memberAt(issuer);
    expect((await signInByOidc()).status).toBe(302);
    await issuer.rotate({});
    await issuer.person({ email, email_verified: true }, { signsWithOld: true });
    advance(11 * MINUTE);
    await refused(await signInByOidc(), 401, "unauthorized");
  });

  test("are not fetched for each key that somebody invents", async () => {
    const { email } = await memberAt(issuer);
    expect((await signInByOidc()).status).toBe(302);
    await issuer.person({ email, email_verified: true }, { forgery: "unknown-key" });
    for (let index = 0; index < 5; index++) await refused(await signInByOidc(), 401, "unauthorized");
    expect(await issuer.calls("jwks")).toBe(1);
    advance(11_000);
    for (let index = 0; index < 5; index++) await refused(await signInByOidc(), 401, "unauthorized");
    expect(await issuer.calls("jwks")).toBe(2);
  });

  test("serve many who come at once", async () => {
    await memberAt(issuer);
    const trips = await Promise.all(Array.from({ length: 6 }, () => begin()));
    const answers = await Promise.all(trips.map(async (trip) => await comeBack(await agree(trip), trip)));
    expect(answers.map(({ status }) => status)).toEqual(trips.map(() => 302));
  });
});
