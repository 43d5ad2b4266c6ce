import { errorMessage, Log0Error } from "../../core/errors.ts";
import type { Lease, LeaseRequest } from "../../core/limits/windows.ts";
import { TtlCache } from "../../core/ttl-cache.ts";

/** What this isolate holds of a counter. */
export interface Held {
  limit: number;
  /** What it may still spend. */
  left: number;
  /** What the object said is left beside it. */
  remaining: number;
  /** Unix ms: the window's end. */
  resetAt: number;
  /** Unix ms: what is left is worthless from then on. */
  until: number;
  /** What was spent in this window. */
  used: number;
  /** What it last asked for, in this window. */
  asked: number;
  /** A request that does not fit into `left + remaining` need not ask again until then. */
  refusedUntil: number;
  /** Somebody asks at this moment. A plain flag: nobody may await another request's promise. */
  asking: boolean;
}

/** A counter as an isolate uses it. */
export interface Counter {
  /** Of this isolate's memory; the object's name is part of it. */
  key: string;
  limit: number;
  /** Unix ms at which the window around `now` ends. */
  endOf(now: number): number;
  /** What may be spent in each window without asking. */
  free: number;
  /** How much to ask for beyond what is needed. */
  want(held: Held): number;
  ask(request: Pick<LeaseRequest, "limit" | "want" | "atLeast">): Promise<Lease>;
  /** A lease is worthless after that many ms, even if its window goes on. */
  lifeMs: number;
  /** What the isolate gives itself, until when, while the object does not answer. */
  standIn(held: Held, now: number): Pick<Held, "left" | "until">;
}

export interface Taken {
  ok: boolean;
  /** What this isolate may promise: its lease, and what the object said was left. */
  remaining: number;
  resetAt: number;
}

/** Followers look whether the asker has its answer. */
const LOOK_MS = 2;

/** The asker may have been cancelled: after that many looks a follower asks for itself. */
const MAX_LOOKS = 250;

/** Others may spend what a request has asked for; it asks again, but not for ever. */
const MAX_ASKS = 5;

/** The object gets as long to answer, in ms. */
const PATIENCE_MS = 1_500;

/** After a refusal this isolate does not ask again for as long; a window's end comes before that, or the quota grows. */
const REFUSED_MS = 10_000;

/** Counters remembered; beyond it the oldest leases are lost. */
const MAX_COUNTERS = 10_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Log0Error("unavailable", "no answer in time")), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The leases that an isolate holds. */
export class Leases {
  // Counters come back all the time: those that do not are the ones that go.
  private readonly known = new TtlCache<Held>(Number.POSITIVE_INFINITY, MAX_COUNTERS);

  /**
   * Spends an amount whole, or nothing. Requests that come while another one asks wait for it with plain looks.
   * @param clock Unix ms
   */
  async take(counter: Counter, amount: number, clock: () => number): Promise<Taken> {
    let asks = 0;
    for (let look = 0; ; look++) {
      const now = clock();
      const held = this.heldOf(counter, now);
      if (held.left >= amount) return spend(held, amount);
      const fits = amount <= held.left + held.remaining;
      if ((!fits && now < held.refusedUntil) || asks === MAX_ASKS) return refuse(held);
      if (held.asking && look < MAX_LOOKS) {
        await sleep(LOOK_MS);
        continue;
      }
      asks++;
      await ask(counter, held, amount, now);
      if (held.left >= amount) return spend(held, amount);
    }
  }

  private heldOf(counter: Counter, now: number): Held {
    let held = this.known.get(counter.key, now);
    if (held === undefined || held.limit !== counter.limit) {
      held = newHeld(counter, now);
      this.known.set(counter.key, held, now);
    }
    if (now >= held.resetAt) {
      // What the last window needed is what the next one begins by asking for.
      Object.assign(held, { ...newHeld(counter, now), asked: held.used, asking: held.asking });
    } else if (now >= held.until) held.left = 0;
    return held;
  }
}

/** Adds a lease to what is held, or what stands in for one. */
async function ask(counter: Counter, held: Held, amount: number, now: number): Promise<void> {
  const atLeast = amount - held.left;
  const want = Math.max(atLeast, counter.want(held));
  held.asking = true;
  held.asked = want;
  try {
    const lease = await inTime(counter.ask({ limit: counter.limit, want, atLeast }));
    if (lease.resetAt !== held.resetAt) Object.assign(held, { left: 0, used: 0, resetAt: lease.resetAt });
    held.left += lease.granted;
    held.remaining = lease.remaining;
    if (lease.granted > 0) held.until = now + counter.lifeMs;
    else held.refusedUntil = Math.min(lease.resetAt, now + REFUSED_MS);
  } catch (error) {
    console.error({ message: "limits do not answer", counter: counter.key, error: errorMessage(error) });
    Object.assign(held, { remaining: 0, refusedUntil: now + REFUSED_MS, ...counter.standIn(held, now) });
  } finally {
    held.asking = false;
  }
}

function newHeld(counter: Counter, now: number): Held {
  const resetAt = counter.endOf(now);
  return {
    ...{ limit: counter.limit, left: counter.free, remaining: counter.limit, resetAt, until: resetAt },
    ...{ used: 0, asked: 0, refusedUntil: 0, asking: false },
  };
}

function spend(held: Held, amount: number): Taken {
  held.left -= amount;
  held.used += amount;
  return { ok: true, remaining: held.left + held.remaining, resetAt: held.resetAt };
}

function refuse(held: Held): Taken {
  return { ok: false, remaining: held.left + held.remaining, resetAt: held.resetAt };
}
