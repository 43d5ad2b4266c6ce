import type { DigestEvent } from "../../schema/contracts/channels.ts";
import type { ChannelAccess } from "../channels/access.ts";
import { listChannels, loadChannel } from "../channels/channel.ts";
import { deliverDigest } from "../channels/deliver-digest.ts";
import type { TenantScope } from "../platform.ts";

/** Delivers a digest, unless its channel is gone or switched off. @throws Log0Error delivery_failed, invalid_url */
export async function tellDigest(scope: TenantScope, event: DigestEvent, access: ChannelAccess): Promise<void> {
  const channel = (await listChannels(scope)).find(({ id }) => id === event.channelId);
  if (channel?.enabled === true) await deliverDigest(scope, await loadChannel(scope, channel.id), event, access);
}
