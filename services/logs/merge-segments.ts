import { Log0Error } from "../../core/errors.ts";
import { mergeCounts } from "../../core/logs/merge-plan.ts";
import { PatternCounts } from "../../core/logs/pattern-counts.ts";
import { Rollup } from "../../core/logs/rollup.ts";
import { mergeSegments } from "../../core/logs/segment/index.ts";
import type { Job } from "../../schema/contracts/job.ts";
import type { TenantScope } from "../platform.ts";
import { beginMerge, finishMerge, inputsOf, type MergeAttempt } from "./merge-index.ts";
import { inTurn } from "./merge-turn.ts";
import { StreamedObject } from "./merge-upload.ts";
import { segmentFile } from "./scan-logs.ts";
import { type Segment, segmentRow } from "./segments.ts";

/** Seconds until a merge that found its isolate busy has its turn, mostly elsewhere: a merge takes some five. */
const TURN_SECONDS = { least: 5, spread: 25 };

/**
 * Carries out a planned merge, one at a time in an isolate. When it is not its turn, its message is sent anew: a retry
 * would burn one of its few attempts, and a busy hour end in dead letters.
 */
export async function carryOutMerge(scope: TenantScope, mergeId: string): Promise<void> {
  if (await inTurn(scope.now(), () => attemptMerge(scope, mergeId))) return;
  const job: Job = { type: "MERGE_SEGMENTS", tenantId: scope.tenantId, mergeId, schemaVersion: "v1" };
  const [random = 0] = scope.random(1);
  const delaySeconds = TURN_SECONDS.least + Math.floor((random / 256) * TURN_SECONDS.spread);
  await scope.queues.jobs.send(job, { contentType: "json", delaySeconds });
}

/**
 * Every step can be repeated. A merge that is done, or that someone else is at, is left alone: its plan is safe in D1,
 * and what fails for good is given up and planned anew (sweep-merges.ts).
 */
export async function attemptMerge(scope: TenantScope, mergeId: string): Promise<void> {
  const attempt = await beginMerge(scope, mergeId);
  if (attempt === undefined) return;
  const inputs = await inputsOf(scope, attempt);
  const merged = inputs.length === attempt.inputs.length ? await write(scope, attempt, inputs) : undefined;
  const outcome = await finishMerge(scope, attempt, merged);
  console.log({ message: "merge", outcome, mergeId, inputs: inputs.length, bytes: merged?.bytes ?? 0 });
}

/** Writes the merged object. @returns its row for the index */
async function write(scope: TenantScope, attempt: MergeAttempt, inputs: readonly Segment[]): Promise<Segment> {
  const object = new StreamedObject(scope, attempt.objectKey);
  try {
    const result = await mergeSegments(
      inputs.map((input) => segmentFile(scope, input)),
      (bytes) => object.write(bytes),
    );
    const row = mergedRow(scope, attempt, inputs, result);
    await object.finish();
    return row;
  } catch (error) {
    await object.abort();
    throw error;
  }
}

/** @throws Log0Error internal when rows are missing: the inputs then stay */
function mergedRow(
  scope: TenantScope,
  attempt: MergeAttempt,
  inputs: readonly Segment[],
  { stats, bytes }: Awaited<ReturnType<typeof mergeSegments>>,
): Segment {
  const rows = sum(inputs, (input) => input.rows);
  if (stats.rows !== rows) throw new Log0Error("internal", `merged ${stats.rows} of ${rows} rows`);
  const { id, shard, objectKey } = attempt;
  const rawBytes = sum(inputs, (input) => input.rawBytes);
  const { rollup, patterns } = mergeCounts(inputs.map(countsOf));
  const flushedThrough = inputs.map((input) => input.flushedThrough).reduce((a, b) => (a > b ? a : b));
  return {
    ...segmentRow(scope, { id, shard, objectKey, rawBytes, bytes, stats, rollup, flushedThrough }),
    patterns: JSON.stringify(patterns),
  };
}

function countsOf(segment: Segment) {
  return {
    rollup: Rollup.parse(JSON.parse(segment.rollup)),
    patterns: PatternCounts.parse(JSON.parse(segment.patterns)),
  };
}

function sum(inputs: readonly Segment[], of: (input: Segment) => number): number {
  return inputs.reduce((total, input) => total + of(input), 0);
}
