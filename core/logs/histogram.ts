import type { Level } from "../../schema/contracts/levels.ts";

/** Bucket lengths that read well on an axis, in ms: 1 s to 1 day. */
const NICE_BUCKETS_MS: readonly number[] = [
  1_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000,
  86_400_000,
];

/** Buckets that a chart asks for when it does not say: one every dozen pixels or so. */
const TARGET_BUCKETS = 60;

/** More buckets than this answer nobody's question. */
export const MAX_BUCKETS = 2_000;

export interface Bucket {
  /** Unix ms. */
  start: number;
  count: number;
  levels: Partial<Record<Level, number>>;
}

/** The shortest nice bucket that keeps a range (ms) near the target. */
export function autoBucket(rangeMs: number, least = 1_000): number {
  const wanted = rangeMs / TARGET_BUCKETS;
  const fitting = NICE_BUCKETS_MS.find((bucket) => bucket >= wanted && bucket >= least);
  return fitting ?? Math.ceil(wanted / 86_400_000) * 86_400_000;
}

/** Counts over time, in buckets aligned to the epoch; empty ones are there too, so that a chart shows gaps. */
export class Histogram {
  readonly from: number;
  readonly to: number;
  readonly bucketMs: number;
  private readonly buckets: Bucket[];

  /** Widens the range (Unix ms) to whole buckets. @throws RangeError above MAX_BUCKETS */
  constructor(from: number, to: number, bucketMs: number) {
    this.bucketMs = bucketMs;
    this.from = Math.floor(from / bucketMs) * bucketMs;
    this.to = Math.ceil(to / bucketMs) * bucketMs;
    const count = (this.to - this.from) / bucketMs;
    if (count > MAX_BUCKETS) throw new RangeError(`${count} buckets; at most ${MAX_BUCKETS}`);
    this.buckets = Array.from({ length: count }, (_, index) => ({
      start: this.from + index * bucketMs,
      count: 0,
      levels: {},
    }));
  }

  add(timestamp: number, level: Level, count: number): void {
    const bucket = this.buckets[Math.floor((timestamp - this.from) / this.bucketMs)];
    if (bucket === undefined) return;
    bucket.count += count;
    bucket.levels[level] = (bucket.levels[level] ?? 0) + count;
  }

  finish(): Bucket[] {
    return this.buckets;
  }
}
