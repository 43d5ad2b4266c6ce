import "./segments.ts";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { DeletionProof } from "../../../core/tenants/deletion.ts";
import { tenantDeletions } from "../../../schema/tables/tenants.ts";
import { scopeTo } from "../../../services/platform.ts";
import { countAll } from "../../../services/tenants/deletion/count.ts";
import { TENANT_TABLES } from "../../../services/tenants/deletion/places.ts";
import { sweepDeletions } from "../../../services/tenants/deletion/sweep.ts";
import { requestDeletion } from "../../../services/tenants/request-deletion.ts";
import { platformOf } from "../../../workers/platform.ts";
import { advance } from "./clock.ts";
import { counted } from "./faults.ts";
import { windowsOf } from "./pipeline.ts";
import type { Tenant } from "./tenant.ts";

export const MINUTE_MS = 60_000;

/** Longer than a crashed sweep's lease. */
const LEASE_MS = 3 * MINUTE_MS;

/** Far more sweeps than any deletion takes. */
const MAX_SWEEPS = 60;

/** As the service has it, past the check that a test's scope makes of its queries. */
export const scopeOf = (tenant: Pick<Tenant, "id">) => scopeTo(platformOf(env), tenant.id);

export function request(tenant: Tenant) {
  return requestDeletion(tenant.scope, { confirm: tenant.name, actor: "operator" });
}

/** The cron's part, without its other sweeps. */
export function sweepOnce(): Promise<void> {
  return counted(() => sweepDeletions(platformOf(env)));
}

export async function deletionOf(tenant: Pick<Tenant, "id">) {
  const row = await drizzle(env.DB).select().from(tenantDeletions).where(eq(tenantDeletions.tenantId, tenant.id)).get();
  if (row === undefined) throw new Error("no deletion");
  return row;
}

/** Sweeps, a minute between two, until a deletion stands at a step. */
export async function sweepUntil(tenant: Tenant, step: string): Promise<void> {
  for (let n = 0; n < MAX_SWEEPS; n++) {
    if ((await deletionOf(tenant)).step === step) return;
    advance(MINUTE_MS);
    await sweepOnce();
  }
  throw new Error(`the deletion does not come to ${step}, but stands at ${(await deletionOf(tenant)).step}`);
}

/** Sweeps until a deletion is over, whatever fails meanwhile, and through its waiting. @returns its proof */
export async function sweepToTheEnd(tenant: Tenant) {
  for (let n = 0; n < MAX_SWEEPS; n++) {
    const { finishedAt, proof, step, leaseUntil } = await deletionOf(tenant);
    if (finishedAt !== null && proof !== null) return DeletionProof.parse(JSON.parse(proof));
    // What waits says until when in its lease.
    advance(step === "idle" ? Math.max(LEASE_MS, leaseUntil - Date.now()) : LEASE_MS);
    await sweepOnce().catch(() => undefined);
  }
  throw new Error(`the deletion does not end, but stands at ${(await deletionOf(tenant)).step}`);
}

/** A deletion from the request to the proof. */
export async function deleted(tenant: Tenant) {
  await request(tenant);
  return await sweepToTheEnd(tenant);
}

interface Column {
  name: string;
  type: string;
  notnull: number;
}

/** The tables that the database has. */
export async function tablesOf(): Promise<{ name: string; columns: string[] }[]> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' ORDER BY 1",
  ).all<{ name: string }>();
  return await Promise.all(
    results.map(async ({ name }) => ({ name, columns: (await columnsOf(name)).map((column) => column.name) })),
  );
}

const known = new Map<string, Promise<Column[]>>();

function columnsOf(table: string): Promise<Column[]> {
  const columns = known.get(table) ?? askColumns(table);
  known.set(table, columns);
  return columns;
}

async function askColumns(table: string): Promise<Column[]> {
  return (await env.DB.prepare(`SELECT name, type, "notnull" FROM pragma_table_info('${table}')`).all<Column>())
    .results;
}

/** Adds a row of a tenant to every table that has none yet, whatever its columns are. */
export async function fillTables(tenant: Pick<Tenant, "id">): Promise<void> {
  const { rows } = await countAll(scopeOf(tenant), 0);
  const empty = TENANT_TABLES.filter((table) => rows[table] === 0);
  const inserts = await Promise.all(
    empty.map(async (table) => {
      const columns = (await columnsOf(table)).filter((column) => column.notnull === 1);
      const values = columns.map(({ name, type }, index) => {
        if (name === "tenant_id") return tenant.id;
        if (name === "shard") return 0;
        return type === "INTEGER" ? index : crypto.randomUUID();
      });
      const names = columns.map(({ name }) => `"${name}"`).join(", ");
      const marks = columns.map(() => "?").join(", ");
      return env.DB.prepare(`INSERT INTO ${table} (${names}) VALUES (${marks})`).bind(...values);
    }),
  );
  if (inserts.length > 0) await env.DB.batch(inserts);
}

/** Every row, key and object of a tenant. */
export async function everythingOf(tenant: Tenant, shards = 1) {
  const selects = TENANT_TABLES.map((table) => `SELECT * FROM ${table} WHERE tenant_id = ? ORDER BY rowid`);
  selects.push("SELECT * FROM tenants WHERE id = ?");
  const results = await env.DB.batch(selects.map((select) => env.DB.prepare(select).bind(tenant.id)));
  const rows = Object.fromEntries(
    [...TENANT_TABLES, "tenants"].map((table, index) => [table, results[index]?.results ?? []]),
  );
  const objects = [];
  for (const object of (await env.BUCKET.list()).objects) {
    if (object.key.includes(tenant.id)) objects.push([object.key, object.etag]);
  }
  const { objects: single, stores } = await countAll(scopeOf(tenant), shards);
  const windows = await Promise.all(windowsOf(tenant).map((window) => window.held()));
  return { rows, objects, single, stores, windows };
}

/** That nothing is left anywhere of what `everythingOf` finds. */
export function nothingOf({
  rows,
  objects,
  single,
  stores,
  windows,
}: Awaited<ReturnType<typeof everythingOf>>): boolean {
  return (
    Object.values(rows).every((list) => list.length === 0) &&
    objects.length === 0 &&
    Object.values(single).every((held) => held === 0) &&
    stores.holding === 0 &&
    windows.every((held) => held === 0)
  );
}
