import { eq } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { tenants } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";

/** The tenant, as its members see it. Past every cache. @throws Log0Error not_found */
export async function showTenant(scope: TenantScope) {
  const { id, name, plan, status, createdAt } = tenants;
  const tenant = await scope.db
    .select({ id, name, plan, status, createdAt })
    .from(tenants)
    .where(eq(id, scope.tenantId))
    .get();
  if (tenant === undefined) throw new Log0Error("not_found", "no such tenant");
  return tenant;
}
