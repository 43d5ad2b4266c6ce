import { errorMessage } from "../../../core/errors.ts";
import {
  advance,
  type DeletionProof,
  DeletionStep,
  FINISHED,
  notBefore,
  stepAfter,
  stepFor,
  WINDOWS_END_MS,
} from "../../../core/tenants/deletion.ts";
import { type Platform, scopeTo, type TenantScope } from "../../platform.ts";
import { removeAccounts } from "./accounts.ts";
import { emptyBucket } from "./bucket.ts";
import { countAll } from "./count.ts";
import { claim, openDeletions, progressOf, save } from "./lease.ts";
import { wipeObjects } from "./objects.ts";
import { deleteRows } from "./rows.ts";
import { wipeStores } from "./stores.ts";
import { type Deletion, QUERY_COST, type Turn, type TurnResult } from "./turn.ts";
import { wipeWindows } from "./windows.ts";

/** What one sweep may cost, shared by the tenants that it works for: 400 queries of D1, where the other sweeps ask, too. */
const MAX_COST = 400 * QUERY_COST;

/** For one tenant, well within its lease. */
const MAX_RUN_MS = 30_000;

const waits = async (): Promise<TurnResult> => ({ at: null, cost: 0 });

/** What each step does, a bounded piece at a time. The proof is not here: what follows it depends on what it finds. */
const WORK: Readonly<Record<Exclude<DeletionStep, "proof">, (turn: Turn) => Promise<TurnResult>>> = {
  caches: waits,
  objects: wipeObjects,
  stores: wipeStores,
  windows: wipeWindows,
  bucket: emptyBucket,
  accounts: removeAccounts,
  rows: deleteRows,
  idle: waits,
};

/** Counts everything again: then it is over, or goes back to the step that removes what was found. */
async function prove(scope: TenantScope, deletion: Deletion): Promise<Deletion | undefined> {
  const found = await countAll(scope, deletion.shards);
  const step = stepFor(found);
  const { silentSince, removed, ...progress } = progressOf(deletion);
  if (step !== undefined) {
    console.warn({ message: "a deleted tenant left something behind", tenantId: scope.tenantId, step });
    const cursor = JSON.stringify({ ...progress, silentSince, removed, at: null });
    return await save(scope, deletion.leaseUntil, { step, cursor });
  }
  const now = scope.now();
  const proof: DeletionProof = {
    provenAt: now,
    silentSince,
    windowsEndedBy: silentSince + WINDOWS_END_MS,
    removed,
    found,
  };
  const end = { step: FINISHED, cursor: null, finishedAt: now, proof: JSON.stringify(proof) };
  const ended = await save(scope, deletion.leaseUntil, end);
  if (ended !== undefined) console.info({ message: "a tenant is deleted", tenantId: scope.tenantId });
  return undefined;
}

/** One piece of work and its record. @returns the row, when there is more to do now */
async function turn(scope: TenantScope, deletion: Deletion, spend: (cost: number) => void) {
  const held = deletion.leaseUntil;
  const step = DeletionStep.parse(deletion.step);
  const progress = progressOf(deletion);
  const due = notBefore(step, deletion.requestedAt, progress);
  if (due > scope.now()) {
    await save(scope, held, { leaseUntil: due });
    return undefined;
  }
  if (step === "proof") {
    spend(deletion.shards + 5 * QUERY_COST);
    return await prove(scope, deletion);
  }
  const { at, removed = {}, cost } = await WORK[step]({ scope, deletion, progress });
  spend(cost + QUERY_COST);
  const cursor = JSON.stringify(advance(progress, step, removed, at, scope.now()));
  return await save(scope, held, { step: at === null ? (stepAfter(step) ?? step) : step, cursor });
}

/** Works on one deletion until it waits, or has had its share. @returns what it cost */
async function run(scope: TenantScope, share: number): Promise<number> {
  const until = scope.now() + MAX_RUN_MS;
  let spent = QUERY_COST;
  let deletion = await claim(scope);
  while (deletion !== undefined && spent < share && scope.now() < until) {
    deletion = await turn(scope, deletion, (cost) => {
      spent += cost;
    });
  }
  if (deletion !== undefined) await save(scope, deletion.leaseUntil, { leaseUntil: scope.now() });
  return spent;
}

/**
 * Goes on with the deletions of tenants, each a bounded piece; two sweeps never work on one at once. One that fails is
 * taken up again when its lease is over, where it stood: every piece can be repeated.
 * @throws the first failure, at the end
 */
export async function sweepDeletions(platform: Platform): Promise<void> {
  const failures: unknown[] = [];
  const open = await openDeletions(platform);
  let left = MAX_COST;
  for (const [index, { tenantId }] of open.entries()) {
    const share = left / (open.length - index);
    try {
      left -= await run(scopeTo(platform, tenantId), share);
    } catch (error) {
      console.error({ message: "a deletion waits for its next turn", tenantId, error: errorMessage(error) });
      failures.push(error);
      left -= share;
    }
  }
  if (failures.length > 0) throw failures[0];
}
