import { and, inArray, lt, not } from "drizzle-orm";
import { deadLetters } from "../../schema/tables/messaging.ts";
import type { Platform } from "../platform.ts";
import { ofSuspended } from "../tenants/of-tenants.ts";

/** A dead letter can be replayed this long. LogStore remembers chunk ids for longer, so a replay stores nothing twice. */
export const DEAD_LETTER_DAYS = 14;

/** Rows that a sweep takes at a time: R2 deletes up to 1,000 keys a call, D1 takes 100 parameters a statement. */
const SWEEP_ROWS = 90;

/**
 * Deletes dead letters past their time, object first: a row without an object says so when it is asked for. A suspended
 * tenant keeps its own.
 */
export async function expireDeadLetters(platform: Platform): Promise<number> {
  const rows = await platform.everyTenant
    .select({ id: deadLetters.id, bodyKey: deadLetters.bodyKey })
    .from(deadLetters)
    .where(
      and(
        lt(deadLetters.failedAt, platform.now() - DEAD_LETTER_DAYS * 86_400_000),
        not(ofSuspended(deadLetters.tenantId)),
      ),
    )
    .limit(SWEEP_ROWS);
  if (rows.length === 0) return 0;
  await platform.bucket.delete(rows.map((row) => row.bodyKey));
  const ids = rows.map((row) => row.id);
  await platform.everyTenant.delete(deadLetters).where(inArray(deadLetters.id, ids));
  return rows.length;
}
