import { Log0Error } from "../../core/errors.ts";
import { publicUrl, type UrlPolicy } from "../../core/net/public-url.ts";
import type { ChannelKind } from "../../schema/contracts/channels.ts";

const DISCORD_HOST = /^((ptb|canary)\.)?discord(app)?\.com$/;
const DISCORD_PATH = /^\/api(\/v\d+)?\/webhooks\/\d+\/[\w-]+$/;

/**
 * Checks a channel's URL, when it is set and again before each message: the policy may have changed since.
 * @throws Log0Error invalid_url
 */
export function checkChannelUrl(kind: ChannelKind, text: string, policy: UrlPolicy): URL {
  const url = publicUrl(text, policy);
  if (kind !== "discord") return url;
  const isHost = DISCORD_HOST.test(url.hostname) || (policy.allowLocal && url.hostname === "127.0.0.1");
  if (!isHost || !DISCORD_PATH.test(url.pathname)) {
    throw new Log0Error("invalid_url", "not the URL of a Discord webhook: https://discord.com/api/webhooks/…");
  }
  return url;
}
