import { eq, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { type SettingsChange, ShownSettings } from "../../schema/contracts/tenant-settings.ts";
import { tenants } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import { parseSettings } from "../tenants/load-tenant.ts";

/** The settings as they are now, past every cache. @throws Log0Error not_found */
export async function showSettings(scope: TenantScope): Promise<ShownSettings> {
  const { settings } = tenants;
  const row = await scope.db.select({ settings }).from(tenants).where(eq(tenants.id, scope.tenantId)).get();
  if (row === undefined) throw new Log0Error("not_found", "no such tenant");
  return ShownSettings.parse(parseSettings(row.settings));
}

/**
 * Changes settings; it holds within 15 s everywhere. One statement: of two who change different ones at once, both are
 * kept. Not `json_patch`, which takes a null for a removal (here it is a value: never) and merges what is to be replaced.
 * @throws Log0Error not_found
 */
export async function changeSettings(
  scope: TenantScope,
  change: SettingsChange,
  actor: string,
): Promise<ShownSettings> {
  const { slackChannel, ...values } = change;
  let settings = sql`${tenants.settings}`;
  if (slackChannel === null) settings = sql`json_remove(${settings}, '$.slackChannel')`;
  const given = Object.entries({ ...values, ...(slackChannel === null ? {} : { slackChannel }) });
  for (const [field, value] of given) {
    if (value !== undefined) settings = sql`json_set(${settings}, ${`$.${field}`}, json(${JSON.stringify(value)}))`;
  }
  const fields = Object.keys(change).toSorted().join(", ");
  await scope.db.batch([
    scope.db.update(tenants).set({ settings }).where(eq(tenants.id, scope.tenantId)),
    auditIfChanged(scope, { actor, action: "settings.changed", target: "tenant", detail: { fields } }),
  ]);
  return await showSettings(scope);
}
