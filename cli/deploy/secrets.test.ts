import fc from "fast-check";
import { expect, test } from "vitest";
import { SecretBox } from "../../core/auth/seal.ts";
import { makeSealingKey, parseSecrets, redact } from "./secrets.ts";

const parse = (text: string) => Object.fromEntries(parseSecrets(text, "s", ["PUBLIC_URL"]));

test.each([
  ["lines", "A=1\n# no\n\nB_2=two", { A: "1", B_2: "two" }],
  ["quotes and exported names", "export A='x # y'\nB=\"a b\"", { A: "x # y", B: "a b" }],
  ["a $ that is not expanded", "A=x$HOME", { A: "x$HOME" }],
  ["JSON", ' {"A": "1", "B": "b\\nc"}', { A: "1", B: "b\nc" }],
])("reads %s", (_what, text, secrets) => {
  expect(parse(text)).toEqual(secrets);
});

test.each([
  ["an empty file", "", "s holds no secret"],
  ["JSON that is broken", '{"A": "hush', "neither NAME=value lines nor a JSON object"],
  ["JSON that would delete", '{"A": null}', "neither NAME=value lines nor a JSON object"],
  ["a value that is no text", '{"A": {"hush": 1}}', "neither NAME=value lines nor a JSON object"],
  ["an empty value", "A=", "A has no value"],
  ["a name that is none", '{"hush hush": "x"}', "a name is not of letters, digits and _"],
  ["the name of a variable", "PUBLIC_URL=hush", '"PUBLIC_URL" is a variable in wrangler.toml'],
  ["a sealing key that is too short", "SECRET_KEYS=k1:aHVzaA==", "SECRET_KEYS must be id:base64 of 32 bytes"],
  [
    "more than Cloudflare takes at once",
    Array.from({ length: 100 }, (_, n) => `A${n}=hush`).join("\n"),
    "more than 99",
  ],
])("refuses %s, and shows no value", (_what, text, message) => {
  expect(() => parse(text)).toThrow(message);
  expect(() => parse(text)).not.toThrow(/hush|aHVzaA/);
});

test("a made key is one that the Worker takes", () => {
  const key = makeSealingKey(new Uint8Array(32).fill(7));
  expect(() => new SecretBox(key)).not.toThrow();
  expect(parse(`SECRET_KEYS=${key}`)).toEqual({ SECRET_KEYS: key });
});

test("whatever a secret is made of, a text that quotes it, plainly or as JSON, is shown without it", () => {
  const secret = fc.string({ minLength: 8, unit: "binary" }).filter((value) => !value.includes("*"));
  fc.assert(
    fc.property(secret, fc.string(), (value, around) => {
      const text = `${around} ${value} ${JSON.stringify({ value })}`;
      expect(redact(text, [value])).not.toContain(value);
    }),
  );
});
