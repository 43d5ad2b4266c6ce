/**
 * The same text in memory of its own. Engines let a slice keep the whole string alive that it was cut from: one cached
 * line would hold a request body of megabytes.
 */
export function owned(text: string): string {
  return ` ${text}`.slice(1);
}

/**
 * A cache of strings that hostile input cannot blow up: two generations of a Map, bounded by the characters that they
 * hold. When the young one is full it becomes the old one and what was old is dropped; a hit in the old one is carried
 * over. That is a cheap LRU: no list to maintain, and a hit costs one lookup.
 */
export class BoundedCache<V> {
  private young = new Map<string, V>();
  private old = new Map<string, V>();
  private held = 0;
  private readonly capacity: number;

  /** @param capacity the characters of keys (and of what `set` is told that values weigh) in one of two generations. */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get(key: string): V | undefined {
    const hit = this.young.get(key);
    if (hit !== undefined) return hit;
    const aged = this.old.get(key);
    if (aged !== undefined) this.set(key, aged, key.length);
    return aged;
  }

  /** @param weight the characters that the value keeps alive, beside its key; its strings should be `owned`. */
  set(key: string, value: V, weight: number): void {
    // 64 stands for a Map entry's own cost, so that many tiny keys are bounded too.
    this.held += key.length + weight + 64;
    if (this.held > this.capacity) {
      this.old = this.young;
      this.young = new Map();
      this.held = key.length + weight + 64;
    }
    this.young.set(owned(key), value);
  }
}
