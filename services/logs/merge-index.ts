import { and, eq, getTableColumns, isNull, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { segmentMerges, segments } from "../../schema/tables/logs.ts";
import type { TenantScope } from "../platform.ts";
import { discard, isOneOf } from "./collect-garbage.ts";
import { type Segment, segmentKey } from "./segments.ts";

/** An attempt at a planned merge. */
export interface MergeAttempt {
  /** Also the id of the segment that is made. */
  id: string;
  shard: number;
  /** Ids of the segments that it takes the place of. */
  inputs: string[];
  /** Counts from 1. */
  attempt: number;
  /** Where this attempt writes. */
  objectKey: string;
}

type MergeRow = typeof segmentMerges.$inferSelect;

const Inputs = z.array(z.string());

/**
 * Objects are never written twice: a repeat after a deployment may write other bytes, and readers would look for the
 * footer at the wrong place. The first attempt has the merge's own key.
 */
function attemptKey(merge: MergeRow, attempt: number): string {
  return segmentKey(merge.tenantId, attempt === 1 ? merge.id : `${merge.id}-${attempt}`, merge.createdAt);
}

function openMerge(scope: TenantScope, id: string, attempts: number): SQL | undefined {
  return and(
    eq(segmentMerges.tenantId, scope.tenantId),
    eq(segmentMerges.id, id),
    eq(segmentMerges.attempts, attempts),
    isNull(segmentMerges.finishedAt),
  );
}

/** The plus keeps SQLite from going through all of the tenant's segments: it is to look the ids up. */
function theseSegments(scope: TenantScope, ids: readonly string[]): SQL {
  return sql`+tenant_id = ${scope.tenantId} AND id ${isOneOf(ids)}`;
}

/** One object without a row in the index: the tail of a `discard`. */
function thisObject(scope: TenantScope, objectKey: string, condition: SQL): SQL {
  return sql`FROM (SELECT ${objectKey} AS object_key, ${scope.tenantId} AS tenant_id) WHERE ${condition}`;
}

/**
 * Begins the next attempt; from now on no earlier one can finish, and what it wrote is garbage.
 * @returns undefined when the merge is done, or someone else has just begun it
 */
export async function beginMerge(scope: TenantScope, mergeId: string): Promise<MergeAttempt | undefined> {
  const merge = await scope.db
    .select()
    .from(segmentMerges)
    .where(and(eq(segmentMerges.tenantId, scope.tenantId), eq(segmentMerges.id, mergeId)))
    .get();
  if (merge === undefined || merge.finishedAt !== null) return undefined;
  const attempt = merge.attempts + 1;
  const [begun] = await scope.db.batch([
    scope.db
      .update(segmentMerges)
      .set({ attempts: attempt })
      .where(openMerge(scope, mergeId, merge.attempts))
      .returning({ id: segmentMerges.id }),
    discard(
      scope,
      thisObject(
        scope,
        attemptKey(merge, merge.attempts),
        sql`${merge.attempts} > 0 AND EXISTS (SELECT 1 FROM segment_merges WHERE ${openMerge(scope, mergeId, attempt)})`,
      ),
    ),
  ]);
  if (begun.length === 0) return undefined;
  const { id, shard } = merge;
  const inputs = Inputs.parse(JSON.parse(merge.inputs));
  return { id, shard, inputs, attempt, objectKey: attemptKey(merge, attempt) };
}

/** An INSERT of a whole row, where a condition holds. */
function insertWhere(scope: TenantScope, row: Segment, condition: SQL) {
  const values: Record<string, unknown> = row;
  const list = Object.keys(getTableColumns(segments)).map((name) => sql`${values[name]}`);
  return scope.db
    .insert(segments)
    .select(sql`SELECT ${sql.join(list, sql`, `)} WHERE ${condition}`)
    .onConflictDoNothing();
}

/**
 * Finishes a merge in one batch, which is one transaction. If all inputs are still in the index, the merged row takes
 * their place and their objects become garbage; if not (retention was faster), or if `merged` is not given, the merge is
 * abandoned and its own object becomes garbage. When a later attempt has begun, only the latter.
 */
export async function finishMerge(
  scope: TenantScope,
  attempt: MergeAttempt,
  merged?: Segment,
): Promise<"merged" | "abandoned" | "superseded"> {
  const { id, inputs, objectKey } = attempt;
  const mine = openMerge(scope, id, attempt.attempt);
  const allInputs = theseSegments(scope, inputs);
  const isMerged = sql`EXISTS (SELECT 1 FROM segments WHERE id = ${id} AND object_key = ${objectKey})`;
  const close = scope.db
    .update(segmentMerges)
    .set({ finishedAt: scope.now() })
    .where(mine)
    .returning({ merged: sql<number>`${isMerged}` });
  const discardOwn = discard(scope, thisObject(scope, objectKey, sql`NOT ${isMerged}`));
  if (merged === undefined) {
    const [closed] = await scope.db.batch([close, discardOwn]);
    return closed.length === 0 ? "superseded" : "abandoned";
  }
  const [, , , closed] = await scope.db.batch([
    insertWhere(
      scope,
      merged,
      sql`EXISTS (SELECT 1 FROM segment_merges WHERE ${mine})
        AND (SELECT count(*) FROM segments WHERE ${allInputs}) = ${inputs.length}`,
    ),
    discard(scope, sql`FROM segments WHERE ${allInputs} AND ${isMerged}`),
    scope.db.delete(segments).where(sql`${allInputs} AND ${isMerged}`),
    close,
    discardOwn,
  ]);
  const [result] = closed;
  if (result === undefined) return "superseded";
  return result.merged === 1 ? "merged" : "abandoned";
}

/** The inputs that are still in the index. */
export function inputsOf(scope: TenantScope, attempt: MergeAttempt): Promise<Segment[]> {
  return scope.db.select().from(segments).where(theseSegments(scope, attempt.inputs));
}

/** Gives up a merge that was never finished. Its inputs can be planned anew. */
export async function abandonMerge(scope: TenantScope, mergeId: string): Promise<void> {
  const attempt = await beginMerge(scope, mergeId);
  if (attempt !== undefined) await finishMerge(scope, attempt);
}
