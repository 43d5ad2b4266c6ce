import fc from "fast-check";
import { expect, test } from "vitest";
import { createApiKey, hashApiKey } from "./api-key.ts";

const zeros = new Uint8Array(32);

test("a key is l0_ and 43 characters of base64url, its prefix the first 11, its hash SHA-256", () => {
  expect(createApiKey(zeros)).toEqual({
    key: `l0_${"A".repeat(43)}`,
    prefix: "l0_AAAAAAAA",
    hash: "813e0128140ef6477268badac1f4da18441f9f8728fe99c61c83fdff07a56a3e",
  });
});

test("every key that was made hashes to its own hash", () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes, (random) => {
      const { key, hash } = createApiKey(random);
      expect(hashApiKey(key)).toBe(hash);
    }),
  );
});

test.each([0, 31, 33])("refuses to make a key of %i bytes", (length) => {
  expect(() => createApiKey(new Uint8Array(length))).toThrow(RangeError);
});

test.each([
  ["nothing", ""],
  ["another prefix", `l1_${"A".repeat(43)}`],
  ["too short", `l0_${"A".repeat(42)}`],
  ["too long", `l0_${"A".repeat(44)}`],
  ["a letter that 32 bytes cannot end in", `l0_${"A".repeat(42)}B`],
  ["plain base64", `l0_${"+".repeat(42)}A`],
  ["a line break behind it", `l0_${"A".repeat(43)}\n`],
  ["full-width letters", `l0_${"Ａ".repeat(43)}`],
])("does not hash what has not the form of a key: %s", (_name, key) => {
  expect(hashApiKey(key)).toBeUndefined();
});
