import * as z from "zod";
import type { TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import { severityOf } from "../events/level.ts";
import { Contribution, keyOf, MAX_LATENESS_MS, mergeContribution } from "./digest.ts";
import { thresholdOf } from "./window.ts";

/**
 * Bounds of what is held back, and of what is told at once: together they are persisted as one value, which the
 * platform limits to 2 MB. Beyond the first two the rest is sent: it costs calls, never correctness. Characters are
 * those of samples and templates.
 */
const MAX_HELD_KEYS = 2_000;
const MAX_HELD_CHARACTERS = 1_000_000;
export const MAX_DUE_CHARACTERS = 600_000;

/** Keys in memory while no window can be told. Beyond it new keys go uncounted: their logs are stored all the same. */
const MAX_WAITING_KEYS = 20_000;

/** Keys whose telling is remembered. Beyond it all are forgotten, and for a while everything is told. */
const MAX_SENT_KEYS = 4_000;

const Sent = z.object({
  /** Start of the newest bucket that the window object has. */
  newestBucket: z.int(),
  /** Until then more counts change nothing (Unix ms): the window has spoken and waits for its next turn. */
  quietUntil: z.int(),
});

export const PendingState = z.object({
  held: z.array(Contribution),
  sent: z.array(z.tuple([z.string(), Sent])),
  /** Until then it is not known what the windows have (Unix ms), so nothing is held back. */
  blindUntil: z.int(),
});
export type PendingState = z.infer<typeof PendingState>;

function newestBucket(contribution: Contribution): number {
  return contribution.buckets.reduce((newest, [start]) => Math.max(newest, start), 0);
}

/** Characters that a contribution takes when it is persisted. */
export function contributionSize(contribution: Contribution): number {
  const samples = contribution.messages.reduce((sum, message) => sum + message.length, 0);
  const traceIds = (contribution.traceIds ?? []).reduce((sum, id) => sum + id.length + 3, 0);
  return 300 + contribution.template.length + samples + (contribution.trace?.length ?? 0) + traceIds;
}

/** A contribution without its samples: what is persisted where there is no room for them. */
function withoutSamples(contribution: Contribution): Contribution {
  const { trace: _trace, traceIds: _traceIds, ...rest } = contribution;
  return { ...rest, messages: [] };
}

/**
 * What a LogStore shard has counted and not yet told the windows.
 *
 * A key is held back while telling could change nothing: when the tenant has but this shard, the counts do not reach
 * the threshold and the window object has nothing recent of the key; or when the object has said that it is quiet. So
 * the long tail of rare fingerprints costs no call.
 */
export class PendingWindows {
  private readonly held = new Map<string, Contribution>();
  private readonly sent = new Map<string, z.infer<typeof Sent>>();
  private blindUntil: number;

  constructor(state?: PendingState) {
    for (const contribution of state?.held ?? []) this.add(contribution);
    for (const [key, sent] of state?.sent ?? []) this.sent.set(key, sent);
    this.blindUntil = state?.blindUntil ?? 0;
  }

  get isEmpty(): boolean {
    return this.held.size === 0;
  }

  add(contribution: Contribution): void {
    const key = keyOf(contribution.environment, contribution.fingerprint);
    const known = this.held.get(key);
    if (known !== undefined) mergeContribution(known, contribution);
    else if (this.held.size < MAX_WAITING_KEYS) this.held.set(key, structuredClone(contribution));
  }

  /**
   * Takes what has to be told now, at most `room` characters of it; the rest has its turn in the next call. Forgets
   * what is too old to matter.
   */
  take(now: number, settings: TenantSettings, shards: number, room = MAX_DUE_CHARACTERS): Contribution[] {
    this.forget(now, settings.windowMs);
    const due: Contribution[] = [];
    let size = 0;
    let heldSize = 0;
    let heldKeys = 0;
    for (const [key, contribution] of this.held) {
      const own = contributionSize(contribution);
      const fits = heldKeys < MAX_HELD_KEYS && heldSize + own <= MAX_HELD_CHARACTERS;
      const waits = this.mayWait(key, contribution, now, settings, shards);
      if (waits) this.endQuiet(key, now);
      if ((waits && fits) || size + own > room) {
        heldSize += own;
        heldKeys++;
        continue;
      }
      due.push(this.release(key, contribution));
      size += own;
    }
    this.boundSent(now, settings);
    return due;
  }

  /** A quiet time that has passed is no deadline any more. */
  private endQuiet(key: string, now: number): void {
    const sent = this.sent.get(key);
    if (sent !== undefined && sent.quietUntil <= now) sent.quietUntil = 0;
  }

  private boundSent(now: number, settings: TenantSettings): void {
    if (this.sent.size <= MAX_SENT_KEYS) return;
    this.sent.clear();
    this.blindUntil = now + MAX_LATENESS_MS + 2 * settings.windowMs;
  }

  private release(key: string, contribution: Contribution): Contribution {
    const sent = this.sent.get(key);
    this.held.delete(key);
    this.sent.set(key, {
      newestBucket: Math.max(newestBucket(contribution), sent?.newestBucket ?? 0),
      quietUntil: sent?.quietUntil ?? 0,
    });
    return contribution;
  }

  /** Keys that were told lately, or wait to be. */
  get keys(): string[] {
    return [...new Set([...this.sent.keys(), ...this.held.keys()])];
  }

  /** Notes what a window object answered. */
  quiet(key: string, until: number): void {
    const sent = this.sent.get(key);
    if (sent !== undefined) sent.quietUntil = until;
  }

  /** When something held because of a quiet window falls due; undefined when nothing is. */
  nextDue(): number | undefined {
    let next: number | undefined;
    for (const key of this.held.keys()) {
      const until = this.sent.get(key)?.quietUntil ?? 0;
      if (until > 0) next = Math.min(next ?? until, until);
    }
    return next;
  }

  /** @param room characters that samples may take; without any, counts are kept all the same */
  state(room = MAX_HELD_CHARACTERS): PendingState {
    let size = 0;
    const held = [...this.held.values()].slice(0, 2 * MAX_HELD_KEYS).map((contribution) => {
      size += contributionSize(contribution);
      return size <= room ? contribution : withoutSamples(contribution);
    });
    return { held, sent: [...this.sent], blindUntil: this.blindUntil };
  }

  private mayWait(
    key: string,
    contribution: Contribution,
    now: number,
    settings: TenantSettings,
    shards: number,
  ): boolean {
    const sent = this.sent.get(key);
    if (sent !== undefined && now < sent.quietUntil) return true;
    // Of another shard's counts this one knows nothing: together with them any count could be the one that crosses.
    if (shards > 1 || (sent === undefined && now < this.blindUntil)) return false;
    // Whatever the object has within two windows of these counts could add up with them to a crossing.
    const oldest = contribution.buckets.reduce((least, [start]) => Math.min(least, start), Number.POSITIVE_INFINITY);
    if (sent !== undefined && oldest < sent.newestBucket + 2 * settings.windowMs) return false;
    const total = contribution.buckets.reduce((sum, [, amount]) => sum + amount, 0);
    return total < thresholdOf(settings, severityOf(contribution.level));
  }

  private forget(now: number, windowMs: number): void {
    // No event that still counts can come to lie in one window with counts as old as these.
    const horizon = now - MAX_LATENESS_MS - 2 * windowMs;
    for (const [key, contribution] of this.held) {
      if (newestBucket(contribution) < horizon && (this.sent.get(key)?.quietUntil ?? 0) <= now) this.held.delete(key);
    }
    for (const [key, sent] of this.sent) {
      if (sent.newestBucket < horizon && !this.held.has(key)) this.sent.delete(key);
    }
  }
}
