import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { Found } from "../../../core/tenants/deletion.ts";
import type { TenantScope } from "../../platform.ts";
import { objectsOf, prefixesOf, TENANT_TABLES } from "./places.ts";
import { forEachOf } from "./turn.ts";

/** One statement: columns, because SQLite of D1 joins at most five SELECTs by UNION. */
async function countRows({ db, tenantId }: TenantScope): Promise<Record<string, number>> {
  const counts = TENANT_TABLES.map(
    (table): SQL =>
      sql`(SELECT count(*) FROM ${sql.identifier(table)} WHERE tenant_id = ${tenantId}) AS ${sql.identifier(table)}`,
  );
  const own = sql`(SELECT count(*) FROM tenants WHERE id = ${tenantId}) AS tenants`;
  return z.record(z.string(), z.int()).parse(await db.get(sql`SELECT ${sql.join([...counts, own], sql`, `)}`));
}

/** Up to 1,000 a prefix: one is too many. */
async function countKeys(scope: TenantScope): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const prefix of await prefixesOf(scope)) {
    counts[prefix] = (await scope.bucket.list({ prefix })).objects.length;
  }
  return counts;
}

async function askObjects(scope: TenantScope): Promise<Record<string, number>> {
  const held: Record<string, number> = {};
  for (const [name, object] of Object.entries(objectsOf(scope))) held[name] = await object.held();
  return held;
}

async function askStores(scope: TenantScope, shards: number): Promise<Found["stores"]> {
  let holding = 0;
  await forEachOf(
    Array.from({ length: shards }, (_, shard) => shard),
    async (shard) => {
      if ((await scope.logStore(scope.tenantId, shard).held()) > 0) holding++;
    },
  );
  return { asked: shards, holding };
}

/** What is left of a tenant, counted everywhere. */
export async function countAll(scope: TenantScope, shards: number): Promise<Found> {
  return {
    objects: await askObjects(scope),
    stores: await askStores(scope, shards),
    bucket: await countKeys(scope),
    rows: await countRows(scope),
  };
}
