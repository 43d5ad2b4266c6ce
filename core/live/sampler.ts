import { LIVE_LIMITS } from "./limits.ts";
import { TokenBucket } from "./token-bucket.ts";

/** What one socket is shown a second at most. */
export interface Rate {
  logs: number;
  bytes: number;
}

/** Each socket's part of what a tenant's sockets share. */
export function rateFor(sockets: number): Rate {
  const share = Math.floor(LIVE_LIMITS.sharedBytesPerSecond / Math.max(1, sockets));
  return {
    logs: LIVE_LIMITS.logsPerSecond,
    bytes: Math.max(LIVE_LIMITS.minBytesPerSecond, Math.min(LIVE_LIMITS.bytesPerSecond, share)),
  };
}

/** All items, or `count` of them at even distances, in order. */
export function evenly<T>(items: readonly T[], count: number): readonly T[] {
  if (count >= items.length) return items;
  return [...spread(count, items.length)].flatMap((index) => items.slice(index, index + 1));
}

/** `count` of `total` items at even distances, in order. Yields indexes. */
function* spread(count: number, total: number): Generator<number> {
  for (let n = 0; n < count; n++) yield Math.floor((n * total) / count);
}

/** Chooses what a socket is shown of what it matches, and keeps the account of it. */
export class Sampler {
  private readonly logs: TokenBucket;
  private readonly bytes: TokenBucket;
  private shown = 0;
  private matched = 0;

  /** @param now Unix ms */
  constructor(rate: Rate, now: number) {
    this.logs = new TokenBucket(rate.logs, now);
    this.bytes = new TokenBucket(rate.bytes, now);
  }

  /**
   * Takes all items where the rate allows it, else some at even distances.
   * @param sizeOf bytes of an item; asked only of those that may be taken
   */
  take<T>(items: readonly T[], sizeOf: (item: T) => number, rate: Rate, now: number): T[] {
    const allowed = Math.min(items.length, Math.floor(this.logs.available(rate.logs, now)));
    const taken: T[] = [];
    for (const index of spread(allowed, items.length)) {
      if (this.bytes.available(rate.bytes, now) <= 0) break;
      const item = items[index];
      if (item === undefined) break;
      this.bytes.spend(sizeOf(item));
      taken.push(item);
    }
    this.logs.spend(taken.length);
    this.shown += taken.length;
    this.matched += items.length;
    return taken;
  }

  /** Shown and matched since this was last asked, if those differ; forgets them. */
  notice(): { shown: number; matched: number } | undefined {
    const { shown, matched } = this;
    this.shown = 0;
    this.matched = 0;
    return shown < matched ? { shown, matched } : undefined;
  }
}
