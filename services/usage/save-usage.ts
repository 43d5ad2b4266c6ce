import { sql } from "drizzle-orm";
import type { UsageDay } from "../../core/usage/counter.ts";
import { usageDays } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";

/**
 * Writes a store's counts over its last ones, all in one statement. They are absolute, and every change of them counts a
 * chunk: what is written again, or arrives late, changes nothing. Of a tenant that is being deleted nothing is written,
 * so that a store that still holds counts cannot bring its rows back.
 */
export async function saveUsage(scope: TenantScope, shard: number, days: readonly UsageDay[]): Promise<void> {
  const newer = (column: string) => sql.raw(`excluded.${column}`);
  await scope.db
    .insert(usageDays)
    .select(
      sql`SELECT ${scope.tenantId}, value ->> 'day', value ->> 'sourceId', ${shard}, value ->> 'events',
        value ->> 'bytes', value ->> 'chunks', value ->> 'requests' FROM json_each(${JSON.stringify(days)})
        WHERE EXISTS (SELECT 1 FROM tenants WHERE id = ${scope.tenantId} AND status <> 'deleting')`,
    )
    .onConflictDoUpdate({
      target: [usageDays.tenantId, usageDays.day, usageDays.sourceId, usageDays.shard],
      set: {
        events: newer("events"),
        bytes: newer("bytes"),
        chunks: newer("chunks"),
        requests: newer("requests"),
      },
      setWhere: sql`excluded.chunks > ${usageDays.chunks}`,
    });
}
