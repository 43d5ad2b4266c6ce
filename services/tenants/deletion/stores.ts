import { eq, type SQL, sql } from "drizzle-orm";
import { tenantDeletions } from "../../../schema/tables/tenants.ts";
import type { TenantScope } from "../../platform.ts";
import { SHARD_TABLES } from "./places.ts";
import { forEachOf, QUERY_COST, type Turn, type TurnResult } from "./turn.ts";

/** Windows that a store names at a time. */
const PAGE = 100;

/** Shards that the tenant has, or once had: what the rows say is kept before they go. */
async function keepShards(scope: TenantScope): Promise<number> {
  const { tenantId } = scope;
  const seen = SHARD_TABLES.map(
    (table): SQL =>
      sql`coalesce((SELECT max(shard) + 1 FROM ${sql.identifier(table)} WHERE tenant_id = ${tenantId}), 0)`,
  );
  const row = await scope.db
    .update(tenantDeletions)
    .set({ shards: sql`max(${tenantDeletions.shards}, ${sql.join(seen, sql`, `)})` })
    .where(eq(tenantDeletions.tenantId, tenantId))
    .returning({ shards: tenantDeletions.shards })
    .get();
  return row?.shards ?? 1;
}

/** `<shard>/<the last window named>` */
function readPlace(at: string | null): { shard: number; after: string } {
  const slash = at?.indexOf("/") ?? -1;
  return at === null || slash < 0
    ? { shard: 0, after: "" }
    : { shard: Number(at.slice(0, slash)), after: at.slice(slash + 1) };
}

/**
 * One page of one store: the windows that it knows are wiped, and after the last of them the store. Until then it names
 * the same ones again, so that a crash at any point leaves none behind. It has been resting since the deletion was asked
 * for, so it tells them nothing meanwhile.
 */
export async function wipeStores({ scope, deletion, progress }: Turn): Promise<TurnResult> {
  const { shard, after } = readPlace(progress.at);
  const shards = progress.at === null ? await keepShards(scope) : deletion.shards;
  const store = scope.logStore(scope.tenantId, shard);
  const windows = await store.windows(after, PAGE);
  await forEachOf(windows, (window) => scope.clusterWindow(scope.tenantId, window).wipe());
  const cost = windows.length + 2 + QUERY_COST;
  if (windows.length === PAGE) {
    return { at: `${shard}/${windows.at(-1)}`, removed: { windows: windows.length }, cost };
  }
  await store.wipe();
  const at = shard + 1 < shards ? `${shard + 1}/` : null;
  return { at, removed: { windows: windows.length, stores: 1 }, cost };
}
