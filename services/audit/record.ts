import { sql } from "drizzle-orm";
import type { AuditAction } from "../../core/audit/actions.ts";
import { uuidV7 } from "../../core/ids.ts";
import { auditLog } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";

/** What is kept of an administrative act. No secret goes in here. */
export interface AuditEntry {
  /** `user:<id>`, `key:<id>`, `operator` or `system`. */
  actor: string;
  action: AuditAction;
  /** `key:<id>`, `channel:<id>`, `tenant` … */
  target: string;
  detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/**
 * A statement that writes an administrative act into the audit log, if the statement before it in the same batch has
 * changed a row: what did not happen is not on record. (`changes()` counts the rows of the statement before.)
 */
export function auditIfChanged(scope: TenantScope, { actor, action, target, detail = {} }: AuditEntry) {
  const now = scope.now();
  const id = uuidV7(now, scope.random(10));
  return scope.db.insert(auditLog).select(
    sql`SELECT ${id}, ${scope.tenantId}, ${now}, ${actor}, ${action}, ${target}, ${JSON.stringify(detail)},
      ${scope.requestId ?? null} WHERE changes() > 0`,
  );
}
