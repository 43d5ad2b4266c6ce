import type { AlertTarget } from "../services/dead-letters/alert.ts";
import type { Env } from "./env.ts";

/** Where alerts go that are about no incident; nowhere without a bot token. */
export function alertTarget(env: Env): AlertTarget | undefined {
  const {
    SLACK_BOT_TOKEN: botToken,
    SLACK_API_URL: apiUrl,
    SLACK_CHANNEL: defaultChannel,
    PUBLIC_URL: publicUrl,
  } = env;
  return botToken === undefined || botToken === "" ? undefined : { apiUrl, botToken, defaultChannel, publicUrl };
}
