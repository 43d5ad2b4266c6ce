import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { text } from "./segment.fixtures.ts";
import { escapeText, unescapeText } from "./text.ts";

const MARK = "\ufdd0";

describe("text is stored", () => {
  it.each([
    ["as it is when it is ASCII", "GET /health 200", "GET /health 200"],
    ["as it is with accents, emoji and NUL", "été 🚀 \0", "été 🚀 \0"],
    ["as it is with a byte order mark", "\ufeffhello", "\ufeffhello"],
    ["with the unit of a lone high surrogate in hex", "cut \ud83d", `cut ${MARK}d83d`],
    ["with the unit of a lone low surrogate in hex", "\ude00 cut", `${MARK}de00 cut`],
    ["with its pairs whole beside a lone surrogate", "🚀\ud83d🚀", `🚀${MARK}d83d🚀`],
    ["with both units of a pair in the wrong order", "\ude00\ud83d", `${MARK}de00${MARK}d83d`],
    ["with the mark itself escaped", MARK, `${MARK}fdd0`],
    ["with what looks like an escape escaped", `${MARK}d83d`, `${MARK}fdd0d83d`],
  ])("%s", (_, given, stored) => {
    expect(escapeText(given)).toBe(stored);
    expect(unescapeText(stored)).toBe(given);
  });

  it("well-formed and without loss, whatever it is", () => {
    fc.assert(
      fc.property(text, (given) => {
        const bytes = new TextEncoder().encode(escapeText(given));
        const stored = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
        expect(unescapeText(stored)).toBe(given);
      }),
    );
  });

  it("without two texts ever becoming one: a high and a low surrogate of different rows do not join", () => {
    expect(unescapeText(escapeText("\ud83d") + escapeText("\ude80"))).toBe("🚀");
    expect(escapeText("\ud83d") + escapeText("\ude80")).not.toBe(escapeText("🚀"));
  });
});
