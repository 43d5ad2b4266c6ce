import type { QueueName } from "../../schema/contracts/dead-letter.ts";
import { isTenantId } from "../../schema/contracts/tenant-id.ts";
import { type Platform, scopeTo } from "../../services/platform.ts";
import { type TenantState, tenantState } from "../../services/tenants/tenant-state.ts";

/**
 * Takes messages out of a batch that their tenant has no use for any more: all of one that is gone, so that nothing of
 * it comes back, and what is to rest while a tenant is suspended. They are acked, and counted in one log line.
 */
export class Dropper {
  private readonly platform: Platform;
  private readonly counts = { gone: 0, suspended: 0 };
  private readonly foreseen = new Map<string, Promise<TenantState>>();

  constructor(platform: Platform) {
    this.platform = platform;
  }

  /** Asks for all tenants of a batch at once: it waits for D1 once, not with each of its messages, also when D1 is silent. */
  async foresee(tenantIds: Iterable<string>): Promise<void> {
    for (const tenantId of new Set(tenantIds)) {
      if (isTenantId(tenantId)) this.foreseen.set(tenantId, tenantState(scopeTo(this.platform, tenantId)));
    }
    await Promise.allSettled(this.foreseen.values());
  }

  /**
   * @param tenantId that the message names; of what names none, or one that never was, nothing is dropped
   * @param rests whether it is of no use to a tenant that is suspended
   * @returns whether it was acked
   * @throws when D1 cannot say how the tenant stands
   */
  async drop(message: Message, tenantId: string, rests: boolean): Promise<boolean> {
    if (!isTenantId(tenantId)) return false;
    const state = await (this.foreseen.get(tenantId) ?? tenantState(scopeTo(this.platform, tenantId)));
    if (state !== "gone" && !(state === "suspended" && rests)) return false;
    this.counts[state]++;
    message.ack();
    return true;
  }

  /** Says how many were dropped, if any. */
  report(queue: QueueName | "raw-logs-dlq"): void {
    const { gone, suspended } = this.counts;
    if (gone + suspended > 0) console.info({ message: "messages of tenants dropped", queue, gone, suspended });
  }
}
