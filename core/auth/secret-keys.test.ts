import { expect, it } from "vitest";
import { parseSecretKeys } from "./secret-keys.ts";

const key = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString("base64")}`;

it("the first key is the current one, spaces around a key do not matter", () => {
  expect(parseSecretKeys(`${key("k2", 2)}, ${key("k1", 1)}`)).toEqual([
    { id: "k2", bytes: new Uint8Array(32).fill(2) },
    { id: "k1", bytes: new Uint8Array(32).fill(1) },
  ]);
});

it.each([
  ["nothing", ""],
  ["an id alone", "k1"],
  ["31 bytes", `k1:${Buffer.alloc(31).toString("base64")}`],
  ["33 bytes", `k1:${Buffer.alloc(33).toString("base64")}`],
  ["an id with other characters", key("K!", 1)],
  ["no id", key("", 1)],
  ["a comma at the end", `${key("k1", 1)},`],
  ["two keys of one id", `${key("k1", 1)},${key("k1", 2)}`],
])("%s is refused", (_name, text) => {
  expect(() => parseSecretKeys(text)).toThrow("SECRET_KEYS");
});
