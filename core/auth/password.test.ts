import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { errorCode } from "../errors.ts";
import { checkPassword, hashPassword, MAX_PASSWORD, MIN_PASSWORD, needsRehash, verifyPassword } from "./password.ts";

const password = "correct horse battery";
const salt = Uint8Array.from({ length: 16 }, (_, index) => index);
/** Both computed with Python's hashlib.scrypt. */
const stored = "$scrypt$ln=14,r=8,p=5$AAECAwQFBgcICQoLDA0ODw$1R9aSMtre0xzBbvXRh8rJCrEi4UuO81fOKNB0L6vEmg";
const older = "$scrypt$ln=13,r=8,p=10$AAECAwQFBgcICQoLDA0ODw$laX34fkDOu0AXuhBburETJ1cU+zGEUZxA+VpBiZTSfU";

describe("a password's hash", () => {
  it("is scrypt with its parameters, as a PHC string", async () => {
    expect(await hashPassword(password, salt)).toBe(stored);
  });

  it("is verified with the parameters that it names", async () => {
    expect(await verifyPassword(password, stored)).toBe(true);
    expect(await verifyPassword(password, older)).toBe(true);
  });

  it.each([
    ["another password", `${password}!`],
    ["a shorter one", password.slice(0, -1)],
    ["capitals", password.toUpperCase()],
    ["nothing", ""],
    ["more than anybody may choose", "a".repeat(5 * MAX_PASSWORD)],
  ])("is not that of %s", async (_name, other) => {
    expect(await verifyPassword(other, stored)).toBe(false);
  });

  it("depends on the salt", async () => {
    expect(await hashPassword(password, new Uint8Array(16))).not.toContain(stored.slice(-43));
  });

  it("does not depend on how a keyboard spells a character", async () => {
    const composed = await hashPassword("Schl\u00fcssel f\u00fcr alles", salt);
    expect(await verifyPassword("Schlu\u0308ssel fu\u0308r alles", composed)).toBe(true);
    expect(await verifyPassword("Schlussel fur alles", composed)).toBe(false);
  });

  it("holds for any password that may be chosen", async () => {
    const any = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
    const run = fc.asyncProperty(any, fc.uint8Array({ minLength: 16, maxLength: 16 }), async (text, random) => {
      expect(await verifyPassword(text, await hashPassword(text, random))).toBe(true);
    });
    await fc.assert(run, { numRuns: 10 });
  });

  it.each([0, 15, 17])("is not made with a salt of %i bytes", async (length) => {
    await expect(hashPassword(password, new Uint8Array(length))).rejects.toThrow(RangeError);
  });

  it("needs renewal only when its cost is another than today's", () => {
    expect(needsRehash(stored)).toBe(false);
    expect(needsRehash(older)).toBe(true);
    expect(needsRehash("")).toBe(true);
  });
});

describe("an account without a password", () => {
  it("is not let in, whatever the password", async () => {
    expect(await verifyPassword(password, undefined)).toBe(false);
    expect(await verifyPassword("", undefined)).toBe(false);
  });

  it("costs as much time as one that has one", async () => {
    // CPU time of this process: what else the machine does, does not count. A shortcut would cost nearly nothing.
    const cost = async (hash: string | undefined) => {
      const before = process.cpuUsage();
      for (let i = 0; i < 3; i++) await verifyPassword(password, hash);
      return process.cpuUsage(before).user;
    };
    await cost(stored);
    const known = await cost(stored);
    expect(await cost(undefined)).toBeGreaterThan(known / 4);
  });
});

test.each([
  ["nothing", ""],
  ["the password itself", password],
  ["another algorithm", stored.replace("scrypt", "argon2")],
  ["a hash cut off", stored.slice(0, -1)],
  ["a line behind it", `${stored}\n`],
  ["a salt cut off", stored.replace("AAEC", "AEC")],
  ["another order", stored.replace("ln=14,r=8", "r=8,ln=14")],
  ["no rounds", stored.replace("p=5", "p=0")],
  ["no blocks", stored.replace("r=8", "r=0")],
  ["N of 1", stored.replace("ln=14", "ln=0")],
  ["a gigabyte by N", stored.replace("ln=14", "ln=20")],
  ["N of 2^99", stored.replace("ln=14", "ln=99")],
  ["32 MiB and a bit, by r", stored.replace("r=8", "r=17")],
  ["99 rounds", stored.replace("p=5", "p=99")],
  ["a number that ends no more", stored.replace("p=5", `p=${"9".repeat(400)}`)],
])("a stored string that is %s lets nobody in", async (_name, hostile) => {
  expect(await verifyPassword(password, hostile)).toBe(false);
  expect(needsRehash(hostile)).toBe(true);
});

const refused = (text: string, email = "jo.smith@example.com"): string => {
  try {
    checkPassword(text, email);
    return "taken";
  } catch (error) {
    return errorCode(error);
  }
};

test.each([
  ["one too short", "fourteen chars".slice(0, MIN_PASSWORD - 1)],
  ["characters counted once, however they are stored", "🔑".repeat(7) + "🐴".repeat(7)],
  ["one too long", `${"abc ".repeat(64)}x`],
  ["one that would cost time to normalize", "\ufdfa".repeat(100_000)],
  ["the e-mail address", "jo.smith@example.com"],
  ["the e-mail address in capitals", "Jo.Smith@Example.com"],
  ["one character again and again", "a".repeat(20)],
  ["one word again and again", "passwordpassword"],
  ["one word again and again, cut off", "password".repeat(3).slice(0, 21)],
  ["a row of the keyboard", "qwertyuiopasdfghj"],
  ["a row of the keyboard backwards", "0987654321poiuytrewq"],
  ["digits in order", "123456789012345"],
  ["letters in order", "abcdefghijklmnopq"],
  ["a column of the keyboard", "1qaz2wsx3edc4rfv"],
  ["a known phrase", "correcthorsebatterystaple"],
  ["a known phrase in capitals", "CorrectHorseBatteryStaple"],
  ["a known phrase in full-width letters", "ｐａｓｓｗｏｒｄ12345678"],
])("refuses %s", (_name, text) => {
  expect(refused(text)).toBe("weak_password");
});

test("refuses the local part of the e-mail address", () => {
  expect(refused("Somebody.Important", "somebody.important@example.com")).toBe("weak_password");
});

test.each([
  ["the shortest", "fifteen chars a"],
  ["words", "a kettle under the stairs"],
  ["the longest", `${"ab c".repeat(63)}wxyz`],
  ["any script", "пароль из нескольких слов"],
  ["spaces at the ends", "  violet cupboard  "],
  ["one that contains a common one", "password12345678 on a boat"],
])("takes %s", (_name, text) => {
  expect(refused(text)).toBe("taken");
});

test("whoever is refused is not shown the password", () => {
  try {
    checkPassword("qwertyuiopasdfghj", "a@example.com");
    expect.unreachable();
  } catch (error) {
    expect(String(error)).not.toContain("qwerty");
  }
});
