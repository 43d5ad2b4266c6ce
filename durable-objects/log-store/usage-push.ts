import { errorMessage } from "../../core/errors.ts";
import { PUSH_INTERVAL_MS } from "../../core/usage/counter.ts";
import type { TenantScope } from "../../services/platform.ts";
import { saveUsage } from "../../services/usage/save-usage.ts";
import type { Drain } from "./drain.ts";

/**
 * Brings a store's usage to D1. Nothing needs to be persisted before: what was counted is in the drain's state or in the
 * rows after its cursor. It is persisted afterwards, so that a restart does not write it once more.
 */
export class UsagePush {
  private readonly drain: Drain;
  /** After a failure, not before then (Unix ms). */
  private retryAt = 0;
  private running = false;

  constructor(drain: Drain) {
    this.drain = drain;
  }

  /** Unix ms; undefined when nothing waits. */
  due(): number | undefined {
    const due = this.drain.usage.dueAt();
    return due === undefined ? undefined : Math.max(due, this.retryAt);
  }

  /** Does not throw: usage that waits for D1 must not hold up drains and flushes. */
  async run(scope: TenantScope, shard: number, now: number): Promise<void> {
    if (this.running || (this.due() ?? Number.POSITIVE_INFINITY) > now) return;
    this.running = true;
    try {
      const days = this.drain.usage.unsent();
      await saveUsage(scope, shard, days);
      this.drain.usage.sent(days, now);
      this.drain.persist();
    } catch (error) {
      this.retryAt = scope.now() + PUSH_INTERVAL_MS;
      console.error({ message: "usage could not be written", error: errorMessage(error) });
    } finally {
      this.running = false;
    }
  }
}
