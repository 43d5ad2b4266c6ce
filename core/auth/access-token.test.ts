import { base64url, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { errorCode } from "../errors.ts";
import { ACCESS_MS, type AccessClaims, AccessTokens } from "./access-token.ts";
import { SignedState } from "./signed-state.ts";

const key = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString("base64")}`;
const issuer = "https://log0.example";
const tokens = new AccessTokens(key("k1", 1), issuer);
const claims: AccessClaims = { accountId: "acc-1", sessionId: "ses-1", tenantId: "ten-1" };
const now = 1_760_000_000_000;

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "taken",
    (error: unknown) => errorCode(error),
  );
const part = (token: string, at: number): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split(".")[at] ?? "", "base64url").toString());

describe("an access token", () => {
  it("gives back what was signed, for 15 minutes", async () => {
    const { token, expiresAt } = await tokens.sign(claims, now);
    expect(expiresAt).toBe(now + ACCESS_MS);
    expect(await tokens.verify(token, now)).toEqual(claims);
    expect(await tokens.verify(token, expiresAt - 1)).toEqual(claims);
    expect(await codeOf(tokens.verify(token, expiresAt))).toBe("unauthorized");
  });

  it("says who, for whom, from when and until when, and with which key", async () => {
    const { token } = await tokens.sign(claims, now + 999);
    expect(part(token, 0)).toEqual({ alg: "HS256", typ: "JWT", kid: "k1" });
    expect(part(token, 1)).toEqual({
      iss: issuer,
      aud: "log0",
      sub: "acc-1",
      sid: "ses-1",
      tid: "ten-1",
      iat: now / 1000,
      exp: now / 1000 + 900,
    });
  });

  it("still counts after a new key was put in front, and new ones are signed with that", async () => {
    const { token } = await tokens.sign(claims, now);
    const rotated = new AccessTokens(`${key("k2", 2)},${key("k1", 1)}`, issuer);
    expect(await rotated.verify(token, now)).toEqual(claims);
    expect(part((await rotated.sign(claims, now)).token, 0).kid).toBe("k2");
    expect(await codeOf(new AccessTokens(key("k2", 2), issuer).verify(token, now))).toBe("unauthorized");
  });

  it("is refused when any character of it was changed", async () => {
    const { token } = await tokens.sign(claims, now);
    for (let at = 0; at < token.length; at++) {
      // Of the last character, base64url does not use two bits: both letters differ from each other in more than those.
      const changed = token.slice(0, at) + (token[at] === "n" ? "X" : "n") + token.slice(at + 1);
      expect(await codeOf(tokens.verify(changed, now)), changed).toBe("unauthorized");
    }
  });

  it.each([
    ["of another deployment's key", new AccessTokens(key("k1", 9), issuer)],
    ["of another issuer", new AccessTokens(key("k1", 1), "https://evil.example")],
    ["with the id of another key", new AccessTokens(key("k2", 1), issuer)],
  ])("%s is refused", async (_name, other) => {
    expect(await codeOf(tokens.verify((await other.sign(claims, now)).token, now))).toBe("unauthorized");
  });

  it("is no signed state, and a signed state is no access token", async () => {
    const states = new SignedState(key("k1", 1), issuer);
    expect(await codeOf(tokens.verify(await states.sign("log0", { ...claims }, now), now))).toBe("unauthorized");
  });

  it.each(["", ".", "..", "a.b.c", "a".repeat(5_000), "é.é.é", "eyJhbGciOiJIUzI1NiJ9.e30."])(
    "is not %j",
    async (text) => {
      expect(await codeOf(tokens.verify(text, now))).toBe("unauthorized");
    },
  );
});

/** The key that access tokens are signed with, derived without the code under test. */
async function derived(info = "log0 access token", fill = 1): Promise<Uint8Array> {
  const material = await crypto.subtle.importKey("raw", new Uint8Array(32).fill(fill), "HKDF", false, ["deriveBits"]);
  const text = new TextEncoder().encode(info);
  return new Uint8Array(
    await crypto.subtle.deriveBits(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: text },
      material,
      256,
    ),
  );
}

describe("a token made with the right key", () => {
  const good = {
    sub: "acc-1",
    sid: "ses-1",
    tid: "ten-1",
    iss: issuer,
    aud: "log0",
    iat: now / 1000,
    exp: now / 1000 + 9,
  };
  const header = { alg: "HS256", kid: "k1" };

  it("is taken when it says all that it has to", async () => {
    const token = await new SignJWT(good).setProtectedHeader(header).sign(await derived());
    expect(await tokens.verify(token, now)).toEqual(claims);
  });

  it.each(["aud", "iss", "exp", "iat", "sub", "sid", "tid"])("is refused without %s", async (claim) => {
    const rest = Object.fromEntries(Object.entries(good).filter(([name]) => name !== claim));
    const token = await new SignJWT(rest).setProtectedHeader(header).sign(await derived());
    expect(await codeOf(tokens.verify(token, now))).toBe("unauthorized");
  });

  it.each([
    ["another audience", { aud: "slack" }],
    ["an empty account", { sub: "" }],
    ["a tenant that is no text", { tid: 7 }],
    ["a start in the future", { nbf: now / 1000 + 60 }],
  ])("is refused with %s", async (_name, change) => {
    const token = await new SignJWT({ ...good, ...change }).setProtectedHeader(header).sign(await derived());
    expect(await codeOf(tokens.verify(token, now))).toBe("unauthorized");
  });

  it.each([
    ["another algorithm", { alg: "HS512", kid: "k1" }],
    ["no key id", { alg: "HS256" }],
    ["an unknown key id", { alg: "HS256", kid: "k9" }],
    ["the name of a property as key id", { alg: "HS256", kid: "constructor" }],
  ])("is refused with %s", async (_name, other) => {
    const token = await new SignJWT(good).setProtectedHeader(other).sign(await derived());
    expect(await codeOf(tokens.verify(token, now))).toBe("unauthorized");
  });

  it("is refused when it was signed for something else", async () => {
    for (const secret of [await derived("log0 state"), new Uint8Array(32).fill(1)]) {
      const token = await new SignJWT(good).setProtectedHeader(header).sign(secret);
      expect(await codeOf(tokens.verify(token, now))).toBe("unauthorized");
    }
  });

  it("is refused when it is not signed at all", async () => {
    const encode = (value: unknown) => base64url.encode(JSON.stringify(value));
    for (const alg of ["none", "None", "HS256"]) {
      const token = `${encode({ alg, kid: "k1" })}.${encode(good)}.`;
      expect(await codeOf(tokens.verify(token, now))).toBe("unauthorized");
    }
  });
});
