import { watchStores } from "../../services/logs/live.ts";
import type { TenantScope } from "../../services/platform.ts";

/** A store feeds for this long; when LiveTail is gone, it stops by itself. */
export const LEASE_MS = 60_000;

/** A lease that runs at least this long still is not renewed: each renewal is a call and a written row a store. */
const RENEW_MS = 35_000;

/** The leases that a LiveTail object holds on the stores of its tenant. */
export class Leases {
  private until = 0;
  private shards = 0;
  /** Calls go one after the other: a release that overtakes a renewal would end the feed of a new socket. */
  private queue: Promise<unknown> = Promise.resolve();

  /**
   * Holds leases on all stores, new ones where it has none or they run out soon.
   * @param shards as known so far; only ever more, until the object restarts
   * @returns whether every store feeds
   */
  hold(scope: TenantScope, shards: number): Promise<boolean> {
    return this.inTurn(async () => {
      const now = scope.now();
      if (shards <= this.shards && this.until - now > RENEW_MS) return true;
      const wanted = Math.max(shards, this.shards);
      const failed = await watchStores(scope, wanted, LEASE_MS);
      if (failed > 0) return false;
      this.shards = wanted;
      this.until = now + LEASE_MS;
      return true;
    });
  }

  /** Ends all leases, unless somebody came meanwhile. What fails here runs out by itself. */
  release(scope: TenantScope, isEmpty: () => boolean): Promise<void> {
    return this.inTurn(async () => {
      if (!isEmpty()) return;
      this.until = 0;
      await watchStores(scope, this.shards, 0);
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.queue.then(work);
    this.queue = turn.catch(() => undefined);
    return turn;
  }
}
