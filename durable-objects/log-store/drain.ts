import { type Contribution, decodeDigest, keyOf } from "../../core/clusters/digest.ts";
import { type PendingState, PendingWindows } from "../../core/clusters/pending.ts";
import type { WindowSettings } from "../../core/clusters/window.ts";
import type { PackedSection } from "../../core/wire/envelope.ts";
import type { TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import type { Buffer } from "./buffer.ts";

/** Calls under way at once: enough to hide the round trip, few enough for an isolate's memory. */
const PARALLEL_CALLS = 24;

/** What is persisted before anything is sent: a repeat after a crash sends the same under the same number. */
interface DrainState {
  /** Newest buffer row that is counted in `pending` or `outstanding`. */
  cursor: number;
  sequence: number;
  outstanding: Contribution[];
  pending: PendingState;
  /** Events that came too late to page. */
  late: number;
}

/** The part of a ClusterWindow object that a drain calls. */
export interface WindowStub {
  /** Answers until when more counts change nothing (Unix ms; 0 when they may). */
  deliver(delivery: {
    tenantId: string;
    shard: number;
    sequence: number;
    contribution: Contribution;
    settings: WindowSettings;
  }): Promise<number>;
}

/** Feeds the windows from the buffer, each batch under a sequence number. */
export class Drain {
  private readonly storage: DurableObjectStorage;
  private readonly pending: PendingWindows;
  private state: DrainState;
  private appliedId: number;
  private running = false;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    this.state = storage.kv.get<DrainState>("drain") ?? {
      cursor: 0,
      sequence: 0,
      outstanding: [],
      pending: { held: [], sent: [] },
      late: 0,
    };
    this.pending = new PendingWindows(this.state.pending);
    this.appliedId = this.state.cursor;
  }

  /** Newest row that this object has ever counted. */
  get cursor(): number {
    return this.appliedId;
  }

  /** Counts what the buffer held when the object last stopped. */
  recover(buffer: Buffer): void {
    for (const { id, envelope } of buffer.after(this.state.cursor)) this.apply(id, envelope.sections);
  }

  /**
   * Counts stored sections. A digest that cannot be read is left out: the logs themselves are stored, and a window
   * that misses them is better than a store that stops.
   * @returns whether there is anything to tell
   */
  apply(rowId: number, sections: readonly PackedSection[]): boolean {
    this.appliedId = Math.max(this.appliedId, rowId);
    for (const { section, digest } of sections) {
      try {
        const { contributions, late } = decodeDigest(digest);
        this.state.late += late;
        for (const contribution of contributions) this.pending.add(contribution);
      } catch (error) {
        console.error({ message: "digest unreadable", chunkId: section.chunkId, error: String(error) });
      }
    }
    return !this.pending.isEmpty;
  }

  /** When something that is held back falls due (Unix ms). */
  nextDue(): number | undefined {
    return this.state.outstanding.length > 0 ? 0 : this.pending.nextDue();
  }

  /** Persists what has been counted, so that rows up to the cursor may be dropped. Runs inside the caller's transaction. */
  persist(): void {
    this.state = { ...this.state, cursor: this.appliedId, pending: this.pending.state() };
    this.storage.kv.put("drain", this.state);
  }

  /**
   * Tells the windows what is due.
   * @throws when a window could not be told; the next run repeats the batch under the same number
   */
  async run(
    target: { tenantId: string; shard: number; shards: number; settings: TenantSettings },
    now: number,
    windowOf: (contribution: Contribution) => WindowStub,
  ): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      if (this.state.outstanding.length > 0) await this.send(target, windowOf);
      const due = this.pending.take(now, target.settings, target.shards);
      if (due.length === 0) return;
      this.state = { ...this.state, sequence: this.state.sequence + 1, outstanding: due };
      this.persist();
      await this.send(target, windowOf);
    } finally {
      this.running = false;
    }
  }

  private async send(
    target: { tenantId: string; shard: number; settings: TenantSettings },
    windowOf: (contribution: Contribution) => WindowStub,
  ): Promise<void> {
    const { outstanding, sequence } = this.state;
    const { windowMs, threshold, thresholdBySeverity, updateIntervalMs } = target.settings;
    const settings = { windowMs, threshold, thresholdBySeverity, updateIntervalMs };
    for (let at = 0; at < outstanding.length; at += PARALLEL_CALLS) {
      const calls = outstanding.slice(at, at + PARALLEL_CALLS).map(async (contribution) => {
        const { tenantId, shard } = target;
        const quietUntil = await windowOf(contribution).deliver({ tenantId, shard, sequence, contribution, settings });
        this.pending.quiet(keyOf(contribution.environment, contribution.fingerprint), quietUntil);
      });
      const failed = (await Promise.allSettled(calls)).find((call) => call.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    }
    // In memory only: should this be lost, the batch goes out once more, and the windows know its number.
    this.state = { ...this.state, outstanding: [] };
  }
}
