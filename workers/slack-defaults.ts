import type { SlackDefaults } from "../services/notifications/slack-target.ts";
import type { Env } from "./env.ts";

/** Whether all tenants are the operator's own teams. Unless it says so, they are strangers to each other. */
export function tenantsTrusted(env: Pick<Env, "TENANTS_TRUSTED">): boolean {
  return env.TENANTS_TRUSTED === "true";
}

/**
 * The platform's own Slack, as the deployment is configured. Strangers have none of it: who may post there may name any of
 * its channels, also one where another tenant's alerts go.
 */
export function slackDefaults(env: Env): SlackDefaults {
  return {
    apiUrl: env.SLACK_API_URL,
    botToken: tenantsTrusted(env) ? env.SLACK_BOT_TOKEN : undefined,
    defaultChannel: env.SLACK_CHANNEL,
    publicUrl: env.PUBLIC_URL,
    signingSecret: env.SLACK_SIGNING_SECRET,
  };
}
