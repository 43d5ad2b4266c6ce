import { sql } from "drizzle-orm";
import { uuidOfText } from "../../core/ids.ts";
import { fingerprintAliases } from "../../schema/tables/grouping.ts";
import type { TenantScope } from "../platform.ts";
import { rootOf } from "./sql.ts";

/**
 * Notes that fingerprints go on under those of the grouping version before, because an incident is open or people have
 * merged there. One that is an alias already stays what it is. Repeating it changes nothing.
 * What was resolved since the rules were loaded is carried over no more.
 */
export async function carryOver(scope: TenantScope, carried: ReadonlyMap<string, string>): Promise<void> {
  if (carried.size === 0) return;
  const now = scope.now();
  const root = rootOf(scope, sql`value ->> 'target'`);
  const list = [...carried].map(([fingerprint, target]) => ({
    id: uuidOfText(`carried:${scope.tenantId}:${fingerprint}:${target}:${now}`),
    fingerprint,
    target,
  }));
  await scope.db
    .insert(fingerprintAliases)
    .select(
      sql`SELECT value ->> 'id', ${scope.tenantId}, value ->> 'fingerprint', value ->> 'target', 'version', 'system',
        NULL, ${now}, NULL, NULL FROM json_each(${JSON.stringify(list)})
      WHERE ${root} <> value ->> 'fingerprint' AND (
        EXISTS (SELECT 1 FROM incidents WHERE tenant_id = ${scope.tenantId} AND fingerprint = ${root} AND status <> 'RESOLVED')
        OR EXISTS (SELECT 1 FROM fingerprint_aliases AS merged WHERE merged.tenant_id = ${scope.tenantId}
          AND merged.ended_at IS NULL AND (merged.fingerprint = value ->> 'target' OR merged.target = value ->> 'target')))`,
    )
    .onConflictDoNothing();
}
