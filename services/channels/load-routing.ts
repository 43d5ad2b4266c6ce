import { desc, eq } from "drizzle-orm";
import { Routing } from "../../schema/contracts/channels.ts";
import { routingSets } from "../../schema/tables/channels.ts";
import type { TenantScope } from "../platform.ts";

/** A tenant's newest routing; every channel hears everything, as version 0, where none was ever saved. */
export async function loadRouting(scope: TenantScope) {
  const row = await scope.db
    .select()
    .from(routingSets)
    .where(eq(routingSets.tenantId, scope.tenantId))
    .orderBy(desc(routingSets.version))
    .limit(1)
    .get();
  if (row === undefined) return { version: 0, routing: Routing.parse({}), actor: null, savedAt: null };
  const { version, actor, createdAt: savedAt } = row;
  return { version, routing: Routing.parse(JSON.parse(row.routing)), actor, savedAt };
}
