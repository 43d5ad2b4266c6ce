import type { TenantScope } from "../platform.ts";

/**
 * Asks each store of the tenant to feed its LiveTail object for a time; 0 ends it at once.
 * @returns how many stores could not be asked
 */
export async function watchStores(scope: TenantScope, shards: number, leaseMs: number): Promise<number> {
  const calls = Array.from({ length: shards }, async (_, shard) =>
    scope.logStore(scope.tenantId, shard).watch(leaseMs),
  );
  return (await Promise.allSettled(calls)).filter((call) => call.status === "rejected").length;
}
