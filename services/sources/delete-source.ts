import { and, eq, isNull, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { apiKeys, sources } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import { isSource, loadSource } from "./source.ts";

/**
 * Deletes a source and revokes its keys; they are refused within 30 s everywhere. The row stays, for its usage, and so do
 * its logs; the name is free again.
 * @throws Log0Error not_found
 */
export async function deleteSource(scope: TenantScope, id: string, actor: string): Promise<void> {
  const { tenantId } = scope;
  const now = scope.now();
  const { name } = await loadSource(scope, id);
  const [deleted] = await scope.db.batch([
    scope.db.update(sources).set({ deletedAt: now }).where(isSource(scope, id)).returning({ id: sources.id }),
    auditIfChanged(scope, { actor, action: "source.deleted", target: `source:${id}`, detail: { name } }),
    scope.db
      .update(apiKeys)
      .set({ revokedAt: now })
      .where(
        and(
          eq(apiKeys.tenantId, tenantId),
          eq(apiKeys.sourceId, id),
          isNull(apiKeys.revokedAt),
          sql`EXISTS (SELECT 1 FROM sources WHERE tenant_id = ${tenantId} AND id = ${id} AND deleted_at IS NOT NULL)`,
        ),
      ),
  ]);
  if (deleted.length === 0) throw new Log0Error("not_found", "no such source");
}
