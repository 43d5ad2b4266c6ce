import { and, eq, isNull, ne, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { FIRST_STEP } from "../../core/tenants/deletion.ts";
import { sessions } from "../../schema/tables/accounts.ts";
import { tenantDeletions, tenants } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";

/** How far a deletion is. */
export interface DeletionState {
  tenantId: string;
  step: string;
  /** Unix ms. */
  requestedAt: number;
  finishedAt: number | null;
}

/*
 * What an operator's command does is the same, in one transaction and this order (`?now` in Unix ms):
 *
 *   UPDATE tenants SET status = 'deleting' WHERE name = ?name AND status <> 'deleting' RETURNING id;
 *   INSERT INTO tenant_deletions (tenant_id, name, shards, actor, requested_at, step, lease_until)
 *     SELECT id, name, shards, 'operator', ?now, 'caches', 0 FROM tenants
 *     WHERE name = ?name AND status = 'deleting' ON CONFLICT DO NOTHING;
 *   UPDATE sessions SET revoked_at = ?now WHERE revoked_at IS NULL
 *     AND tenant_id IN (SELECT id FROM tenants WHERE name = ?name AND status = 'deleting');
 *
 * No row of the first: there is no such tenant, or it is on its way out. The second may find older tenants of that name
 * that are still on their way; they have their row, so nothing is changed. With `status` alone the cron would not begin;
 * it goes by the second. The audit log's entry would go with the tenant; who did it stands in `tenant_deletions.actor`.
 */

/**
 * Begins a tenant's end, which nothing takes back: its name is free at once, its keys and sessions are dead within 10 s,
 * and the cron removes what it has (services/tenants/deletion). Of two at once one wins.
 * @param confirm must be the tenant's name
 * @param actor `user:<id>` or `operator`
 * @throws Log0Error invalid_query when it is not; conflict when the tenant is being deleted already; not_found
 */
export async function requestDeletion(
  scope: TenantScope,
  { confirm, actor }: { confirm: string; actor: string },
): Promise<DeletionState> {
  const { db, tenantId } = scope;
  const now = scope.now();
  const deleting = and(eq(tenants.id, tenantId), eq(tenants.status, "deleting"));
  const [[changed]] = await db.batch([
    db
      .update(tenants)
      .set({ status: "deleting" })
      .where(and(eq(tenants.id, tenantId), eq(tenants.name, confirm), ne(tenants.status, "deleting")))
      .returning({ id: tenants.id }),
    auditIfChanged(scope, { actor, action: "tenant.deletion-requested", target: "tenant" }),
    db
      .insert(tenantDeletions)
      .select(
        sql`SELECT id, name, shards, ${actor}, ${now}, ${FIRST_STEP}, NULL, 0, NULL, NULL FROM tenants WHERE ${deleting}`,
      )
      .onConflictDoNothing(),
    db
      .update(sessions)
      .set({ revokedAt: now })
      .where(
        and(
          eq(sessions.tenantId, tenantId),
          isNull(sessions.revokedAt),
          sql`EXISTS (SELECT 1 FROM tenants WHERE ${deleting})`,
        ),
      ),
  ]);
  if (changed === undefined) throw await refusal(scope);
  return { tenantId, step: FIRST_STEP, requestedAt: now, finishedAt: null };
}

async function refusal(scope: TenantScope): Promise<Log0Error> {
  const tenant = await scope.db
    .select({ status: tenants.status })
    .from(tenants)
    .where(eq(tenants.id, scope.tenantId))
    .get();
  if (tenant === undefined) return new Log0Error("not_found", "no such tenant");
  if (tenant.status === "deleting") return new Log0Error("conflict", "the tenant is being deleted already");
  return new Log0Error("invalid_query", "body.confirm: must be the name of the tenant that is to be deleted");
}
