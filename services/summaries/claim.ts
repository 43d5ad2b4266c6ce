import { and, eq, lt, type SQL, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { summaryClaims } from "../../schema/tables/summaries.ts";
import type { TenantScope } from "../platform.ts";

/** Longer than collecting logs (two searches of at most 15 s) and asking a model (120 s at most) take. */
const CLAIM_MS = 240_000;
/** The five retries of a job outlast a claim whose worker has died. */
const RETRY_SECONDS = 50;

function isMine(scope: TenantScope, incidentId: string, token: string) {
  return and(
    eq(summaryClaims.tenantId, scope.tenantId),
    eq(summaryClaims.incidentId, incidentId),
    eq(summaryClaims.token, token),
  );
}

/**
 * Claims an incident's summary: whoever holds the claim asks the model, the others come back later.
 * @throws Log0Error conflict, to be tried again
 */
export async function claimSummary(scope: TenantScope, incidentId: string): Promise<string> {
  const now = scope.now();
  const token = uuidV7(now, scope.random(10));
  const until = now + CLAIM_MS;
  const claimed = await scope.db
    .insert(summaryClaims)
    .values({ tenantId: scope.tenantId, incidentId, token, until })
    .onConflictDoUpdate({
      target: [summaryClaims.tenantId, summaryClaims.incidentId],
      set: { token, until },
      setWhere: lt(summaryClaims.until, now),
    })
    .returning();
  if (claimed.length === 0) {
    throw new Log0Error("conflict", "the incident is being summarized", {
      permanent: false,
      retryAfter: RETRY_SECONDS,
    });
  }
  return token;
}

/** Whether the claim is still held, inside another statement. */
export function claimHolds(scope: TenantScope, incidentId: string, token: string): SQL {
  return sql`EXISTS (SELECT 1 FROM summary_claims AS claim WHERE claim.tenant_id = ${scope.tenantId} AND claim.incident_id = ${incidentId} AND claim.token = ${token})`;
}

/** The statement that ends a claim. */
export function releaseClaim(scope: TenantScope, incidentId: string, token: string) {
  return scope.db.delete(summaryClaims).where(isMine(scope, incidentId, token));
}
