import type { LogRow } from "../../log-row.ts";
import { ANY_GROUP, blockOf, encodeBlock } from "./block.ts";
import { buildFuse, type FuseKeys, type FuseShape, fuseShape } from "./fuse.ts";
import { HashSet } from "./hash-set.ts";
import { addRows } from "./words.ts";

/**
 * 16 KB: a word costs a search that many bytes of each segment, 1 % of a small one, and larger blocks would fill only
 * 2 % better.
 */
const KEYS_PER_BLOCK = 13_000;

/**
 * 8 bytes a key while blocks are built, 16 MB. Twice what 128 MB of ordinary logs have; logs of nothing but random
 * words would take 300 MB. Row groups beyond it are left out of the filter, and are always read.
 */
const MAX_KEYS = 2 ** 21;

/** A key is placed with the first seed or one of the next three; each try more helps, and a larger block in the end. */
const SEEDS = 16;
const LARGER_BLOCKS = 4;

/**
 * Gathers the words of a segment, row group by row group, 4 bytes each. A word's keys are the row groups that it is in,
 * and one for the segment as a whole: an absent word has to be mistaken twice before a row group is read in vain.
 */
export class FilterBuilder {
  readonly #maxKeys: number;
  readonly #group = new HashSet(16_384);
  readonly #segment = new HashSet(16_384);
  /** Per row group covered: its words, and those that no row group before it had. */
  readonly #words: { all: Int32Array; first: Int32Array }[] = [];
  #keys = 0;
  #rowGroups = 0;
  #full = false;

  constructor(maxKeys = MAX_KEYS) {
    this.#maxKeys = maxKeys;
  }

  addGroup(rows: readonly LogRow[]): void {
    this.#rowGroups++;
    if (this.#full) return;
    addRows(this.#group, rows);
    const all = this.#group.values();
    this.#group.clear();
    // At most as many again are new to the segment.
    this.#full = this.#keys + 2 * all.length > this.#maxKeys;
    if (this.#full) return;
    const first = all.filter((hash) => this.#segment.add(hash));
    this.#words.push({ all, first });
    this.#keys += all.length + first.length;
  }

  /** The filter's blocks, one after the other; undefined when there is nothing to find or, as good as never, no filter. */
  finish(): { bytes: Uint8Array; blocks: number } | undefined {
    if (this.#keys === 0) return undefined;
    const blocks = Math.ceil(this.#keys / KEYS_PER_BLOCK);
    const { keys, ends } = this.#byBlock(blocks);
    const largest = ends.reduce((most, end, block) => Math.max(most, end - (ends[block - 1] ?? 0)), 0);
    let shape = fuseShape(largest);
    for (let attempt = 0; attempt <= LARGER_BLOCKS; attempt++) {
      const bytes = this.#encode(keys, ends, shape);
      if (bytes) return { bytes, blocks };
      shape = { ...shape, windows: shape.windows + Math.ceil(shape.windows / 8) };
    }
    return undefined;
  }

  #encode(keys: FuseKeys, ends: readonly number[], shape: FuseShape): Uint8Array | undefined {
    let filter: Uint8Array | undefined;
    for (const [block, end] of ends.entries()) {
      const built = buildWithSeed(keys, ends[block - 1] ?? 0, end, shape);
      if (!built) return undefined;
      const covered = this.#words.length;
      const header = { block, blocks: ends.length, rowGroups: this.#rowGroups, covered, seed: built.seed, shape };
      const bytes = encodeBlock(header, built.fuse);
      filter ??= new Uint8Array(bytes.length * ends.length);
      filter.set(bytes, bytes.length * block);
    }
    return filter;
  }

  /** All keys, those of a block side by side, and where each block's end: a counting sort. */
  #byBlock(blocks: number): { keys: FuseKeys; ends: number[] } {
    const ends = new Array<number>(blocks).fill(0);
    this.#eachKey((hash) => {
      const block = blockOf(hash, blocks);
      ends[block] = (ends[block] ?? 0) + 1;
    });
    let start = 0;
    for (const [block, count] of ends.entries()) {
      ends[block] = start;
      start += count;
    }
    const keys = { high: new Int32Array(this.#keys), low: new Int32Array(this.#keys) };
    this.#eachKey((hash, group) => {
      const block = blockOf(hash, blocks);
      const at = ends[block] ?? 0;
      keys.high[at] = hash;
      keys.low[at] = group;
      ends[block] = at + 1;
    });
    return { keys, ends };
  }

  #eachKey(use: (hash: number, group: number) => void): void {
    for (const [group, { all, first }] of this.#words.entries()) {
      for (const hash of all) use(hash, group);
      for (const hash of first) use(hash, ANY_GROUP);
    }
  }
}

function buildWithSeed(keys: FuseKeys, from: number, to: number, shape: FuseShape) {
  for (let seed = 0; seed < SEEDS; seed++) {
    const fuse = buildFuse(keys, from, to, shape, seed);
    if (fuse) return { fuse, seed };
  }
  return undefined;
}
