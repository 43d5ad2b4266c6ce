import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Alias, Aliases } from "./aliases.ts";

const NAMES = Array.from("abcdefgh");

/** Aliases as the database holds them: any pairs, at most one of each fingerprint. Cycles among them, which no write makes. */
const anyAliases = fc.uniqueArray(
  fc.record({ fingerprint: fc.constantFrom(...NAMES), target: fc.constantFrom(...NAMES) }),
  { selector: (alias) => alias.fingerprint },
);

/** What merges make: one is refused where the target's root is the fingerprint itself. */
const forest = anyAliases.map((wanted) =>
  wanted.reduce<Alias[]>((kept, alias) => {
    if (new Aliases(kept).rootOf(alias.target) !== alias.fingerprint) kept.push(alias);
    return kept;
  }, []),
);

/** The end of a chain, step by step. */
function naiveRoot(aliases: readonly Alias[], fingerprint: string): string {
  const next = aliases.find((alias) => alias.fingerprint === fingerprint);
  return next === undefined ? fingerprint : naiveRoot(aliases, next.target);
}

describe("a chain a → b → c, and d → c", () => {
  const aliases = new Aliases([
    { fingerprint: "a", target: "b" },
    { fingerprint: "b", target: "c" },
    { fingerprint: "d", target: "c" },
  ]);

  test.each([
    { fingerprint: "a", root: "c", merged: true },
    { fingerprint: "b", root: "c", merged: true },
    { fingerprint: "c", root: "c", merged: true },
    { fingerprint: "d", root: "c", merged: true },
    { fingerprint: "e", root: "e", merged: false },
  ])("$fingerprint counts with $root", ({ fingerprint, root, merged }) => {
    expect(aliases.rootOf(fingerprint)).toBe(root);
    expect(aliases.has(fingerprint)).toBe(merged);
  });

  test("is one group, the root first, whoever asks", () => {
    for (const member of ["a", "b", "c", "d"]) {
      const [root, ...others] = aliases.groupOf(member);
      expect(root).toBe("c");
      expect(others.sort()).toEqual(["a", "b", "d"]);
    }
    expect(aliases.groupOf("e")).toEqual(["e"]);
  });
});

describe("for any aliases", () => {
  test("every chain ends, also in a cycle", () => {
    fc.assert(
      fc.property(anyAliases, fc.constantFrom(...NAMES), (list, name) => {
        expect(NAMES).toContain(new Aliases(list).rootOf(name));
      }),
    );
  });

  test("the root is the end of the chain, and its own root", () => {
    fc.assert(
      fc.property(forest, fc.constantFrom(...NAMES), (list, name) => {
        const aliases = new Aliases(list);
        const root = aliases.rootOf(name);
        expect(root).toBe(naiveRoot(list, name));
        expect(aliases.rootOf(root)).toBe(root);
      }),
    );
  });

  test("the order in which they were made does not matter", () => {
    const shuffled = forest.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        const roots = (aliases: Aliases) => NAMES.map((name) => aliases.rootOf(name));
        expect(roots(new Aliases(other))).toEqual(roots(new Aliases(list)));
      }),
    );
  });

  test("to be of one group is an equivalence: every name is in its own, and groups do not overlap", () => {
    fc.assert(
      fc.property(forest, (list) => {
        const aliases = new Aliases(list);
        for (const a of NAMES) {
          const group = aliases.groupOf(a);
          expect(group).toContain(a);
          expect(group[0]).toBe(aliases.rootOf(a));
          expect(new Set(group).size).toBe(group.length);
          for (const b of NAMES) {
            const together = group.includes(b);
            expect(aliases.groupOf(b).includes(a)).toBe(together);
            expect(aliases.rootOf(a) === aliases.rootOf(b)).toBe(together);
          }
        }
      }),
    );
  });

  test("only who takes part in one is merged", () => {
    fc.assert(
      fc.property(forest, fc.constantFrom(...NAMES), (list, name) => {
        const aliases = new Aliases(list);
        const named = list.some(({ fingerprint, target }) => fingerprint === name || target === name);
        expect(aliases.has(name)).toBe(named);
        if (!named) expect(aliases.groupOf(name)).toEqual([name]);
      }),
    );
  });
});
