/*
 * A binary fuse filter (Graf & Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters", 2022), 3-wise with 8-bit
 * fingerprints: a key's fingerprint is the XOR of three bytes, one in each of three neighbouring windows. A key that
 * was put in is always found; another is found with a probability of 1/256. About 9.9 bits a key at the sizes used here.
 */

/** Keys of 64 bits as two halves. */
export interface FuseKeys {
  readonly high: Int32Array;
  readonly low: Int32Array;
}

export interface FuseShape {
  /** Windows have 2^windowBits bytes. */
  windowBits: number;
  windows: number;
}

/** What {@link fuseShape} chooses at most: two offsets within windows and the rest of a hash are drawn from 32 bits. */
export const MAX_WINDOW_BITS = 11;

/**
 * A shape in which that many keys can be placed, with the first seed or one of the next. The paper's formulas are for
 * large filters; for 1,000 to 30,000 keys, windows half as large were measured to fill 1 to 3 % better.
 */
export function fuseShape(keys: number): FuseShape {
  const logarithm = Math.log(Math.max(keys, 2));
  const windowBits = Math.min(MAX_WINDOW_BITS, Math.floor(logarithm / Math.log(3.33) + 1.5));
  const bytesPerKey = Math.max(1.125, 0.875 + (0.25 * Math.log(1_000_000)) / logarithm);
  return { windowBits, windows: Math.max(3, Math.ceil((keys * bytesPerKey) / 2 ** windowBits)) };
}

export function fuseBytes({ windowBits, windows }: FuseShape): number {
  return windows << windowBits;
}

/** MurmurHash3's finalizer: one to one, and each bit of the result depends on all bits given. */
export function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** The halves of a key's hash. Both together are one to one for a given seed: different keys never hash alike. */
const firstHalf = (high: number, low: number, seed: number): number =>
  mix(high ^ mix(low + Math.imul(seed + 1, 0x9e37_79b1)));
const secondHalf = (high: number, first: number): number => mix(Math.imul(high, 0x85eb_ca77) + first);

const fingerprintOf = (first: number, second: number): number => (first ^ (second >>> 24)) & 0xff;

/** Where a key's three bytes are. The window is chosen by the high bits of one half, the places by the other. */
function placeIn({ windowBits, windows }: FuseShape): (first: number, second: number, nth: 0 | 1 | 2) => number {
  const size = 1 << windowBits;
  const starts = (windows - 2) * size;
  const within = size - 1;
  return (first, second, nth) => {
    const start = Math.floor((first * starts) / 2 ** 32);
    if (nth === 0) return start;
    return nth === 1 ? (start + size) ^ (second & within) : (start + 2 * size) ^ ((second >>> windowBits) & within);
  };
}

/** Whether a key may have been put in. */
export function fuseHas(bytes: Uint8Array, shape: FuseShape, seed: number, high: number, low: number): boolean {
  const first = firstHalf(high, low, seed);
  const second = secondHalf(high, first);
  const place = placeIn(shape);
  const at = (nth: 0 | 1 | 2): number => bytes[place(first, second, nth)] ?? 0;
  return (at(0) ^ at(1) ^ at(2)) === fingerprintOf(first, second);
}

/**
 * The filter of the keys from `from` to before `to`, which have to be distinct; undefined when they find no place with
 * this seed. Keys are peeled off: one that is alone at one of its places can be given its fingerprint there once all
 * others have theirs.
 */
export function buildFuse(
  { high, low }: FuseKeys,
  from: number,
  to: number,
  shape: FuseShape,
  seed: number,
): Uint8Array | undefined {
  const count = to - from;
  const bytes = new Uint8Array(fuseBytes(shape));
  const first = new Uint32Array(count);
  const second = new Uint32Array(count);
  const place = placeIn(shape);
  /** How many keys have a place, and the XOR of their numbers: of a single key, its number. */
  const keysAt = new Uint32Array(bytes.length);
  const numbersAt = new Uint32Array(bytes.length);
  const toggle = (at: number, key: number, change: 1 | -1): number => {
    numbersAt[at] = (numbersAt[at] ?? 0) ^ key;
    const left = (keysAt[at] ?? 0) + change;
    keysAt[at] = left;
    return left;
  };
  for (let key = 0; key < count; key++) {
    const half = firstHalf(high[from + key] ?? 0, low[from + key] ?? 0, seed);
    const other = secondHalf(high[from + key] ?? 0, half);
    first[key] = half;
    second[key] = other;
    for (const nth of NTH) toggle(place(half, other, nth), key, 1);
  }
  /** The keys in the order they were peeled, and where each was alone. */
  const peeled = new Uint32Array(count);
  const aloneAt = new Uint32Array(count);
  const candidates: number[] = [];
  for (let at = 0; at < bytes.length; at++) if (keysAt[at] === 1) candidates.push(at);
  let done = 0;
  for (let at = candidates.pop(); at !== undefined; at = candidates.pop()) {
    if (keysAt[at] !== 1) continue;
    const key = numbersAt[at] ?? 0;
    peeled[done] = key;
    aloneAt[done++] = at;
    for (const nth of NTH) {
      const other = place(first[key] ?? 0, second[key] ?? 0, nth);
      if (toggle(other, key, -1) === 1) candidates.push(other);
    }
  }
  if (done < count) return undefined;
  while (done-- > 0) {
    const key = peeled[done] ?? 0;
    const half = first[key] ?? 0;
    const other = second[key] ?? 0;
    // The place itself is still 0, so the XOR of all three is that of the other two.
    let value = fingerprintOf(half, other);
    for (const nth of NTH) value ^= bytes[place(half, other, nth)] ?? 0;
    bytes[aloneAt[done] ?? 0] = value;
  }
  return bytes;
}

const NTH = [0, 1, 2] as const;
