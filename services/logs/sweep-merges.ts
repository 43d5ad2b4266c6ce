import { and, asc, eq, gte, isNotNull, isNull, lt, not, sql } from "drizzle-orm";
import { errorMessage } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import { FULL_BYTES, type MergeCandidate, planMerges } from "../../core/logs/merge-plan.ts";
import type { Job } from "../../schema/contracts/job.ts";
import { segmentMerges, segments } from "../../schema/tables/logs.ts";
import { outbox } from "../../schema/tables/messaging.ts";
import { sendOutbox } from "../outbox/send.ts";
import { type Platform, scopeTo, type TenantScope } from "../platform.ts";
import { ofGone } from "../tenants/of-tenants.ts";
import { abandonMerge } from "./merge-index.ts";

const HOUR_MS = 60 * 60 * 1000;

/** Segments of the last three days are looked at: so each sweep is cheap, and a day has two to be merged after its end. */
const RECENT_MS = 72 * HOUR_MS;

/** A job has six tries within minutes; a replay of its dead letter should find it still open. */
const GIVEN_UP_MS = 24 * HOUR_MS;
/** Finished merges are kept for whoever asks what became of a segment; a late message finds none, and does nothing. */
const FORGOTTEN_MS = 72 * HOUR_MS;

/** Bounds of one run: each merge is some queries and a message; what is left has its turn ten minutes later. */
const MAX_STORES = 40;
const MAX_CANDIDATES = 1_000;
const MAX_MERGES = 100;
const MAX_GIVEN_UP = 20;

/** Plans merges of small segments and sends their jobs. @returns how many */
export async function sweepMerges(platform: Platform): Promise<number> {
  await giveUpOldMerges(platform);
  let begun = 0;
  for (const { tenantId, shard } of await crowdedStores(platform)) {
    const scope = scopeTo(platform, tenantId);
    for (const inputs of planMerges(await candidatesOf(scope, shard), platform.now())) {
      if (begun >= MAX_MERGES) return begun;
      const id = await persistPlan(scope, shard, inputs);
      begun++;
      await sendOutbox(scope, [id]).catch((error: unknown) => {
        console.warn({ message: "a merge waits for the sweep of the outbox", error: errorMessage(error) });
      });
    }
  }
  return begun;
}

/** Ids are UUIDv7: their order is that of time, and the primary key serves ranges of it. */
function idsSince(time: number): string {
  return uuidV7(time, new Uint8Array(10));
}

/** Inputs of merges under way. */
const taken = sql`SELECT value FROM segment_merges, json_each(segment_merges.inputs) WHERE finished_at IS NULL`;

/**
 * Stores with most small segments on one day. What the planner leaves alone is always few a day, so that it cannot
 * crowd out what it would take.
 */
async function crowdedStores(platform: Platform): Promise<{ tenantId: string; shard: number }[]> {
  const { tenantId, shard, maxTimestamp } = segments;
  const days = await platform.everyTenant
    .select({ tenantId, shard })
    .from(segments)
    .where(
      and(
        gte(segments.id, idsSince(platform.now() - RECENT_MS)),
        lt(segments.rawBytes, FULL_BYTES),
        sql`${segments.id} NOT IN (${taken})`,
        not(ofGone(tenantId)),
      ),
    )
    .groupBy(tenantId, shard, sql`${maxTimestamp} / 86400000`)
    .having(sql`count(*) > 1`)
    .orderBy(sql`count(*) DESC`)
    .limit(MAX_STORES);
  return [...new Map(days.map((day) => [`${day.tenantId}:${day.shard}`, day])).values()];
}

async function candidatesOf(scope: TenantScope, shard: number): Promise<MergeCandidate[]> {
  const { id, rawBytes, maxTimestamp, createdAt, flushedThrough } = segments;
  const rows = await scope.db
    .select({ id, rawBytes, maxTimestamp, createdAt, flushedThrough, taken: sql<number>`${id} IN (${taken})` })
    .from(segments)
    .where(
      and(eq(segments.tenantId, scope.tenantId), eq(segments.shard, shard), gte(id, idsSince(scope.now() - RECENT_MS))),
    )
    .orderBy(asc(id))
    .limit(MAX_CANDIDATES);
  return rows.map((row) => ({ ...row, taken: row.taken === 1 }));
}

/** The plan and its message, unless another sweep has just planned with one of the inputs. @returns the merge's id */
async function persistPlan(scope: TenantScope, shard: number, inputs: readonly string[]): Promise<string> {
  const now = scope.now();
  const { tenantId } = scope;
  const mergeId = uuidV7(now, scope.random(10));
  const job: Job = { type: "MERGE_SEGMENTS", tenantId, mergeId, schemaVersion: "v1" };
  const list = JSON.stringify(inputs);
  await scope.db.batch([
    scope.db.insert(segmentMerges).select(
      sql`SELECT ${mergeId}, ${tenantId}, ${shard}, ${list}, 0, ${now}, NULL
        WHERE NOT EXISTS (SELECT 1 FROM json_each(${list}) WHERE value IN (${taken}))`,
    ),
    scope.db
      .insert(outbox)
      .select(
        sql`SELECT id, tenant_id, 'jobs', ${JSON.stringify(job)}, ${now} FROM segment_merges WHERE id = ${mergeId}`,
      ),
  ]);
  return mergeId;
}

async function giveUpOldMerges(platform: Platform): Promise<void> {
  const now = platform.now();
  const old = await platform.everyTenant
    .select({ id: segmentMerges.id, tenantId: segmentMerges.tenantId })
    .from(segmentMerges)
    .where(and(isNull(segmentMerges.finishedAt), lt(segmentMerges.createdAt, now - GIVEN_UP_MS)))
    .limit(MAX_GIVEN_UP);
  for (const { id, tenantId } of old) await abandonMerge(scopeTo(platform, tenantId), id);
  await platform.everyTenant
    .delete(segmentMerges)
    .where(and(lt(segmentMerges.id, idsSince(now - FORGOTTEN_MS)), isNotNull(segmentMerges.finishedAt)));
}
