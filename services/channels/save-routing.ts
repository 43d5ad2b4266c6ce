import { sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { namedChannels } from "../../core/notifications/routing.ts";
import type { Routing } from "../../schema/contracts/channels.ts";
import { routingSets } from "../../schema/tables/channels.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import { listChannels } from "./channel.ts";

/**
 * Saves the tenant's routing as a new version.
 * @param basedOn the version that it was made from
 * @throws Log0Error invalid_query for a channel that the tenant does not have; conflict when somebody saved another
 * version meanwhile
 */
export async function saveRouting(
  scope: TenantScope,
  routing: Routing,
  basedOn: number,
  actor: string,
): Promise<{ version: number }> {
  const known = new Set((await listChannels(scope)).map((channel) => channel.id));
  const unknown = [...namedChannels(routing)].find((id) => !known.has(id));
  if (unknown !== undefined) throw new Log0Error("invalid_query", `there is no channel ${unknown}`);
  const version = basedOn + 1;
  const { tenantId } = scope;
  const insert = scope.db
    .insert(routingSets)
    .select(
      sql`SELECT ${tenantId}, ${version}, ${JSON.stringify(routing)}, ${actor}, ${scope.now()}
      WHERE (SELECT coalesce(max(version), 0) FROM routing_sets WHERE tenant_id = ${tenantId}) = ${basedOn}`,
    )
    .returning();
  const [saved] = await scope.db.batch([
    insert,
    auditIfChanged(scope, { actor, action: "routing.saved", target: "routing", detail: { version } }),
  ]);
  if (saved.length === 0) throw new Log0Error("conflict", `the routing has changed since version ${basedOn}`);
  return { version };
}
