import { and, eq, gte, lt, sum } from "drizzle-orm";
import { usageDays } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";

/**
 * Raw bytes that the tenant's stores have counted in a month, of all sources and shards.
 * @param month `2026-01`, UTC
 */
export async function storedBytes(scope: TenantScope, month: string): Promise<number> {
  const row = await scope.db
    .select({ bytes: sum(usageDays.bytes).mapWith(Number) })
    .from(usageDays)
    .where(
      and(eq(usageDays.tenantId, scope.tenantId), gte(usageDays.day, `${month}-01`), lt(usageDays.day, `${month}-32`)),
    )
    .get();
  return row?.bytes ?? 0;
}
