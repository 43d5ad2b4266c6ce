import { describe, expect, it } from "vitest";
import * as z from "zod";
import { errorCode } from "../errors.ts";
import { AccessTokens } from "./access-token.ts";
import { SignedState, STATE_MS } from "./signed-state.ts";

const key = `k1:${Buffer.alloc(32, 1).toString("base64")}`;
const issuer = "https://log0.example";
const states = new SignedState(key, issuer);
const State = z.object({ nonce: z.string(), returnTo: z.string() });
const state = { nonce: "n-1", returnTo: "/incidents" };
const now = 1_760_000_000_000;

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "taken",
    (error: unknown) => errorCode(error),
  );

describe("a signed state", () => {
  it("comes back as it was signed, for 10 minutes", async () => {
    const token = await states.sign("oidc:acme", state, now);
    expect(await states.verify("oidc:acme", token, State, now + STATE_MS - 1)).toEqual(state);
    expect(await codeOf(states.verify("oidc:acme", token, State, now + STATE_MS))).toBe("unauthorized");
  });

  it("is worth nothing for another purpose", async () => {
    const token = await states.sign("oidc:acme", state, now);
    expect(await codeOf(states.verify("oidc:other", token, State, now))).toBe("unauthorized");
    expect(await codeOf(states.verify("slack", token, State, now))).toBe("unauthorized");
  });

  it("is refused in another form, of another deployment, or changed", async () => {
    const token = await states.sign("slack", { nonce: 1 }, now);
    expect(await codeOf(states.verify("slack", token, State, now))).toBe("unauthorized");
    const foreign = await new SignedState(key, "https://evil.example").sign("slack", state, now);
    expect(await codeOf(states.verify("slack", foreign, State, now))).toBe("unauthorized");
    const mine = await states.sign("slack", state, now);
    expect(await codeOf(states.verify("slack", `${mine.slice(0, 50)}X${mine.slice(51)}`, State, now))).toBe(
      "unauthorized",
    );
  });

  it("is not an access token", async () => {
    const claims = { accountId: "a", sessionId: "s", tenantId: "t" };
    const { token } = await new AccessTokens(key, issuer).sign(claims, now);
    expect(await codeOf(states.verify("log0", token, z.unknown(), now))).toBe("unauthorized");
  });

  it("must fit into a cookie", async () => {
    await expect(states.sign("slack", { returnTo: "x".repeat(4_096) }, now)).rejects.toThrow(RangeError);
  });
});
