import type { NewApiKey } from "../../../core/auth/api-key.ts";
import type { Plan } from "../../../schema/contracts/plans.ts";
import type { Scope } from "../../../schema/contracts/roles.ts";
import { sql } from "../sql.ts";
import { auditIfChanged, findTenant, tenantId } from "./common.ts";
import { listKeys } from "./keys.ts";
import { listMembers } from "./members.ts";
import { listSources } from "./sources.ts";

export interface NewTenant {
  id: string;
  name: string;
  plan: Plan;
  adminEmail: string;
  shards: number;
  ownerId: string;
  sourceId: string;
  keyId: string;
  /** Of the first key, in the order of SCOPES. */
  scopes: readonly Scope[];
  key: NewApiKey;
  /** Unix ms. */
  now: number;
}

/**
 * A tenant, its owner, its first source and its first API key, both "default". A second tenant of the name breaks the
 * unique index `tenants_name`, and with it the whole list. Each statement returns the id that it inserted.
 */
export function createTenant(tenant: NewTenant): string[] {
  const { id, name, plan, adminEmail, shards, ownerId, sourceId, keyId, key, scopes, now } = tenant;
  return [
    sql`INSERT INTO tenants (id, name, plan, status, admin_email, shards, settings, created_at)
      VALUES (${id}, ${name}, ${plan}, 'active', ${adminEmail}, ${shards}, '{}', ${now}) RETURNING id`,
    auditIfChanged({ tenant: name, action: "tenant.created", target: "tenant", detail: { plan }, now }),
    sql`INSERT INTO users (id, tenant_id, email, role, created_at)
      SELECT ${ownerId}, id, admin_email, 'owner', ${now} FROM tenants WHERE id = ${id} RETURNING id`,
    sql`INSERT INTO sources (id, tenant_id, name, created_at)
      SELECT ${sourceId}, id, 'default', ${now} FROM tenants WHERE id = ${id} RETURNING id`,
    sql`INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes, source_id, created_by, created_at)
      SELECT ${keyId}, id, 'default', ${key.prefix}, ${key.hash}, ${scopes.join(" ")}, ${sourceId}, 'operator', ${now}
      FROM tenants WHERE id = ${id} RETURNING id`,
  ];
}

/** Every tenant by name, with the number of keys that work at `now` (Unix ms). */
export function listTenants(now: number): string[] {
  return [
    sql`SELECT t.name, t.plan, t.status, t.admin_email, t.shards, t.created_at,
        (SELECT COUNT(*) FROM api_keys k WHERE k.tenant_id = t.id AND k.revoked_at IS NULL
          AND (k.expires_at IS NULL OR k.expires_at > ${now})) AS live_keys
      FROM tenants t ORDER BY t.name, t.created_at`,
  ];
}

/**
 * Everything about a tenant: the tenant, its row, its use of a month, members, sources and keys.
 *
 * @param month `2026-01`
 */
export function showTenant(name: string, month: string): string[] {
  // Each list begins with the tenant.
  const [, ...members] = listMembers(name);
  const [, ...sources] = listSources(name);
  const [, ...keys] = listKeys(name);
  return [
    findTenant(name),
    sql`SELECT id, name, plan, status, admin_email, shards, created_at FROM tenants WHERE id = ${tenantId(name)}`,
    sql`SELECT COALESCE(SUM(bytes), 0) AS bytes, COALESCE(SUM(events), 0) AS events FROM usage_days
      WHERE tenant_id = ${tenantId(name)} AND day BETWEEN ${`${month}-01`} AND ${`${month}-31`}`,
    ...members,
    ...sources,
    ...keys,
  ];
}

/** Returns the tenant (none when there is none of the name), then the tenant again if its status changed. */
export function setTenantStatus(name: string, status: "active" | "suspended", now: number): string[] {
  return [
    findTenant(name),
    sql`UPDATE tenants SET status = ${status} WHERE id = ${tenantId(name)} AND status <> ${status} RETURNING id`,
    auditIfChanged({
      tenant: name,
      action: status === "active" ? "tenant.activated" : "tenant.suspended",
      target: "tenant",
      now,
    }),
  ];
}

/**
 * Returns the tenant with its plan until now, then the tenant again if the plan changed, then its number of sources: a
 * smaller plan takes none of them away.
 */
export function setTenantPlan(name: string, plan: Plan, now: number): string[] {
  return [
    findTenant(name),
    sql`UPDATE tenants SET plan = ${plan} WHERE id = ${tenantId(name)} AND plan <> ${plan} RETURNING id`,
    auditIfChanged({ tenant: name, action: "tenant.plan-changed", target: "tenant", detail: { plan }, now }),
    sql`SELECT COUNT(*) AS sources FROM sources WHERE tenant_id = ${tenantId(name)} AND deleted_at IS NULL`,
  ];
}
