import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorCode } from "../errors.ts";
import { SecretBox } from "./seal.ts";

const key = (id: string, fill: number) => `${id}:${Buffer.alloc(32, fill).toString("base64")}`;
const box = new SecretBox(key("k1", 1));
const nonce = (fill = 7) => new Uint8Array(12).fill(fill);

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => "opened",
    (error: unknown) => errorCode(error),
  );
}

describe("a sealed secret", () => {
  it("opens to what was sealed, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.uuid(), async (text, tenantId) => {
        expect(await box.open(tenantId, await box.seal(tenantId, text, nonce()))).toBe(text);
      }),
    );
  });

  it("shows nothing of it, and not twice the same", async () => {
    const [one, two] = [await box.seal("t", "xoxb-secret", nonce(1)), await box.seal("t", "xoxb-secret", nonce(2))];
    expect(one).not.toContain("secret");
    expect(one).not.toBe(two);
  });

  it("does not open for another tenant", async () => {
    expect(await codeOf(box.open("b", await box.seal("a", "x", nonce())))).toBe("internal");
  });

  it("does not open when a character was changed", async () => {
    const sealed = await box.seal("t", "xoxb-secret", nonce());
    const at = sealed.length - 3;
    const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
    expect(await codeOf(box.open("t", changed))).toBe("internal");
  });

  it.each(["", "v1", "v2.k1.a.b", "v1.k1..", "v1.other.AAAA.AAAA"])("that is none is refused: %j", async (text) => {
    expect(await codeOf(box.open("t", text))).toBe("internal");
  });

  it("still opens after a new key was put in front, and new ones use that", async () => {
    const sealed = await box.seal("t", "x", nonce());
    const rotated = new SecretBox(`${key("k2", 2)},${key("k1", 1)}`);
    expect(await rotated.open("t", sealed)).toBe("x");
    expect(await rotated.seal("t", "x", nonce())).toMatch(/^v1\.k2\./);
    expect(await codeOf(new SecretBox(key("k2", 2)).open("t", sealed))).toBe("internal");
  });
});

it.each(["", "k1", "k1:short", `K!:${Buffer.alloc(32).toString("base64")}`])("keys %j are refused", (keys) => {
  expect(() => new SecretBox(keys)).toThrow("SECRET_KEYS");
});
