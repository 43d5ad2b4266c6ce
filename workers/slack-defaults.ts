import type { SlackDefaults } from "../services/notifications/slack-target.ts";
import type { Env } from "./env.ts";

/** The platform's own Slack, as the deployment is configured. */
export function slackDefaults(env: Env): SlackDefaults {
  return {
    apiUrl: env.SLACK_API_URL,
    botToken: env.SLACK_BOT_TOKEN,
    defaultChannel: env.SLACK_CHANNEL,
    publicUrl: env.PUBLIC_URL,
    signingSecret: env.SLACK_SIGNING_SECRET,
  };
}
