import { and, lt, sql } from "drizzle-orm";
import { errorMessage } from "../../core/errors.ts";
import { retentionCuts } from "../../core/logs/retention.ts";
import { patterns, segments } from "../../schema/tables/logs.ts";
import { tenants } from "../../schema/tables/tenants.ts";
import { type Platform, scopeTo, type TenantScope } from "../platform.ts";
import { discard } from "./collect-garbage.ts";

/** Bounds of one run, well within a Worker's 1,000 queries; what is left has its turn an hour later. */
const MAX_TENANTS = 200;
const BATCH_SEGMENTS = 500;
const MAX_BATCHES = 400;

/**
 * Removes segments whose newest log is past the days of the tenant's plan, and patterns that no log is left of.
 * Incidents stay. So does all that a suspended tenant has, until it is active again. One tenant's failure keeps no other from its turn.
 * @returns how many segments
 * @throws the first failure, at the end
 */
export async function retainSegments(platform: Platform): Promise<number> {
  const failures: unknown[] = [];
  let batches = 0;
  let removed = 0;
  for (const { tenantId, cut } of await tenantsPastTheirDays(platform)) {
    const scope = scopeTo(platform, tenantId);
    try {
      for (let full = true; full && batches < MAX_BATCHES; batches++) {
        const count = await removeBefore(scope, cut);
        removed += count;
        full = count === BATCH_SEGMENTS;
      }
    } catch (error) {
      console.error({ message: "retention failed", tenantId, error: errorMessage(error) });
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return removed;
}

/** One look into the index `segments_time` a tenant. `cut` in Unix ms. */
function tenantsPastTheirDays(platform: Platform): Promise<{ tenantId: string; cut: number }[]> {
  const cut = sql<number>`${JSON.stringify(retentionCuts(platform.now()))} ->> ${tenants.plan}`;
  return platform.everyTenant
    .select({ tenantId: tenants.id, cut })
    .from(tenants)
    .where(
      sql`EXISTS (SELECT 1 FROM segments s WHERE s.tenant_id = ${tenants.id} AND s.max_timestamp < ${cut})
        AND ${tenants.status} = 'active'`,
    )
    .limit(MAX_TENANTS);
}

/** One batch: the objects into the garbage, the rows out of the index. What a merge has taken meanwhile is not there. */
async function removeBefore(scope: TenantScope, cut: number): Promise<number> {
  // Both statements see the same rows: the batch is one transaction, and the first does not change them.
  const expired = sql`FROM segments WHERE tenant_id = ${scope.tenantId} AND max_timestamp < ${cut}
    ORDER BY max_timestamp, id LIMIT ${BATCH_SEGMENTS}`;
  const [, gone] = await scope.db.batch([
    discard(scope, expired),
    scope.db.delete(segments).where(sql`id IN (SELECT id ${expired})`).returning({ id: segments.id }),
    forgetPatterns(scope, cut),
  ]);
  return gone.length;
}

/**
 * A pattern goes when no segment that is left counts it, and it was first seen before the cut, as every one is whose
 * last segment goes. (Flushes note patterns in the batch that adds their counts, so none is seen between. The cut keeps
 * the rare ones beyond the 2,000 that a merged segment counts.) All counts of the tenant are gone through once, in
 * SQLite: some 10 KB a segment.
 */
function forgetPatterns(scope: TenantScope, cut: number) {
  const counted = sql`SELECT value ->> 0 FROM segments, json_each(segments.patterns)
    WHERE segments.tenant_id = ${scope.tenantId}`;
  return scope.db
    .delete(patterns)
    .where(
      and(
        sql`${patterns.tenantId} = ${scope.tenantId}`,
        lt(patterns.firstSeenAt, cut),
        sql`${patterns.fingerprint} NOT IN (${counted})`,
      ),
    );
}
