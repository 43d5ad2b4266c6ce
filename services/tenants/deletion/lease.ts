import { and, asc, eq, isNull, lte } from "drizzle-orm";
import { AT_THE_BEGINNING, Progress } from "../../../core/tenants/deletion.ts";
import { tenantDeletions } from "../../../schema/tables/tenants.ts";
import type { Platform, TenantScope } from "../../platform.ts";
import type { Deletion } from "./turn.ts";

/** Longer than a sweep works on one deletion. After a crash it goes on when this is over. */
const LEASE_MS = 2 * 60_000;

/** Deletions that one sweep takes on. */
const SWEEP_TENANTS = 5;

/** Those that nobody works on, and that do not wait: the longest free ones first. */
export async function openDeletions(platform: Platform) {
  const { tenantId, finishedAt, leaseUntil } = tenantDeletions;
  return await platform.everyTenant
    .select({ tenantId })
    .from(tenantDeletions)
    .where(and(isNull(finishedAt), lte(leaseUntil, platform.now())))
    .orderBy(asc(leaseUntil))
    .limit(SWEEP_TENANTS);
}

/** Takes a deletion on; undefined when another sweep was faster. The lease's end is the token that all changes ask for. */
export async function claim(scope: TenantScope): Promise<Deletion | undefined> {
  const now = scope.now();
  const { tenantId, finishedAt, leaseUntil } = tenantDeletions;
  return await scope.db
    .update(tenantDeletions)
    .set({ leaseUntil: now + LEASE_MS })
    .where(and(eq(tenantId, scope.tenantId), isNull(finishedAt), lte(leaseUntil, now)))
    .returning()
    .get();
}

/** Writes how far a deletion is. @returns the row; undefined when the lease is lost: another sweep has taken over */
export async function save(
  scope: TenantScope,
  held: number,
  change: Partial<Pick<Deletion, "step" | "cursor" | "leaseUntil" | "finishedAt" | "proof">>,
): Promise<Deletion | undefined> {
  const { tenantId, leaseUntil } = tenantDeletions;
  return await scope.db
    .update(tenantDeletions)
    .set(change)
    .where(and(eq(tenantId, scope.tenantId), eq(leaseUntil, held)))
    .returning()
    .get();
}

/** What was saved; a deletion that has just been asked for has nothing yet. */
export function progressOf({ cursor }: Pick<Deletion, "cursor">): Progress {
  return cursor === null ? AT_THE_BEGINNING : Progress.parse(JSON.parse(cursor));
}
