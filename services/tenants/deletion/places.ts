import { getTableColumns, getTableName, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import * as schema from "../../../schema/tables/index.ts";
import { SPOOL_PREFIX } from "../../logs/publish-sections.ts";
import type { TenantScope, WipedStub } from "../../platform.ts";

/*
 * Where tenants' data lie: the one list that a deletion goes by, and the place to add another kind of store to. Beside
 * these there are the LogStore and ClusterWindow objects (stores.ts, windows.ts), and what no deletion reaches: see
 * docs/adr/0014-deleting-a-tenant.md. Vectors: there are none yet.
 */

/** The deletion itself outlives the tenant. */
const KEPT: ReadonlySet<string> = new Set([getTableName(schema.tenantDeletions)]);

function tablesWith(columns: readonly string[]): string[] {
  const tables: unknown[] = Object.values(schema);
  return tables
    .filter((table) => is(table, SQLiteTable))
    .filter((table) => {
      const names = Object.values(getTableColumns(table)).map((column) => column.name);
      return columns.every((name) => names.includes(name));
    })
    .map((table) => getTableName(table))
    .filter((name) => !KEPT.has(name))
    .sort();
}

/** Every table with a `tenant_id`, found in the schema itself: one that is added cannot be forgotten. */
export const TENANT_TABLES: readonly string[] = tablesWith(["tenant_id"]);

/** Tables that name the shards which a tenant's stores had. */
export const SHARD_TABLES: readonly string[] = tablesWith(["tenant_id", "shard"]);

/** Objects that a tenant has one of, by what the proof calls them. */
export function objectsOf({ tenantId, ...scope }: TenantScope): Readonly<Record<string, WipedStub>> {
  return { liveTail: scope.liveTail(tenantId), limits: scope.limits(tenantId) };
}

/** Prefixes of all that a tenant has in R2. Spooled messages lie under the day that they were sent on. */
export async function prefixesOf({ bucket, tenantId }: TenantScope): Promise<string[]> {
  const days: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await bucket.list({ prefix: SPOOL_PREFIX, delimiter: "/", ...(cursor !== undefined && { cursor }) });
    days.push(...page.delimitedPrefixes);
    if (!page.truncated) break;
    ({ cursor } = page);
  }
  return [`logs/${tenantId}/`, `dead-letters/${tenantId}/`, ...days.map((day) => `${day}${tenantId}/`)];
}
