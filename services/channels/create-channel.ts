import { sql } from "drizzle-orm";
import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import type { UrlPolicy } from "../../core/net/public-url.ts";
import { webhookSecret } from "../../core/notifications/webhook.ts";
import {
  type ChannelConfig,
  type ChannelSecret,
  MAX_CHANNELS,
  type NewChannel,
} from "../../schema/contracts/channels.ts";
import { channels } from "../../schema/tables/channels.ts";
import { auditIfChanged } from "../audit/record.ts";
import type { TenantScope } from "../platform.ts";
import type { ChannelAccess } from "./access.ts";
import { type Channel, channelOf, listChannels, sealSecret } from "./channel.ts";
import { checkChannelUrl } from "./check-channel-url.ts";
import { checkRecipients } from "./recipients.ts";

/** Bytes of a webhook's signing key; the scheme asks for 24 to 64. */
const SIGNING_BYTES = 32;

/** What is stored of a new channel: the part that is shown, and the part that is sealed. */
function partsOf(
  scope: TenantScope,
  channel: NewChannel,
  urls: UrlPolicy,
): { config: ChannelConfig; secret?: ChannelSecret } {
  switch (channel.kind) {
    case "slack":
      return { config: { channel: channel.channel } };
    case "email":
      return { config: { to: [...new Set(channel.to)] } };
    case "discord":
    case "webhook": {
      const url = checkChannelUrl(channel.kind, channel.url, urls);
      const signing = channel.kind === "webhook" ? { signingSecret: webhookSecret(scope.random(SIGNING_BYTES)) } : {};
      return { config: { host: url.host }, secret: { url: url.href, ...signing } };
    }
  }
}

/**
 * Makes a channel. A webhook's signing secret is in the answer, this once.
 * @throws Log0Error invalid_url, invalid_query for a recipient; conflict when the name is taken, or there are 50 channels
 */
export async function createChannel(
  scope: TenantScope,
  channel: NewChannel,
  access: Pick<ChannelAccess, "urls" | "tenantsTrusted">,
  actor: string,
): Promise<Channel & { signingSecret?: string }> {
  if (channel.kind === "email") await checkRecipients(scope, channel.to, access);
  const { config, secret } = partsOf(scope, channel, access.urls);
  const now = scope.now();
  const id = uuidV7(now, scope.random(10));
  const sealed = secret === undefined ? null : await sealSecret(scope, secret);
  const { tenantId } = scope;
  const insert = scope.db
    .insert(channels)
    .select(
      sql`SELECT ${id}, ${tenantId}, ${channel.kind}, ${channel.name}, ${JSON.stringify(config)}, ${sealed},
        ${channel.enabled ? 1 : 0}, NULL, NULL, NULL, 0, ${now}, ${now}
      WHERE (SELECT count(*) FROM channels WHERE tenant_id = ${tenantId}) < ${MAX_CHANNELS}`,
    )
    .onConflictDoNothing()
    .returning();
  const { kind, name } = channel;
  const [[row]] = await scope.db.batch([
    insert,
    auditIfChanged(scope, { actor, action: "channel.created", target: `channel:${id}`, detail: { kind, name } }),
  ]);
  if (row === undefined) {
    const taken = (await listChannels(scope)).some(({ name }) => name === channel.name);
    throw new Log0Error(
      "conflict",
      taken ? `there is a channel ${channel.name} already` : `there are ${MAX_CHANNELS} channels already`,
    );
  }
  const signingSecret = secret?.signingSecret;
  return { ...channelOf(row), ...(signingSecret === undefined ? {} : { signingSecret }) };
}
