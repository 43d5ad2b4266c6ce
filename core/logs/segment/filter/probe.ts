import { tokenize } from "../../query/words.ts";
import { type MeteredFile, runs } from "../file.ts";
import type { SegmentQuery } from "../query.ts";
import { blockOf, FilterBlock } from "./block.ts";
import type { SegmentFilter } from "./location.ts";
import { hashFingerprint, hashWord } from "./words.ts";

/** Of each row group: 1 when it may hold what is wanted, 0 when it surely does not. */
type Groups = Uint8Array;

/** What a row group has to hold: all hashes of one of the alternatives. */
interface Condition {
  /** At least one, of at least one hash. */
  alternatives: readonly (readonly number[])[];
  /** Of the longest word, in UTF-16 units: a long word is a rare one. */
  length: number;
}

/** What the filter can tell of a query, the most selective first. */
export function conditionsOf({ words = [], traceIds, fingerprints }: SegmentQuery): Condition[] {
  const conditions: Condition[] = words.flatMap(tokenize).map((word) => ({
    alternatives: [[hashWord(word)]],
    length: word.length,
  }));
  if (fingerprints?.length) {
    conditions.push({ alternatives: fingerprints.map((text) => [hashFingerprint(text)]), length: 64 });
  }
  const ids = traceIds?.map(tokenize);
  // An id without a word (too short, or only signs) is not in the filter: then any row group may hold one of them.
  if (ids?.length && ids.every((id) => id.length > 0)) {
    const length = Math.min(...ids.map((id) => Math.max(...id.map((word) => word.length))));
    conditions.push({ alternatives: ids.map((id) => id.map(hashWord)), length });
  }
  return conditions.sort((a, b) => b.length - a.length);
}

/**
 * Asks a segment's filter. The most selective condition alone is asked first, in one read as a rule; if it leaves any
 * row group, all others are asked together. Adds to `damagedFilterBlocks` what could not be used.
 *
 * @returns undefined when the filter tells nothing
 */
export async function probe(
  file: MeteredFile,
  filter: SegmentFilter,
  conditions: readonly Condition[],
  read: { damagedFilterBlocks: number },
): Promise<Groups | undefined> {
  const [first, ...rest] = conditions;
  if (!first) return undefined;
  const reader = new FilterReader(file, filter);
  let groups: Groups | undefined;
  for (const stage of [[first], rest]) {
    if (stage.length === 0 || groups?.every((may) => may === 0)) break;
    read.damagedFilterBlocks += await reader.load(stage);
    for (const condition of stage) groups = both(groups, reader.groupsOf(condition));
  }
  return groups;
}

class FilterReader {
  readonly #file: MeteredFile;
  readonly #filter: SegmentFilter;
  readonly #blockBytes: number;
  /** The blocks that were read; undefined when damaged. */
  readonly #blocks = new Map<number, FilterBlock | undefined>();

  constructor(file: MeteredFile, filter: SegmentFilter) {
    this.#file = file;
    this.#filter = filter;
    this.#blockBytes = filter.length / filter.blocks;
  }

  /** Reads the blocks that conditions ask. @returns how many are damaged */
  async load(conditions: readonly Condition[]): Promise<number> {
    const { offset, blocks } = this.#filter;
    const hashes = conditions.flatMap(({ alternatives }) => alternatives.flat());
    const wanted = [...new Set(hashes.map((hash) => blockOf(hash, blocks)))].filter(
      (block) => !this.#blocks.has(block),
    );
    const rangeOf = (block: number) => ({
      start: offset + block * this.#blockBytes,
      end: offset + (block + 1) * this.#blockBytes,
    });
    const fetched = runs(
      wanted.sort((a, b) => a - b),
      rangeOf,
    ).map(async ({ start, end, pieces }) => {
      const bytes = new Uint8Array(await this.#file.slice(start, end));
      for (const block of pieces) {
        const at = rangeOf(block).start - start;
        this.#blocks.set(block, FilterBlock.parse(bytes.subarray(at, at + this.#blockBytes), block, blocks));
      }
    });
    await Promise.all(fetched);
    return wanted.filter((block) => this.#blocks.get(block) === undefined).length;
  }

  /** Undefined when a block that it takes is damaged. */
  groupsOf({ alternatives }: Condition): Groups | undefined {
    const found: Groups[] = [];
    for (const hashes of alternatives) {
      const all = hashes
        .map((hash) => this.#blocks.get(blockOf(hash, this.#filter.blocks))?.groupsOf(hash))
        .reduce(both);
      if (!all) return undefined;
      found.push(all);
    }
    const [first, ...rest] = found;
    return first?.map((may, group) => (may === 1 || rest.some((other) => other[group] !== 0) ? 1 : 0));
  }
}

/** What both leave; one that tells nothing leaves everything. */
function both(a: Groups | undefined, b: Groups | undefined): Groups | undefined {
  if (!a || !b) return a ?? b;
  return a.map((may, group) => (may === 1 && b[group] !== 0 ? 1 : 0));
}
