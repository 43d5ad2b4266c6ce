import { type SQL, sql } from "drizzle-orm";
import type { TenantScope } from "../platform.ts";

/**
 * The fingerprint that windows and incidents know the given one by, in SQLite: the end of its chain of aliases. `UNION`
 * keeps each fingerprint once, so that it ends whatever the table holds.
 */
export function rootOf(scope: TenantScope, fingerprint: SQL | string): SQL {
  return sql`(WITH RECURSIVE chain(fingerprint) AS (
      SELECT ${fingerprint} UNION
      SELECT target FROM fingerprint_aliases JOIN chain USING (fingerprint)
        WHERE tenant_id = ${scope.tenantId} AND ended_at IS NULL)
    SELECT fingerprint FROM chain WHERE NOT EXISTS (SELECT 1 FROM fingerprint_aliases AS further
      WHERE further.tenant_id = ${scope.tenantId} AND further.fingerprint = chain.fingerprint AND further.ended_at IS NULL)
    LIMIT 1)`;
}

/** What the fingerprint was known by in grouping versions before: the targets of its aliases of that kind, also ended ones. */
export function formerOf(scope: TenantScope, fingerprint: SQL): SQL {
  return sql`(SELECT +target AS target FROM fingerprint_aliases
    WHERE tenant_id = ${scope.tenantId} AND fingerprint = ${fingerprint} AND kind = 'version')`;
}
