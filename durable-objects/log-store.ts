import { DurableObject } from "cloudflare:workers";
import type { Contribution } from "../core/clusters/digest.ts";
import { errorMessage, Log0Error } from "../core/errors.ts";
import { decodeEnvelope, type PackedSection } from "../core/wire/envelope.ts";
import type { AppendResult, HotLogs, Platform } from "../services/platform.ts";
import { scopeTo } from "../services/platform.ts";
import { blockIngest } from "../services/tenants/block-ingest.ts";
import { loadTenant } from "../services/tenants/load-tenant.ts";
import { tenantState } from "../services/tenants/tenant-state.ts";
import type { Env } from "../workers/env.ts";
import { platformOf } from "../workers/platform.ts";
import { StoreFeed } from "./live-tail/store-feed.ts";
import { Buffer } from "./log-store/buffer.ts";
import { Drain } from "./log-store/drain.ts";
import { Flush } from "./log-store/flush.ts";
import { UsagePush } from "./log-store/usage-push.ts";
import { heldIn, wipeStorage } from "./wipe.ts";

/** After a quiet time the windows are told at once; under load once a second, so that calls are shared by many lines. */
const DRAIN_DELAY_MS = 50;
const DRAIN_INTERVAL_MS = 1_000;

/** Retries of a failed drain or flush: 1, 2, 4 … 60 s. */
const MAX_RETRY_MS = 60_000;

/**
 * Raw bytes that the buffer takes while segments cannot be written. Compressed it is a tenth of that, far below an
 * object's 10 GB; what bounds it is how long a restart takes to read the undrained part.
 */
const MAX_BUFFER_BYTES = 1024 * 1024 * 1024;

/** How long ingest holds back after a store has said that it is full. */
const BLOCK_MS = 60_000;

/** The earliest of what is due (Unix ms); Infinity when nothing is. */
function earliest(...due: (number | undefined)[]): number {
  return Math.min(...due.map((at) => at ?? Number.POSITIVE_INFINITY));
}

/** The sequencer of one shard of a tenant: it makes storing exactly once, and feeds the windows. */
export class LogStore extends DurableObject<Env> {
  private readonly platform: Platform;
  private readonly drain: Drain;
  private readonly buffer: Buffer;
  private readonly flush: Flush;
  private readonly usage: UsagePush;
  private readonly live: StoreFeed;
  private alarmAt: number | null | undefined;
  private drainedAt = 0;
  private failures = 0;
  private saidFullAt = 0;
  private readonly maxBufferBytes = MAX_BUFFER_BYTES;
  private working: Promise<void> = Promise.resolve();
  /** Nothing is kept any more, until this object is evicted: what comes now was under way. */
  private wiped = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.platform = platformOf(env);
    this.drain = new Drain(ctx.storage);
    this.buffer = new Buffer(ctx.storage, this.drain.cursor);
    this.drain.recover(this.buffer);
    this.flush = new Flush(this.platform, ctx.storage, this.buffer, this.drain);
    this.usage = new UsagePush(this.drain);
    this.live = new StoreFeed(ctx, this.platform);
  }

  /**
   * Stores what is new of the envelopes, all of it or nothing.
   */
  async append(tenantId: string, shard: number, envelopes: Uint8Array[]): Promise<AppendResult> {
    if (this.buffer.rawBytes > this.maxBufferBytes) {
      await this.sayFull(tenantId);
      return { refused: envelopes.map(() => null), stored: 0, repeated: 0, duplicates: 0, full: true };
    }
    const { sections, refused } = this.open(tenantId, shard, envelopes);
    const asksDedup = sections.some((packed) => packed.section.dedup !== undefined);
    const minLevel = asksDedup ? (await this.tenant(tenantId)).settings.clusterMinLevel : "WARN";
    if (this.wiped) throw new Log0Error("not_found", "the tenant is deleted");
    const now = this.platform.now();
    if (this.ctx.storage.kv.get("target") === undefined) this.ctx.storage.kv.put("target", { tenantId, shard });
    const { stored, duplicates } = this.buffer.append({ tenantId, shard }, sections, minLevel, now);
    if (stored.length > 0) {
      const waiting = this.drain.apply(this.buffer.lastId, stored, now);
      this.schedule(now, waiting);
      this.live.tell({ tenantId, shard }, stored);
    }
    return { refused, stored: stored.length, repeated: sections.length - stored.length, duplicates, full: false };
  }

  /** What the buffer holds of [from, to), Unix ms. The caller inflates and filters it: reading never blocks storing. */
  hot(from: number, to: number): HotLogs {
    if (this.wiped) return { envelopes: [], flushedThrough: "" };
    return { envelopes: this.buffer.overlapping(from, to), flushedThrough: this.flush.flushedThrough };
  }

  /** Feeds the tenant's LiveTail object with what is stored from now on, for a time; 0 ends it. */
  watch(leaseMs: number): void {
    if (!this.wiped) this.live.watch(leaseMs);
  }

  /** Windows that it may have told something, those after a name in order, at most `limit`. */
  windows(after: string, limit: number): string[] {
    if (this.wiped) return [];
    const names = this.drain.windows.filter((name) => name > after);
    return names.sort().slice(0, limit);
  }

  /** Ends for good: its tenant is deleted. What the alarm has begun comes to its end first, or it would write again. */
  async wipe(): Promise<void> {
    this.wiped = true;
    await this.working.catch(() => undefined);
    await wipeStorage(this.ctx.storage);
  }

  held(): Promise<number> {
    return heldIn(this.ctx.storage);
  }

  override async alarm(): Promise<void> {
    this.working = this.work();
    await this.working;
  }

  private async work(): Promise<void> {
    this.alarmAt = null;
    const target = this.ctx.storage.kv.get<{ tenantId: string; shard: number }>("target");
    // A store of a tenant that is being deleted rests until it is wiped; while D1 does not answer, it goes on.
    if (target === undefined || this.wiped || (await this.isOver(target.tenantId))) return;
    const now = this.platform.now();
    try {
      const scope = scopeTo(this.platform, target.tenantId);
      // Windows that cannot be reached must not let the buffer grow: the flush has its turn all the same.
      const [drained] = await Promise.allSettled([
        this.drainNow(target.tenantId, target.shard, now),
        this.usage.run(scope, target.shard, now),
      ]);
      if ((this.flush.due(now) ?? Number.POSITIVE_INFINITY) <= now) {
        await this.flush.run(scope, target.shard);
      }
      if (drained.status === "rejected") throw drained.reason;
      this.failures = 0;
      this.scheduleNext(this.platform.now());
    } catch (error) {
      this.failures++;
      const delay = Math.min(MAX_RETRY_MS, 500 * 2 ** this.failures);
      console.error({ message: "log store alarm failed", error: errorMessage(error), retryInMs: delay });
      this.arm(this.platform.now() + delay);
    }
  }

  /** Tells ingest to hold back, and says so again while it lasts. */
  private async sayFull(tenantId: string): Promise<void> {
    const now = this.platform.now();
    this.schedule(now, false);
    if (now - this.saidFullAt < BLOCK_MS / 3) return;
    this.saidFullAt = now;
    await blockIngest(scopeTo(this.platform, tenantId), BLOCK_MS);
  }

  private open(tenantId: string, shard: number, envelopes: readonly Uint8Array[]) {
    const sections: PackedSection[] = [];
    const refused = envelopes.map((bytes) => {
      try {
        const envelope = decodeEnvelope(bytes);
        if (envelope.tenantId !== tenantId || envelope.shard !== shard) return "the envelope belongs to another store";
        sections.push(...envelope.sections);
        return null;
      } catch (error) {
        return errorMessage(error);
      }
    });
    return { sections, refused };
  }

  private async drainNow(tenantId: string, shard: number, now: number): Promise<void> {
    this.drainedAt = now;
    const { settings, shards } = await this.tenant(tenantId);
    const windowOf = (contribution: Contribution) =>
      this.env.CLUSTER_WINDOW.getByName(`${tenantId}:${contribution.fingerprint}:${contribution.environment}`);
    // Windows come first: a new pattern is news, an incident wakes people. One that cannot be told hides no news.
    const [told] = await Promise.allSettled([this.drain.run({ tenantId, shard, shards, settings }, now, windowOf)]);
    await this.drain.sightings.note(scopeTo(this.platform, tenantId), settings.newPatternAlerts);
    if (told.status === "rejected") throw told.reason;
  }

  private async isOver(tenantId: string): Promise<boolean> {
    return (await tenantState(scopeTo(this.platform, tenantId)).catch(() => undefined)) === "gone";
  }

  private tenant(tenantId: string) {
    return loadTenant(scopeTo(this.platform, tenantId));
  }

  /** Arms the alarm for what an append made due. While a failure waits for its retry, that stays. */
  private schedule(now: number, waiting: boolean): void {
    if (this.failures > 0 && this.alarmAt != null) return;
    const drainDue = waiting ? Math.max(now + DRAIN_DELAY_MS, this.drainedAt + DRAIN_INTERVAL_MS) : undefined;
    this.arm(earliest(this.flush.due(now), this.usage.due(), drainDue));
  }

  private scheduleNext(now: number): void {
    const due = earliest(this.flush.due(now), this.usage.due(), this.drain.nextDue());
    this.arm(Math.max(due, now + DRAIN_DELAY_MS));
  }

  /** Sets the one alarm, unless an earlier one stands. Each setting is a row written. */
  private arm(at: number): void {
    if (this.wiped || !Number.isFinite(at)) return;
    if (this.alarmAt != null && this.alarmAt <= at) return;
    this.alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }
}
