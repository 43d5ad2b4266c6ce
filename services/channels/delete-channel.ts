import { and, eq } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { namedChannels } from "../../core/notifications/routing.ts";
import { channels, deliveries } from "../../schema/tables/channels.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import { loadChannel } from "./channel.ts";
import { loadRouting } from "./load-routing.ts";

/** @throws Log0Error not_found; conflict while the routing names it: its notices would go nowhere, unseen */
export async function deleteChannel(scope: TenantScope, channelId: string, actor: string): Promise<void> {
  const { kind, name } = await loadChannel(scope, channelId);
  const { routing } = await loadRouting(scope);
  if (namedChannels(routing).has(channelId)) throw new Log0Error("conflict", "the routing names this channel");
  const [gone] = await scope.db.batch([
    scope.db
      .delete(channels)
      .where(and(eq(channels.tenantId, scope.tenantId), eq(channels.id, channelId)))
      .returning({ id: channels.id }),
    auditIfChanged(scope, { actor, action: "channel.deleted", target: `channel:${channelId}`, detail: { kind, name } }),
    scope.db
      .delete(deliveries)
      .where(and(eq(deliveries.tenantId, scope.tenantId), eq(deliveries.channelId, channelId))),
  ]);
  if (gone.length === 0) throw new Log0Error("not_found", "no such channel");
}
