import * as z from "zod";
import { Contribution, decodeDigest, keyOf } from "../../core/clusters/digest.ts";
import { contributionSize, MAX_DUE_CHARACTERS, PendingState, PendingWindows } from "../../core/clusters/pending.ts";
import type { WindowSettings } from "../../core/clusters/window.ts";
import { NO_USAGE, UsageCounter, UsageState } from "../../core/usage/counter.ts";
import { packJson, unpackJson } from "../../core/wire/compression.ts";
import type { PackedSection } from "../../core/wire/envelope.ts";
import type { TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import type { Buffer } from "./buffer.ts";
import { Sightings } from "./sightings.ts";

/** Calls under way at once: enough to hide the round trip, few enough for an isolate's memory. */
const PARALLEL_CALLS = 24;

/** Bytes of the persisted state: a value may have 2 MB. */
const MAX_STATE_BYTES = 1_900_000;

/** A part of a batch that a window has not confirmed. */
const Outstanding = z.object({ sequence: z.int(), contribution: Contribution });
type Outstanding = z.infer<typeof Outstanding>;

/** Whose windows are told, and by which rules. */
interface DrainTarget {
  tenantId: string;
  shard: number;
  shards: number;
  settings: TenantSettings;
}

/** What is persisted before anything is sent: a repeat after a crash sends the same under the same number. */
const DrainState = z.object({
  /** Newest buffer row that is counted in `pending` or `outstanding`. */
  cursor: z.int(),
  sequence: z.int(),
  outstanding: z.array(Outstanding),
  pending: PendingState,
  /** Events that came too late to page. */
  late: z.int(),
  /** Of the rows up to the cursor. */
  usage: UsageState.default(NO_USAGE),
});
type DrainState = z.infer<typeof DrainState>;

const EMPTY: DrainState = {
  cursor: 0,
  sequence: 0,
  outstanding: [],
  pending: { held: [], sent: [], blindUntil: 0 },
  late: 0,
  usage: NO_USAGE,
};

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
  readonly sightings = new Sightings();
  readonly usage: UsageCounter;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    const kept = storage.kv.get<Uint8Array>("drain");
    this.state = kept === undefined ? EMPTY : DrainState.parse(unpackJson(kept));
    this.pending = new PendingWindows(this.state.pending);
    this.usage = new UsageCounter(this.state.usage);
    this.appliedId = this.state.cursor;
  }

  /** Newest row that this object has ever counted. */
  get cursor(): number {
    return this.appliedId;
  }

  /** Counts what the buffer held when the object last stopped. */
  recover(buffer: Buffer): void {
    for (const { id, storedAt, envelope } of buffer.after(this.state.cursor)) {
      this.apply(id, envelope.sections, storedAt);
    }
  }

  /**
   * Counts stored sections. A digest that cannot be read is left out: the logs themselves are stored, and a window
   * that misses them is better than a store that stops.
   * @param storedAt Unix ms
   * @returns whether there is anything to tell
   */
  apply(rowId: number, sections: readonly PackedSection[], storedAt: number): boolean {
    this.appliedId = Math.max(this.appliedId, rowId);
    for (const { section, digest } of sections) {
      this.usage.add(section, storedAt);
      try {
        const { contributions, late } = decodeDigest(digest);
        this.state.late += late;
        for (const contribution of contributions) {
          this.pending.add(contribution);
          this.sightings.see(contribution);
        }
      } catch (error) {
        console.error({ message: "digest unreadable", chunkId: section.chunkId, error: String(error) });
      }
    }
    return !this.pending.isEmpty || !this.sightings.isEmpty;
  }

  /** Windows (`keyOf`) that may hold something of this store's telling, as far as it is remembered. */
  get windows(): string[] {
    return [
      ...new Set([...this.pending.keys, ...this.state.outstanding.map(({ contribution }) => nameOf(contribution))]),
    ];
  }

  /** When something that is held back falls due (Unix ms). */
  nextDue(): number | undefined {
    return this.state.outstanding.length > 0 || !this.sightings.isEmpty ? 0 : this.pending.nextDue();
  }

  /** Persists what has been counted, so that rows up to the cursor may be dropped. Runs inside the caller's transaction. */
  persist(): void {
    const usage = this.usage.state();
    this.state = { ...this.state, cursor: this.appliedId, pending: this.pending.state(), usage };
    // Compressed, because as it is the value could come near the 2 MB that a row may have. What will not compress
    // (samples of random characters) is left out.
    let packed = packJson(this.state);
    if (packed.byteLength > MAX_STATE_BYTES) packed = packJson({ ...this.state, pending: this.pending.state(0) });
    this.storage.kv.put("drain", packed);
  }

  /**
   * Tells the windows what is due. One that cannot be told keeps no other from hearing: its part stays outstanding,
   * under its number, and what comes after it for the same window waits.
   * @throws when a window could not be told; the next run repeats its part
   */
  async run(target: DrainTarget, now: number, windowOf: (contribution: Contribution) => WindowStub): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      const failures = await this.send(target, windowOf);
      for (let due = this.takeDue(target, now); due.length > 0; due = this.takeDue(target, now)) {
        const sequence = this.state.sequence + 1;
        const begun = due.map((contribution) => ({ sequence, contribution }));
        this.state = { ...this.state, sequence, outstanding: [...this.state.outstanding, ...begun] };
        this.persist();
        failures.push(...(await this.send(target, windowOf, sequence)));
      }
      if (failures.length > 0) throw failures[0];
    } finally {
      this.running = false;
    }
  }

  /** What is due of windows that are not behind, as far as there is room for it beside what is outstanding. */
  private takeDue(target: DrainTarget, now: number): Contribution[] {
    const behind = new Set(this.state.outstanding.map(({ contribution }) => nameOf(contribution)));
    const waiting = this.state.outstanding.reduce((sum, { contribution }) => sum + contributionSize(contribution), 0);
    const room = MAX_DUE_CHARACTERS - waiting;
    return this.pending.take(now, target.settings, target.shards, room).filter((contribution) => {
      if (!behind.has(nameOf(contribution))) return true;
      this.pending.add(contribution);
      return false;
    });
  }

  /** @returns what went wrong. @param only the batch to send; all when undefined */
  private async send(
    target: DrainTarget,
    windowOf: (contribution: Contribution) => WindowStub,
    only?: number,
  ): Promise<unknown[]> {
    const { windowMs, threshold, thresholdBySeverity, updateIntervalMs } = target.settings;
    const settings = { windowMs, threshold, thresholdBySeverity, updateIntervalMs };
    const { tenantId, shard } = target;
    const batch = this.state.outstanding.filter(({ sequence }) => only === undefined || sequence === only);
    const told = new Set<Outstanding>();
    const failures: unknown[] = [];
    for (let at = 0; at < batch.length; at += PARALLEL_CALLS) {
      await Promise.all(
        batch.slice(at, at + PARALLEL_CALLS).map(async (part) => {
          const { sequence, contribution } = part;
          try {
            const until = await windowOf(contribution).deliver({ tenantId, shard, sequence, contribution, settings });
            this.pending.quiet(nameOf(contribution), until);
            told.add(part);
          } catch (error) {
            failures.push(error);
          }
        }),
      );
    }
    // In memory only: should this be lost, the parts go out once more, and the windows know their numbers.
    this.state = { ...this.state, outstanding: this.state.outstanding.filter((part) => !told.has(part)) };
    return failures;
  }
}

function nameOf(contribution: Contribution): string {
  return keyOf(contribution.environment, contribution.fingerprint);
}
