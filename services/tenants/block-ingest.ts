import { eq } from "drizzle-orm";
import { tenants } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";

/**
 * Makes ingest answer 503 for a while: better that clients keep their logs than that the queues fill with what no store
 * can take. Whoever finds the store still full says so again before the time is over.
 */
export async function blockIngest(scope: TenantScope, forMs: number): Promise<void> {
  await scope.db
    .update(tenants)
    .set({ blockedUntil: scope.now() + forMs })
    .where(eq(tenants.id, scope.tenantId));
}
