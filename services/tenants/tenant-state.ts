import { eq } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { TtlCache } from "../../core/ttl-cache.ts";
import { tenantDeletions } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";
import { refuseSuspended } from "./authenticate.ts";
import { loadTenant } from "./load-tenant.ts";

/** Gone: being deleted, or deleted. Unknown: no tenant ever had that id. */
export type TenantState = "active" | "suspended" | "gone" | "unknown";

/** Whoever is gone stays gone. */
const gone = new TtlCache<true>(60 * 60_000, 5_000);

/**
 * What is believed while D1 does not answer: logs are stored on, and a deletion cannot go on without D1 either. What is
 * stored by mistake all the same, a deletion finds: it counts everything again a day after it has wiped the stores.
 */
const believed = new TtlCache<TenantState>(60 * 60_000, 5_000);

async function ask(scope: TenantScope): Promise<TenantState> {
  try {
    const { status } = await loadTenant(scope);
    return status === "deleting" ? "gone" : status;
  } catch (error) {
    if (!(error instanceof Log0Error) || error.code !== "not_found") throw error;
  }
  const deletion = await scope.db
    .select({ step: tenantDeletions.step })
    .from(tenantDeletions)
    .where(eq(tenantDeletions.tenantId, scope.tenantId))
    .get();
  return deletion === undefined ? "unknown" : "gone";
}

/**
 * How a tenant stands, at most 15 s ago: what every consumer asks before it does a tenant's work. Only a tenant that
 * there is (or was) is remembered.
 * @throws when D1 does not answer, and has not in the last hour
 */
export async function tenantState(scope: TenantScope): Promise<TenantState> {
  const now = scope.now();
  if (gone.get(scope.tenantId, now) === true) return "gone";
  try {
    const state = await ask(scope);
    if (state === "gone") gone.set(scope.tenantId, true, now);
    else if (state !== "unknown") believed.set(scope.tenantId, state, now);
    return state;
  } catch (error) {
    const last = believed.get(scope.tenantId, now);
    if (last === undefined) throw error;
    return last;
  }
}

/**
 * For what comes to a tenant without a credential of log0's.
 * @throws Log0Error tenant_suspended; unauthorized for one that is gone or never was
 */
export async function requireActive(scope: TenantScope): Promise<void> {
  const state = await tenantState(scope);
  if (state === "gone" || state === "unknown") throw new Log0Error("unauthorized", "there is no such tenant");
  refuseSuspended(state === "active");
}
