import { describe, expect, it } from "vitest";
import { row } from "../segment.fixtures.ts";
import { blockOf, FilterBlock } from "./block.ts";
import { FilterBuilder } from "./builder.ts";
import { hashFingerprint, hashWord } from "./words.ts";

/** Row groups by their messages. */
function build(groups: readonly string[][], maxKeys?: number) {
  const builder = new FilterBuilder(maxKeys);
  for (const messages of groups) builder.addGroup(messages.map((message) => row({ message, fingerprint: "f" })));
  const built = builder.finish();
  if (!built) throw new Error("no filter");
  const size = built.bytes.length / built.blocks;
  const bytesOf = (block: number) => built.bytes.slice(block * size, (block + 1) * size);
  const groupsOf = (hash: number) => {
    const block = blockOf(hash, built.blocks);
    const parsed = FilterBlock.parse(bytesOf(block), block, built.blocks);
    return parsed && [...parsed.groupsOf(hash)];
  };
  return { ...built, bytesOf, groupsOf };
}

const numbered = (from: number, count: number) => Array.from({ length: count }, (_, i) => `word${from + i}`);

describe("the filter of a segment", () => {
  it("is none without row groups", () => {
    expect(new FilterBuilder().finish()).toBeUndefined();
  });

  it("knows the row groups of a word, of one in several and of one in all", () => {
    const { groupsOf } = build([["alpha all"], ["beta all", "gamma all"], ["alpha all"]]);
    expect(groupsOf(hashWord("alpha"))).toEqual([1, 0, 1]);
    expect(groupsOf(hashWord("gamma"))).toEqual([0, 1, 0]);
    expect(groupsOf(hashWord("all"))).toEqual([1, 1, 1]);
    expect(groupsOf(hashWord("absent"))).toEqual([0, 0, 0]);
    expect(groupsOf(hashFingerprint("f"))).toEqual([1, 1, 1]);
  });

  it("finds every word in its row group, in several blocks, and few others", () => {
    const groups = [0, 1, 2, 3].map((group) => numbered(group * 9_000, 9_000));
    const { groupsOf, blocks } = build(groups);
    expect(blocks).toBeGreaterThan(4);
    let others = 0;
    for (const [group, words] of groups.entries()) {
      for (const word of words) {
        const found = groupsOf(hashWord(word)) ?? [];
        if (found[group] !== 1) throw new Error(`${word} is missed`);
        others += found.filter((may) => may === 1).length - 1;
      }
    }
    // Three other row groups for each of 36,000 words, each mistaken at a rate of 1/256.
    expect(others / (3 * 36_000)).toBeLessThan(0.005);
  });

  it("mistakes an absent word for one of the segment's twice before a row group is read in vain", () => {
    const { groupsOf } = build([0, 1, 2, 3].map((group) => numbered(group * 5_000, 5_000)));
    const mistaken = numbered(1_000_000, 20_000).filter((word) => groupsOf(hashWord(word))?.includes(1));
    expect(mistaken.length / 20_000).toBeLessThan(0.001);
  });

  it("leaves row groups out beyond its bound, which may then hold anything", () => {
    const { groupsOf } = build([["alpha"], numbered(0, 500), ["beta"], ["alpha"]], 100);
    expect(groupsOf(hashWord("alpha"))).toEqual([1, 1, 1, 1]);
    expect(groupsOf(hashWord("beta"))).toEqual([0, 1, 1, 1]);
  });
});

describe("a block is refused", () => {
  const { bytesOf, blocks } = build([numbered(0, 20_000)]);
  const block = bytesOf(1);
  const changed = (at: number) => block.map((byte, index) => (index === at ? byte ^ 0x10 : byte));

  it("not when it is whole", () => {
    expect(FilterBlock.parse(block, 1, blocks)).toBeDefined();
  });

  it.each([0, 1, 4, 8, 12, 16, 20, 24, 28, 31, 32, 1_000, block.length - 1])("when byte %i is changed", (at) => {
    expect(FilterBlock.parse(changed(at), 1, blocks)).toBeUndefined();
  });

  it.each([0, 3, 31, 32, 100, block.length - 1])("when it is cut after %i bytes", (length) => {
    expect(FilterBlock.parse(block.subarray(0, length), 1, blocks)).toBeUndefined();
  });

  it("when it is another block, of this filter or of another", () => {
    expect(FilterBlock.parse(bytesOf(0), 1, blocks)).toBeUndefined();
    expect(FilterBlock.parse(block, 1, blocks + 1)).toBeUndefined();
  });
});
