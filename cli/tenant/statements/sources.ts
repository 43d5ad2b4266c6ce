import { PLAN_LIMITS } from "../../../schema/contracts/plans.ts";
import type { NewSource } from "../../../schema/contracts/sources.ts";
import { fragment, sql } from "../sql.ts";
import { auditEach, auditIfChanged, findTenant, tenantId } from "./common.ts";

const SOURCES_OF_PLANS = JSON.stringify(
  Object.fromEntries(Object.entries(PLAN_LIMITS).map(([plan, { sources }]) => [plan, sources])),
);

/**
 * Returns the tenant; a source that has the name; then the new source's id, unless there is such a one, or the tenant has
 * as many as its plan gives.
 *
 * @param now Unix ms
 */
export function createSource(tenant: string, id: string, source: NewSource, now: number): string[] {
  const { name, environment, parserHint, dedup } = source;
  const same = fragment`SELECT id FROM sources WHERE tenant_id = ${tenantId(tenant)} AND name = ${name}
    AND deleted_at IS NULL`;
  return [
    findTenant(tenant),
    sql`${same}`,
    sql`INSERT INTO sources (id, tenant_id, name, environment, parser_hint, dedup, created_at)
      SELECT ${id}, t.id, ${name}, ${environment}, ${parserHint}, ${dedup}, ${now} FROM tenants t
      WHERE t.id = ${tenantId(tenant)} AND NOT EXISTS (${same})
        AND (SELECT COUNT(*) FROM sources s WHERE s.tenant_id = t.id AND s.deleted_at IS NULL)
          < json_extract(${SOURCES_OF_PLANS}, '$.' || t.plan)
      RETURNING id`,
    auditIfChanged({
      tenant,
      action: "source.created",
      target: `source:${id}`,
      detail: { name, environment, parserHint, dedup },
      now,
    }),
  ];
}

/**
 * Deletes a source and revokes its keys; its row stays, for its usage. Returns the tenant, the source if it was there until
 * now, an audit entry, the keys.
 *
 * @param now Unix ms
 */
export function deleteSource(tenant: string, name: string, now: number): string[] {
  const deleted = fragment`tenant_id = ${tenantId(tenant)} AND name = ${name} AND deleted_at = ${now}`;
  return [
    findTenant(tenant),
    sql`UPDATE sources SET deleted_at = ${now}
      WHERE tenant_id = ${tenantId(tenant)} AND name = ${name} AND deleted_at IS NULL RETURNING id`,
    auditEach({
      action: "source.deleted",
      now,
      rows: fragment`SELECT tenant_id, 'source:' || id AS target, json_object('name', name) AS detail FROM sources
        WHERE ${deleted}`,
    }),
    sql`UPDATE api_keys SET revoked_at = ${now} WHERE tenant_id = ${tenantId(tenant)} AND revoked_at IS NULL
      AND source_id IN (SELECT id FROM sources WHERE ${deleted}) RETURNING name`,
  ];
}

/** Returns the tenant, then its sources by name, without those that were deleted. */
export function listSources(tenant: string): string[] {
  return [
    findTenant(tenant),
    sql`SELECT s.name, s.environment, s.parser_hint, s.dedup, s.created_at FROM sources s
      WHERE s.tenant_id = ${tenantId(tenant)} AND s.deleted_at IS NULL ORDER BY s.name`,
  ];
}
