import { and, eq, isNull, sql } from "drizzle-orm";
import { fingerprintAliases } from "../../schema/tables/grouping.ts";
import type { TenantScope } from "../platform.ts";

/**
 * Ends what carried the incidents of a change over from the grouping version before, once they are resolved: from then
 * on the new rules hold. Not while another environment has one open, nor where people have merged. A statement for the
 * batch of the change.
 */
export function endVersionAliases(scope: TenantScope, changeId: string) {
  const { target, tenantId, kind, endedAt } = fingerprintAliases;
  return scope.db
    .update(fingerprintAliases)
    .set({ endedAt: scope.now(), endedBy: "system" })
    .where(
      and(
        eq(tenantId, scope.tenantId),
        eq(kind, "version"),
        isNull(endedAt),
        sql`${target} IN (SELECT fingerprint FROM incidents
          WHERE tenant_id = ${scope.tenantId} AND change_id = ${changeId} AND status = 'RESOLVED')`,
        sql`NOT EXISTS (SELECT 1 FROM incidents AS other WHERE other.tenant_id = ${scope.tenantId}
          AND other.fingerprint = ${sql.raw("fingerprint_aliases.target")} AND other.status <> 'RESOLVED')`,
        sql`NOT EXISTS (SELECT 1 FROM fingerprint_aliases AS merged WHERE merged.tenant_id = ${scope.tenantId}
          AND merged.kind = 'merge' AND merged.ended_at IS NULL AND (merged.target = ${sql.raw("fingerprint_aliases.target")}
            OR merged.fingerprint = ${sql.raw("fingerprint_aliases.target")}))`,
      ),
    );
}
