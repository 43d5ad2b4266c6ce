import type { Level } from "../../schema/contracts/levels.ts";
import { TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import { normalized } from "../events/events.fixtures.ts";
import { BASE_BUCKET_MS, type Contribution, digestEvents } from "./digest.ts";
import { SUB_BUCKETS } from "./window.ts";

export const tenantId = "0190b4a0-0000-7000-8000-000000000001";
export const minute = 60_000;

/** A whole hour: windows of every length begin here. Unix ms. */
export const base = Date.UTC(2026, 0, 5, 10);

/** The defaults, with what a test changes. */
export function settingsWith(changes: Partial<TenantSettings> = {}): TenantSettings {
  return { ...TenantSettings.parse({}), ...changes };
}

/** What events of one fingerprint at these times (Unix ms) add to its windows. */
export function contributionAt(times: readonly number[], fields: { level?: Level; key?: number } = {}): Contribution {
  const { level = "ERROR", key = 0 } = fields;
  const pattern = { template: "t", fingerprint: key.toString(16).padStart(64, "0"), exceptionType: "" };
  const events = times.map((timestamp) => normalized({ timestamp, level, pattern, message: `at ${timestamp}` }));
  const [contribution] = digestEvents(events, "DEBUG", Math.min(...times)).contributions;
  if (contribution === undefined) throw new RangeError("a contribution needs a time");
  return contribution;
}

/** Counts events as one would on paper: by sub-bucket, looking at every run. */
export class NaiveCounts {
  private readonly times: number[] = [];
  private readonly windowMs: number;
  private readonly threshold: number;

  constructor({ windowMs, threshold }: { windowMs: number; threshold: number }) {
    this.windowMs = windowMs;
    this.threshold = threshold;
  }

  add(times: readonly number[]): void {
    for (const time of times) this.times.push(Math.floor(time / BASE_BUCKET_MS) * BASE_BUCKET_MS);
  }

  /** Events of the tumbling window that begins there. */
  in(start: number): number {
    return this.times.filter((time) => time >= start && time < start + this.windowMs).length;
  }

  /** Starts of the windows in which a run of one window-length that reaches the threshold has its last event. */
  crossed(): number[] {
    const step = this.windowMs / SUB_BUCKETS;
    const found = new Set<number>();
    for (const time of this.times) {
      const end = (Math.floor(time / step) + 1) * step;
      const run = this.times.filter((other) => other >= end - this.windowMs && other < end);
      if (run.length >= this.threshold) found.add(Math.floor(time / this.windowMs) * this.windowMs);
    }
    return [...found].sort((a, b) => a - b);
  }
}
