import { DurableObject } from "cloudflare:workers";
import { errorMessage } from "../core/errors.ts";
import { grantBytes, type Ledger, monthEnd, monthOf, settle } from "../core/limits/ledger.ts";
import { type Counter, grant, type Lease, type LeaseRequest } from "../core/limits/windows.ts";
import { storedBytes } from "../services/limits/stored-bytes.ts";
import { type Platform, scopeTo } from "../services/platform.ts";
import type { Env } from "../workers/env.ts";
import { platformOf } from "../workers/platform.ts";
import { heldIn, wipeStorage } from "./wipe.ts";

/** The month's ledger is compared with what was stored as often, while leases are asked for. */
const SETTLE_MS = 60 * 60_000;

/** And before a refusal, if that is longer ago: what isolates have lost comes back when it is needed. */
const SETTLE_REFUSED_MS = 60_000;

/** Counters of windows that are over are swept as often. */
const SWEEP_MS = 60 * 60_000;

/** Keys of what is stored: counters by name behind this prefix, and these two. */
const COUNTER = "counter:";
const LEDGER = "ledger";
const SWEEP_AT = "sweepAt";

/** Beyond that many counters those that are over are forgotten at once. */
const MANY = 1_000;

/**
 * Exact counters of one tenant (or of one address), which isolates lease parts of. What is granted is stored before the
 * answer leaves, so a restart grants nothing twice.
 */
export class Limits extends DurableObject<Env> {
  private readonly platform: Platform;
  private readonly counters = new Map<string, Counter>();
  private ledger: Ledger | undefined;
  private sweepAt: number | undefined;
  private triedAt = 0;
  /** Nothing is kept any more, until this object is evicted: what comes now was under way. */
  private wiped = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.platform = platformOf(env);
    const { kv } = ctx.storage;
    for (const [key, counter] of kv.list<Counter>({ prefix: COUNTER })) {
      this.counters.set(key.slice(COUNTER.length), counter);
    }
    this.ledger = kv.get<Ledger>(LEDGER);
    this.sweepAt = kv.get<number>(SWEEP_AT);
  }

  /** Grants a part of a counter: all that is wanted, less, or nothing. */
  lease(request: LeaseRequest): Lease {
    const now = this.platform.now();
    if (this.counters.size > MANY) this.forgetOver(now);
    const { counter, lease } = grant(this.counters.get(request.counter), request, now);
    this.counters.set(request.counter, counter);
    if (request.lasting && lease.granted > 0 && !this.wiped) {
      this.ctx.storage.kv.put(COUNTER + request.counter, counter);
      this.sweepLater(now);
    }
    return lease;
  }

  /**
   * Grants bytes of the tenant's month. Before it refuses, it looks what was really stored.
   * @param tenantId the tenant whose object this is
   */
  async leaseBytes(tenantId: string, request: Pick<LeaseRequest, "limit" | "want" | "atLeast">): Promise<Lease> {
    const lease = this.grantBytes(request);
    const age = this.platform.now() - Math.max(this.ledger?.settledAt ?? 0, this.triedAt);
    if (lease.granted > 0) {
      if (age >= SETTLE_MS) this.ctx.waitUntil(this.settle(tenantId));
      return lease;
    }
    if (age < SETTLE_REFUSED_MS) return lease;
    await this.settle(tenantId);
    return this.grantBytes(request);
  }

  private grantBytes(request: Pick<LeaseRequest, "limit" | "want" | "atLeast">): Lease {
    const now = this.platform.now();
    const { ledger, lease } = grantBytes(this.ledger, request, now);
    if (lease.granted > 0) {
      this.keep(ledger);
      this.sweepLater(now);
    }
    return lease;
  }

  private keep(ledger: Ledger): void {
    this.ledger = ledger;
    if (!this.wiped) this.ctx.storage.kv.put(LEDGER, ledger);
  }

  /** Compares the ledger with what was stored. Without D1 it stays as it is, and is tried again after a minute. */
  private async settle(tenantId: string): Promise<void> {
    const now = this.platform.now();
    const month = monthOf(now);
    this.triedAt = now;
    try {
      const stored = await storedBytes(scopeTo(this.platform, tenantId), month);
      this.keep(settle(this.ledger, stored, month, this.platform.now()));
    } catch (error) {
      this.triedAt = now - SETTLE_MS + SETTLE_REFUSED_MS;
      console.error({ message: "a month's ledger could not be settled", error: errorMessage(error) });
    }
  }

  private sweepLater(now: number): void {
    // One that is due at the month's end, for the ledger, is too far for a counter.
    const soon = this.sweepAt !== undefined && Math.abs(this.sweepAt - now) <= SWEEP_MS;
    if (this.wiped || soon) return;
    this.sweepAt = now + SWEEP_MS;
    this.ctx.storage.kv.put(SWEEP_AT, this.sweepAt);
    void this.ctx.storage.setAlarm(this.sweepAt);
  }

  private forgetOver(now: number): void {
    for (const [name, { endsAt }] of this.counters) if (endsAt <= now) this.counters.delete(name);
  }

  /** Removes counters that are over. An object that has nothing left stores nothing. */
  override async alarm(): Promise<void> {
    const { kv } = this.ctx.storage;
    const now = this.platform.now();
    this.forgetOver(now);
    for (const [key, { endsAt }] of kv.list<Counter>({ prefix: COUNTER })) if (endsAt <= now) kv.delete(key);
    if (this.ledger !== undefined && this.ledger.month < monthOf(now)) this.ledger = undefined;
    if (this.ledger === undefined && this.counters.size === 0) return await this.clear();
    this.sweepAt = this.counters.size === 0 ? monthEnd(now) : now + SWEEP_MS;
    kv.put(SWEEP_AT, this.sweepAt);
    await this.ctx.storage.setAlarm(this.sweepAt);
  }

  /** Forgets everything, for good: the tenant is deleted. */
  async wipe(): Promise<void> {
    this.wiped = true;
    await this.clear();
  }

  private async clear(): Promise<void> {
    this.counters.clear();
    this.ledger = undefined;
    this.sweepAt = undefined;
    await wipeStorage(this.ctx.storage);
  }

  held(): Promise<number> {
    return heldIn(this.ctx.storage);
  }
}
