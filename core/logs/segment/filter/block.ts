import { crc32 } from "node:zlib";
import { type FuseShape, fuseBytes, fuseHas, MAX_WINDOW_BITS, mix } from "./fuse.ts";

/** What the blocks of a filter have in common. */
export interface BlockHeader {
  block: number;
  blocks: number;
  /** Row groups in the segment. */
  rowGroups: number;
  /** Row groups whose words are in the filter: the first ones. Of the others, nothing is known. */
  covered: number;
  seed: number;
  shape: FuseShape;
}

/** Stands for the segment as a whole, beside the numbers of its row groups. */
export const ANY_GROUP = -1;

/** The block in which all of a word's keys are, so that a word takes one read. */
export function blockOf(hash: number, blocks: number): number {
  return Math.floor((mix(hash ^ 0x5bd1_e995) * blocks) / 2 ** 32);
}

/*
 * A block is eight little-endian integers of 32 bits (CRC-32 of all that follows; "LGF1"; its number; blocks; row
 * groups; those covered; seed; window bits) and its fuse filter. A filter that is read wrong hides rows that are there,
 * which is why a block is believed only when all of this fits.
 */
const HEADER_BYTES = 32;
const MAGIC = 0x3146_474c;

export function encodeBlock({ block, blocks, rowGroups, covered, seed, shape }: BlockHeader, fuse: Uint8Array) {
  const bytes = new Uint8Array(HEADER_BYTES + fuse.length);
  const view = new DataView(bytes.buffer);
  const header = [MAGIC, block, blocks, rowGroups, covered, seed, shape.windowBits];
  for (const [index, value] of header.entries()) view.setUint32(4 * (index + 1), value, true);
  bytes.set(fuse, HEADER_BYTES);
  view.setUint32(0, crc32(bytes.subarray(4)), true);
  return bytes;
}

/** A block as it was read. */
export class FilterBlock {
  readonly rowGroups: number;
  readonly #covered: number;
  readonly #seed: number;
  readonly #shape: FuseShape;
  readonly #fuse: Uint8Array;

  private constructor(header: BlockHeader, fuse: Uint8Array) {
    this.rowGroups = header.rowGroups;
    this.#covered = header.covered;
    this.#seed = header.seed;
    this.#shape = header.shape;
    this.#fuse = fuse;
  }

  /** Undefined when the bytes are not that block, whole and unchanged. */
  static parse(bytes: Uint8Array, block: number, blocks: number): FilterBlock | undefined {
    if (bytes.length < HEADER_BYTES) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const at = (index: number): number => view.getUint32(4 * index, true);
    if (at(0) !== crc32(bytes.subarray(4)) || at(1) !== MAGIC || at(2) !== block || at(3) !== blocks) return undefined;
    const windowBits = at(7);
    const windows = (bytes.length - HEADER_BYTES) / 2 ** windowBits;
    if (windowBits > MAX_WINDOW_BITS || windows < 3 || !Number.isInteger(windows)) return undefined;
    const shape = { windowBits, windows };
    return new FilterBlock(
      { block, blocks, rowGroups: at(4), covered: at(5), seed: at(6), shape },
      bytes.subarray(HEADER_BYTES, HEADER_BYTES + fuseBytes(shape)),
    );
  }

  /** Of each row group: 1 when it may hold the word, 0 when it surely does not. */
  groupsOf(hash: number): Uint8Array {
    const groups = new Uint8Array(this.rowGroups).fill(1);
    const inSegment = this.#has(hash, ANY_GROUP);
    for (let group = 0; group < this.#covered; group++) groups[group] = inSegment && this.#has(hash, group) ? 1 : 0;
    return groups;
  }

  #has(hash: number, group: number): boolean {
    return fuseHas(this.#fuse, this.#shape, this.#seed, hash, group);
  }
}
