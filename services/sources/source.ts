import { and, asc, eq, isNull } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { PLAN_LIMITS } from "../../schema/contracts/plans.ts";
import { sources, tenants } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";

/** What is shown of a source. */
export const SHOWN = {
  id: sources.id,
  name: sources.name,
  environment: sources.environment,
  parserHint: sources.parserHint,
  dedup: sources.dedup,
  createdAt: sources.createdAt,
};

/** A source as its tenant sees it. Times are Unix ms. */
export type Source = Pick<
  typeof sources.$inferSelect,
  "id" | "name" | "environment" | "parserHint" | "dedup" | "createdAt"
>;

/** One of the tenant's sources that is not deleted. */
export function isSource(scope: TenantScope, id: string) {
  return and(eq(sources.tenantId, scope.tenantId), eq(sources.id, id), isNull(sources.deletedAt));
}

/** @throws Log0Error not_found, also for a deleted one */
export async function loadSource(scope: TenantScope, id: string): Promise<Source> {
  const row = await scope.db.select(SHOWN).from(sources).where(isSource(scope, id)).get();
  if (row === undefined) throw new Log0Error("not_found", "no such source");
  return row;
}

/** The tenant's sources by name, and how many its plan has. */
export async function listSources(scope: TenantScope) {
  const { tenantId } = scope;
  const [rows, [tenant]] = await scope.db.batch([
    scope.db
      .select(SHOWN)
      .from(sources)
      .where(and(eq(sources.tenantId, tenantId), isNull(sources.deletedAt)))
      .orderBy(asc(sources.name)),
    scope.db.select({ plan: tenants.plan }).from(tenants).where(eq(tenants.id, tenantId)),
  ]);
  if (tenant === undefined) throw new Log0Error("not_found", "no such tenant");
  return { sources: rows, plan: tenant.plan, limit: PLAN_LIMITS[tenant.plan].sources };
}
