import { and, inArray, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import { deliveries } from "../../schema/tables/channels.ts";
import type { Platform } from "../platform.ts";

/** Longer than any event can come again: a dead letter is replayed for 14 days. */
const KEPT_MS = 30 * 24 * 60 * 60_000;
const SWEEP_ROWS = 500;

/** Forgets notices that nothing speaks of any more. What is held back stays until it was told. */
export async function expireDeliveries(platform: Platform): Promise<void> {
  const told = or(isNull(deliveries.heldUntil), isNotNull(deliveries.digestId));
  const old = platform.everyTenant
    .select({ rowid: sql`rowid` })
    .from(deliveries)
    .where(and(lt(deliveries.updatedAt, platform.now() - KEPT_MS), told))
    .limit(SWEEP_ROWS);
  await platform.everyTenant.delete(deliveries).where(inArray(sql`rowid`, old));
}
