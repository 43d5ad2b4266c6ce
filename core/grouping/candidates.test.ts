import fc from "fast-check";
import { expect, test } from "vitest";
import { type MergeCandidate, mergeCandidates, type NamedPattern } from "./candidates.ts";

function pattern(fingerprint: string, template: string, serviceName = "shop"): NamedPattern {
  return { fingerprint, serviceName, template };
}

const words = (candidate: MergeCandidate | undefined) => candidate?.patterns.map(({ word }) => word);

/** Whether two templates have equally many words and differ in exactly one of them, in the plainest way. */
function differInOneWord(a: NamedPattern, b: NamedPattern): boolean {
  const [one, other] = [a.template.split(" "), b.template.split(" ")];
  if (a.serviceName !== b.serviceName || one.length !== other.length || one.length < 2) return false;
  return one.filter((word, position) => word !== other[position]).length === 1;
}

test("templates that differ in one word are a candidate, with the word of each", () => {
  expect(
    mergeCandidates([pattern("a", "removing telnet"), pattern("b", "removing ftp"), pattern("c", "starting up")]),
  ).toEqual([
    {
      serviceName: "shop",
      template: "removing <*>",
      patterns: [
        { fingerprint: "a", word: "telnet" },
        { fingerprint: "b", word: "ftp" },
      ],
    },
  ]);
});

test.each<{ name: string; patterns: NamedPattern[] }>([
  { name: "one word", patterns: [pattern("a", "telnet"), pattern("b", "ftp")] },
  { name: "two words that differ", patterns: [pattern("a", "removing telnet now"), pattern("b", "removing ftp soon")] },
  { name: "another number of words", patterns: [pattern("a", "removing telnet"), pattern("b", "removing")] },
  { name: "another service", patterns: [pattern("a", "removing telnet", "x"), pattern("b", "removing ftp", "y")] },
  { name: "one template, another exception", patterns: [pattern("a", "it broke"), pattern("b", "it broke")] },
  {
    name: "more words than are compared",
    patterns: [pattern("a", `x ${"word ".repeat(64)}`), pattern("b", `y ${"word ".repeat(64)}`)],
  },
  { name: "words that stand elsewhere", patterns: [pattern("a", "<*> x y"), pattern("b", "x <*> y")] },
])("no candidate: $name", ({ patterns }) => {
  expect(mergeCandidates(patterns)).toEqual([]);
});

test("a pattern may be in several candidates; the largest come first", () => {
  const candidates = mergeCandidates([
    pattern("a", "stop ftp"),
    pattern("b", "stop ssh"),
    pattern("c", "stop dns"),
    pattern("d", "start dns"),
  ]);
  expect(candidates.map(({ template }) => template)).toEqual(["stop <*>", "<*> dns"]);
  expect(candidates.map(words)).toEqual([
    ["ftp", "ssh", "dns"],
    ["stop", "start"],
  ]);
});

test("are the pairs that a comparison of each with each finds, each pair once", () => {
  const text = fc.array(fc.constantFrom("a", "b", "<*>", ""), { minLength: 1, maxLength: 4 });
  const patterns = fc
    .uniqueArray(fc.tuple(fc.constantFrom("x", "y"), text), {
      selector: ([service, parts]) => `${service}/${parts.join(" ")}`,
      maxLength: 30,
    })
    .map((list) => list.map(([service, parts], index) => pattern(`f${index}`, parts.join(" "), service)));
  fc.assert(
    fc.property(patterns, (list) => {
      const expected: string[] = [];
      for (const [index, a] of list.entries()) {
        for (const b of list.slice(index + 1))
          if (differInOneWord(a, b)) expected.push(`${a.fingerprint}+${b.fingerprint}`);
      }
      const found = mergeCandidates(list).flatMap((candidate) =>
        candidate.patterns.flatMap((a, index) =>
          candidate.patterns.slice(index + 1).map((b) => `${a.fingerprint}+${b.fingerprint}`),
        ),
      );
      expect(found.sort()).toEqual(expected.sort());
    }),
  );
});

test("each pattern has in the template's gap the word that it is listed with", () => {
  const patterns = ["a b c", "a x c", "a b y", "z b c"].map((text) => pattern(text, text));
  const candidates = mergeCandidates(patterns);
  expect(candidates).toHaveLength(3);
  for (const { template, patterns: listed } of candidates) {
    for (const { fingerprint, word } of listed) expect(template.replace("<*>", word)).toBe(fingerprint);
  }
});
