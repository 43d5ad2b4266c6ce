import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { createToken, hashToken, TOKEN_PREFIX, type TokenPurpose } from "./opaque-token.ts";

const zeros = new Uint8Array(32);
const purposes: TokenPurpose[] = ["apiKey", "refresh", "invitation", "passwordReset"];

describe.each([
  ["refresh", "l0r_"],
  ["invitation", "l0i_"],
  ["passwordReset", "l0p_"],
] as const)("a token for %s", (purpose, prefix) => {
  it(`is ${prefix} and 43 characters of base64url, and is stored as SHA-256 of all of it`, () => {
    const token = `${prefix}${"A".repeat(43)}`;
    expect(createToken(purpose, zeros)).toEqual({ token, hash: createHash("sha256").update(token).digest("hex") });
  });

  it("is no token for anything else", () => {
    const { token } = createToken(purpose, zeros);
    for (const other of purposes) expect(hashToken(other, token) !== undefined).toBe(other === purpose);
  });

  it.each([
    ["nothing", ""],
    ["the prefix alone", prefix],
    ["too short", prefix + "A".repeat(42)],
    ["too long", prefix + "A".repeat(44)],
    ["a letter that 32 bytes cannot end in", `${prefix}${"A".repeat(42)}B`],
    ["a line break behind it", `${prefix}${"A".repeat(43)}\n`],
    ["a space in front", ` ${prefix}${"A".repeat(43)}`],
  ])("is not hashed when it has not the form: %s", (_name, token) => {
    expect(hashToken(purpose, token)).toBeUndefined();
  });
});

test("every token that was made hashes to its own hash, and two never share one", () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes, bytes, fc.constantFrom(...purposes), (random, other, purpose) => {
      const made = createToken(purpose, random);
      expect(made.token.startsWith(TOKEN_PREFIX[purpose])).toBe(true);
      expect(hashToken(purpose, made.token)).toBe(made.hash);
      const same = Buffer.compare(random, other) === 0;
      expect(createToken(purpose, other).hash === made.hash).toBe(same);
    }),
  );
});

test.each([0, 31, 33])("refuses to make a token of %i bytes", (length) => {
  expect(() => createToken("refresh", new Uint8Array(length))).toThrow(RangeError);
});
