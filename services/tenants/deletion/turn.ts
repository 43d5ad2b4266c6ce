import type { Progress, Removed } from "../../../core/tenants/deletion.ts";
import type { tenantDeletions } from "../../../schema/tables/tenants.ts";
import type { TenantScope } from "../../platform.ts";

export type Deletion = typeof tenantDeletions.$inferSelect;

/** A bounded piece of a step. */
export interface Turn {
  scope: TenantScope;
  deletion: Deletion;
  progress: Progress;
}

export interface TurnResult {
  /** Where the step goes on; null when it is done. */
  at: string | null;
  removed?: Partial<Removed>;
  /** Calls of objects and of R2; a query of D1 counts for `QUERY_COST` of them. */
  cost: number;
}

/** An invocation may make 1,000 queries of D1, and 10,000 calls in all. */
export const QUERY_COST = 10;

/** Calls under way at once. */
const PARALLEL_CALLS = 24;

/** Calls a function for each, some at once. */
export async function forEachOf<T>(values: readonly T[], call: (value: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < values.length; at += PARALLEL_CALLS) {
    await Promise.all(values.slice(at, at + PARALLEL_CALLS).map(call));
  }
}
