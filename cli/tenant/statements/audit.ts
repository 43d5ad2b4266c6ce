import { sql } from "../sql.ts";
import { findTenant, tenantId } from "./common.ts";

/**
 * Returns the tenant, then its newest administrative acts, those of one moment as they were written; `email` is that of a
 * user who did it.
 */
export function listAudit(tenant: string, limit: number): string[] {
  return [
    findTenant(tenant),
    sql`SELECT l.at, l.actor, u.email, l.action, l.target, l.detail FROM audit_log l
      LEFT JOIN users u ON u.tenant_id = l.tenant_id AND 'user:' || u.id = l.actor
      WHERE l.tenant_id = ${tenantId(tenant)} ORDER BY l.at DESC, l.rowid DESC LIMIT ${limit}`,
  ];
}
