import { and, eq, sql } from "drizzle-orm";
import { tenants } from "../../../schema/tables/tenants.ts";
import type { TenantScope } from "../../platform.ts";
import { TENANT_TABLES } from "./places.ts";
import { QUERY_COST, type Turn, type TurnResult } from "./turn.ts";

/** Rows that one statement deletes: an index row of a segment may have 100 KB, and a statement has 30 s. */
const PORTION = 1_000;

/** Tables that one turn goes through while they have less than a portion. */
const TABLES = 12;

/** Deletes the next portion of one table. @returns how many rows */
async function deletePortion({ db, tenantId }: TenantScope, table: string): Promise<number> {
  const name = sql.identifier(table);
  const { meta } = await db.run(
    sql`DELETE FROM ${name} WHERE rowid IN (SELECT rowid FROM ${name} WHERE tenant_id = ${tenantId} LIMIT ${PORTION})`,
  );
  // `changes` counts no cascade, and there is none: no table has foreign keys.
  return meta.changes;
}

/** Found by its own id, and by its state: the row of a tenant that lives is never touched. @returns how many rows */
async function deleteOwnRow({ db, tenantId }: TenantScope): Promise<number> {
  const own = await db
    .delete(tenants)
    .where(and(eq(tenants.id, tenantId), eq(tenants.status, "deleting")))
    .returning({ id: tenants.id });
  return own.length;
}

/** A portion of a table, or the little that several have; the tenant's own row comes last. */
export async function deleteRows({ scope, progress }: Turn): Promise<TurnResult> {
  let rows = 0;
  const cost = TABLES * QUERY_COST;
  const first = progress.at ?? "";
  const tables = TENANT_TABLES.filter((table) => table >= first);
  for (const table of tables.slice(0, TABLES)) {
    const deleted = await deletePortion(scope, table);
    rows += deleted;
    if (deleted === PORTION) return { at: table, removed: { rows }, cost };
  }
  const next = tables[TABLES];
  if (next !== undefined) return { at: next, removed: { rows }, cost };
  return { at: null, removed: { rows: rows + (await deleteOwnRow(scope)) }, cost };
}
