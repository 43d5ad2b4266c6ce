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

/** Where a key's byte in the first window is: the high bits of a half choose. The others are in the two that follow. */
const startOf = (first: number, { windowBits, windows }: FuseShape): number =>
  Math.floor((first * ((windows - 2) << windowBits)) / 2 ** 32);
const secondPlace = (start: number, second: number, windowBits: number): number =>
  (start + (1 << windowBits)) ^ (second & ((1 << windowBits) - 1));
const thirdPlace = (start: number, second: number, windowBits: number): number =>
  (start + (2 << windowBits)) ^ ((second >>> windowBits) & ((1 << windowBits) - 1));

/** Whether a key may have been put in. */
export function fuseHas(bytes: Uint8Array, shape: FuseShape, seed: number, high: number, low: number): boolean {
  const first = firstHalf(high, low, seed);
  const second = secondHalf(high, first);
  const start = startOf(first, shape);
  const a = bytes[start] ?? 0;
  const b = bytes[secondPlace(start, second, shape.windowBits)] ?? 0;
  const c = bytes[thirdPlace(start, second, shape.windowBits)] ?? 0;
  return (a ^ b ^ c) === fingerprintOf(first, second);
}

/**
 * The filter of the keys from `from` to before `to`, which have to be distinct; undefined when they find no place with
 * this seed. Keys are peeled off: one that is alone at one of its places can be given its fingerprint there once all
 * others have theirs.
 */
export function buildFuse(
  keys: FuseKeys,
  from: number,
  to: number,
  shape: FuseShape,
  seed: number,
): Uint8Array | undefined {
  const count = to - from;
  const { places, fingerprints } = hashKeys(keys, from, to, shape, seed);
  const peeled = peel(places, count, fuseBytes(shape));
  if (!peeled) return undefined;
  const bytes = new Uint8Array(fuseBytes(shape));
  for (let i = count - 1; i >= 0; i--) {
    const key = peeled.keys[i] ?? 0;
    const at = peeled.aloneAt[i] ?? 0;
    const a = bytes[places[3 * key] ?? 0] ?? 0;
    const b = bytes[places[3 * key + 1] ?? 0] ?? 0;
    const c = bytes[places[3 * key + 2] ?? 0] ?? 0;
    // The byte itself is still 0, so the XOR of all three is that of the other two.
    bytes[at] = (fingerprints[key] ?? 0) ^ a ^ b ^ c;
  }
  return bytes;
}

/** The three places of each key, side by side, and its fingerprint. */
function hashKeys({ high, low }: FuseKeys, from: number, to: number, shape: FuseShape, seed: number) {
  const places = new Uint32Array(3 * (to - from));
  const fingerprints = new Uint8Array(to - from);
  for (let key = 0; key < to - from; key++) {
    const half = high[from + key] ?? 0;
    const first = firstHalf(half, low[from + key] ?? 0, seed);
    const second = secondHalf(half, first);
    const start = startOf(first, shape);
    places[3 * key] = start;
    places[3 * key + 1] = secondPlace(start, second, shape.windowBits);
    places[3 * key + 2] = thirdPlace(start, second, shape.windowBits);
    fingerprints[key] = fingerprintOf(first, second);
  }
  return { places, fingerprints };
}

/** The keys in an order in which each is alone at one of its places once those before it are gone, and that place. */
function peel(places: Uint32Array, count: number, size: number) {
  /** How many keys have a place, and the XOR of their numbers: of a single key, its number. */
  const keysAt = new Uint32Array(size);
  const numbersAt = new Uint32Array(size);
  for (let i = 0; i < places.length; i++) {
    const at = places[i] ?? 0;
    keysAt[at] = (keysAt[at] ?? 0) + 1;
    numbersAt[at] = (numbersAt[at] ?? 0) ^ Math.floor(i / 3);
  }
  const keys = new Uint32Array(count);
  const aloneAt = new Uint32Array(count);
  /** Places where one key was left; a place gets there once at most. */
  const alone = new Uint32Array(size);
  let waiting = 0;
  for (let at = 0; at < size; at++) if (keysAt[at] === 1) alone[waiting++] = at;
  let done = 0;
  while (waiting > 0) {
    const at = alone[--waiting] ?? 0;
    if (keysAt[at] !== 1) continue;
    const key = numbersAt[at] ?? 0;
    keys[done] = key;
    aloneAt[done++] = at;
    for (let i = 3 * key; i < 3 * key + 3; i++) {
      const place = places[i] ?? 0;
      const left = (keysAt[place] ?? 0) - 1;
      keysAt[place] = left;
      numbersAt[place] = (numbersAt[place] ?? 0) ^ key;
      if (left === 1) alone[waiting++] = place;
    }
  }
  return done === count ? { keys, aloneAt } : undefined;
}
