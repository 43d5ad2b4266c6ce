import type { AuditAction } from "../../../core/audit/actions.ts";
import { uuidV7 } from "../../../core/ids.ts";
import { type Fragment, fragment, sql } from "../sql.ts";

// Each builder returns one list of statements, which D1 runs as one transaction. The list is also written so that it is
// harmless if it were not: what depends on an earlier statement looks for that statement's row.

/** The id of the tenant of the name, or NULL. One that is being deleted has its name no longer. */
export function tenantId(name: string): Fragment {
  return fragment`(SELECT id FROM tenants WHERE name = ${name} AND status <> 'deleting')`;
}

/** The tenant of the name, or no row: what every list about a tenant begins with. */
export function findTenant(name: string): string {
  return sql`SELECT id, status, plan FROM tenants WHERE name = ${name} AND status <> 'deleting'`;
}

/** An administrative act of the operator, for the audit log. */
export interface Act {
  /** The tenant's name. */
  tenant: string;
  action: AuditAction;
  /** `tenant`, or a kind and an id: `key:<id>`. */
  target: string;
  /** No secret goes in here. */
  detail?: Readonly<Record<string, string | number | boolean | null>>;
  /** Unix ms. */
  now: number;
}

/**
 * Writes an act down if the statement before it (the last one that was no SELECT) has changed a row: what did not happen
 * is not on record. As services/audit/record.ts. Returns the new row's id.
 */
export function auditIfChanged({ tenant, action, target, detail = {}, now }: Act): string {
  return auditEach({
    action,
    now,
    rows: fragment`SELECT id AS tenant_id, ${target} AS target, ${JSON.stringify(detail)} AS detail FROM tenants
      WHERE id = ${tenantId(tenant)}`,
  });
}

/** As `auditIfChanged`, an entry for each row of a SELECT of `tenant_id`, `target` and `detail` (JSON). */
export function auditEach({ action, now, rows }: { action: AuditAction; now: number; rows: Fragment }): string {
  return sql`INSERT INTO audit_log (id, tenant_id, at, actor, action, target, detail, request_id)
    SELECT ${newId(now)}, tenant_id, ${now}, 'operator', ${action}, target, detail, NULL
    FROM (${rows}) WHERE changes() > 0 RETURNING id`;
}

/** A UUIDv7 with SQLite's randomness, another one for each row of a SELECT. */
function newId(now: number): Fragment {
  const timeAndVersion = uuidV7(now, new Uint8Array(10)).slice(0, 15);
  return fragment`${timeAndVersion} || substr(lower(hex(randomblob(2))), 2) || '-a' || substr(lower(hex(randomblob(2))), 2)
    || '-' || lower(hex(randomblob(6)))`;
}
