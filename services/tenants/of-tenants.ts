import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

/*
 * Conditions for the cron's sweeps, which look at the rows of all tenants. Those that are not active are few, and so is
 * what the subqueries read.
 */

/** Of a tenant that is neither suspended nor gone. @param tenantId the column */
export function ofActive(tenantId: SQLWrapper): SQL {
  return sql`${tenantId} NOT IN (SELECT id FROM tenants WHERE status <> 'active') AND NOT ${ofGone(tenantId)}`;
}

/** Of a tenant that keeps its data, but may not use it now. */
export function ofSuspended(tenantId: SQLWrapper): SQL {
  return sql`${tenantId} IN (SELECT id FROM tenants WHERE status = 'suspended')`;
}

/** Of a tenant that is being deleted, or is deleted. */
export function ofGone(tenantId: SQLWrapper): SQL {
  return sql`${tenantId} IN (SELECT tenant_id FROM tenant_deletions)`;
}
