/**
 * A set of 32-bit hashes in one typed array: a Set of as many numbers takes ten times the memory and time. Hashes are
 * signed, as JavaScript's bitwise operators give them: V8 keeps unsigned ones above 2^31 as floating-point numbers.
 */
export class HashSet {
  #slots: Int32Array;
  #size = 0;
  /** 0 marks an empty slot, so that the hash 0 has to be kept apart. */
  #hasZero = false;

  /** @param slots a power of two */
  constructor(slots = 1024) {
    this.#slots = new Int32Array(slots);
  }

  get size(): number {
    return this.#size;
  }

  /** @returns whether it was new */
  add(hash: number): boolean {
    if (hash === 0) {
      if (this.#hasZero) return false;
      this.#hasZero = true;
      this.#size++;
      return true;
    }
    const slots = this.#slots;
    const last = slots.length - 1;
    for (let at = (hash ^ (hash >>> 15)) & last; ; at = (at + 1) & last) {
      const there = slots[at];
      if (there === hash) return false;
      if (there === 0) {
        slots[at] = hash;
        if (++this.#size * 2 > slots.length) this.#grow();
        return true;
      }
    }
  }

  values(): Int32Array {
    const found = new Int32Array(this.#size);
    let count = this.#hasZero ? 1 : 0;
    for (const hash of this.#slots) if (hash !== 0) found[count++] = hash;
    return found;
  }

  /** Empties the set and keeps its room. */
  clear(): void {
    this.#slots.fill(0);
    this.#size = 0;
    this.#hasZero = false;
  }

  #grow(): void {
    const hashes = this.#slots;
    const slots = new Int32Array(hashes.length * 2);
    const last = slots.length - 1;
    for (const hash of hashes) {
      if (hash === 0) continue;
      let at = (hash ^ (hash >>> 15)) & last;
      while (slots[at] !== 0) at = (at + 1) & last;
      slots[at] = hash;
    }
    this.#slots = slots;
  }
}
