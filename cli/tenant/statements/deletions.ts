import { FIRST_STEP } from "../../../core/tenants/deletion.ts";
import { fragment, sql } from "../sql.ts";
import { auditEach, findTenant } from "./common.ts";

/**
 * Begins a tenant's end, as services/tenants/request-deletion.ts does. Returns the tenant, then its id if its deletion
 * began with this list: of two at once one wins.
 */
export function requestDeletion(name: string, now: number): string[] {
  // Older tenants of the name may be on their way out: they have their row already.
  const begun = fragment`name = ${name} AND status = 'deleting' AND id NOT IN (SELECT tenant_id FROM tenant_deletions)`;
  return [
    findTenant(name),
    sql`UPDATE tenants SET status = 'deleting' WHERE name = ${name} AND status <> 'deleting' RETURNING id`,
    auditEach({
      action: "tenant.deletion-requested",
      now,
      rows: fragment`SELECT id AS tenant_id, 'tenant' AS target, '{}' AS detail FROM tenants WHERE ${begun}`,
    }),
    sql`INSERT INTO tenant_deletions (tenant_id, name, shards, actor, requested_at, step, lease_until)
      SELECT id, name, shards, 'operator', ${now}, ${FIRST_STEP}, 0 FROM tenants WHERE ${begun} RETURNING tenant_id`,
    sql`UPDATE sessions SET revoked_at = ${now} WHERE revoked_at IS NULL
      AND tenant_id IN (SELECT id FROM tenants WHERE name = ${name} AND status = 'deleting')`,
  ];
}

/** Every deletion, the newest first. */
export function listDeletions(): string[] {
  return [
    sql`SELECT tenant_id, name, actor, requested_at, step, finished_at, proof FROM tenant_deletions
      ORDER BY requested_at DESC, tenant_id`,
  ];
}
