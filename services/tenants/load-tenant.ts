import { eq } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { TtlCache } from "../../core/ttl-cache.ts";
import { TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import { type TENANT_STATUSES, tenants } from "../../schema/tables/tenants.ts";
import type { TenantScope } from "../platform.ts";

export interface Tenant {
  id: string;
  name: string;
  status: (typeof TENANT_STATUSES)[number];
  shards: number;
  settings: TenantSettings;
}

/** A change of settings takes effect within this time everywhere. */
const CACHE_MS = 15_000;
const cache = new TtlCache<Tenant>(CACHE_MS, 5_000);

/** Settings as stored; a field that does not validate falls back to the defaults rather than stopping the pipeline. */
export function parseSettings(json: string): TenantSettings {
  try {
    return TenantSettings.parse(JSON.parse(json));
  } catch {
    return TenantSettings.parse({});
  }
}

/** @throws Log0Error not_found */
export async function loadTenant(scope: TenantScope): Promise<Tenant> {
  const now = scope.now();
  const cached = cache.get(scope.tenantId, now);
  if (cached !== undefined) return cached;
  const row = await scope.db.select().from(tenants).where(eq(tenants.id, scope.tenantId)).get();
  if (row === undefined) throw new Log0Error("not_found", "no such tenant");
  const { id, name, status, shards } = row;
  const tenant: Tenant = { id, name, status, shards, settings: parseSettings(row.settings) };
  cache.set(id, tenant, now);
  return tenant;
}
