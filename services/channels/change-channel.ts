import { and, eq, isNotNull, like, sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import type { ChannelChange, ChannelConfig, ChannelKind } from "../../schema/contracts/channels.ts";
import { channels, deliveries } from "../../schema/tables/channels.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import type { ChannelAccess } from "./access.ts";
import { type Channel, channelOf, loadChannel, openSecret, sealSecret } from "./channel.ts";
import { checkChannelUrl } from "./check-channel-url.ts";
import { checkRecipients } from "./recipients.ts";

/** The field of a change that a kind has besides the common ones. */
const FIELD: Readonly<Record<ChannelKind, "channel" | "to" | "url">> = {
  slack: "channel",
  email: "to",
  discord: "url",
  webhook: "url",
};

/**
 * Changes a channel. Where it sends to another place now, what failed before is forgotten, and messages that stand in the
 * old place are edited no more: their incidents are posted anew. A webhook keeps its signing secret.
 * @throws Log0Error not_found, invalid_query, invalid_url; conflict when the name is taken
 */
export async function changeChannel(
  scope: TenantScope,
  channelId: string,
  change: ChannelChange,
  access: Pick<ChannelAccess, "urls" | "tenantsTrusted">,
  actor: string,
): Promise<Channel> {
  const channel = await loadChannel(scope, channelId);
  for (const field of ["channel", "to", "url"] as const) {
    if (change[field] !== undefined && FIELD[channel.kind] !== field) {
      throw new Log0Error("invalid_query", `a channel of the kind ${channel.kind} has no ${field}`);
    }
  }
  let config: ChannelConfig | undefined;
  let secret: string | undefined;
  if (change.channel !== undefined) config = { channel: change.channel };
  if (change.to !== undefined) {
    await checkRecipients(scope, change.to, access);
    config = { to: [...new Set(change.to)] };
  }
  if (change.url !== undefined) {
    const url = checkChannelUrl(channel.kind, change.url, access.urls);
    config = { host: url.host };
    secret = await sealSecret(scope, { ...(await openSecret(scope, channel)), url: url.href });
  }
  const { tenantId } = scope;
  const free = sql`NOT EXISTS (SELECT 1 FROM channels AS other WHERE other.tenant_id = ${tenantId}
    AND other.name = ${change.name ?? channel.name} AND other.id <> ${channelId})`;
  const [[row]] = await scope.db.batch([
    scope.db
      .update(channels)
      .set({
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.enabled === undefined ? {} : { enabled: change.enabled }),
        ...(config === undefined ? {} : { config: JSON.stringify(config), failingSince: null, lastError: null }),
        ...(secret === undefined ? {} : { secret }),
        updatedAt: scope.now(),
      })
      .where(and(eq(channels.tenantId, tenantId), eq(channels.id, channelId), free))
      .returning(),
    auditIfChanged(scope, {
      actor,
      action: "channel.changed",
      target: `channel:${channelId}`,
      // Their names alone: the URL of a webhook is a secret.
      detail: { fields: Object.keys(change).join(", ") },
    }),
    scope.db
      .update(deliveries)
      .set({ handle: null, shownVersion: 0 })
      .where(
        and(
          eq(deliveries.tenantId, tenantId),
          eq(deliveries.channelId, channelId),
          like(deliveries.noticeKey, "incident:%"),
          isNotNull(deliveries.handle),
          sql`EXISTS (SELECT 1 FROM channels WHERE tenant_id = ${tenantId} AND id = ${channelId} AND secret = ${secret ?? null})`,
        ),
      ),
  ]);
  if (row !== undefined) return channelOf(row);
  // Gone meanwhile, or the name is taken.
  await loadChannel(scope, channelId);
  throw new Log0Error("conflict", `there is a channel ${change.name ?? channel.name} already`);
}
