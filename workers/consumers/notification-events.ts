import { Log0Error } from "../../core/errors.ts";
import { NotificationEvent } from "../../schema/contracts/notification-event.ts";
import { showInSlack } from "../../services/notifications/show-in-slack.ts";
import { type Platform, scopeTo } from "../../services/platform.ts";
import { loadTenant } from "../../services/tenants/load-tenant.ts";
import type { Env } from "../env.ts";
import { consumeEach } from "./consume.ts";

/** `notification-events` → Slack. Without a bot token there is no channel, and nothing to do. */
export async function consumeNotificationEvents(batch: MessageBatch, platform: Platform, env: Env): Promise<void> {
  const spec = { queue: "notification-events", stage: "notification-service", attempts: 9 } as const;
  await consumeEach(batch, platform, spec, async (body) => {
    const event = NotificationEvent.safeParse(body);
    if (!event.success) throw new Log0Error("invalid_message", `not a notification: ${event.error.issues[0]?.message}`);
    if (env.SLACK_BOT_TOKEN === undefined || env.SLACK_BOT_TOKEN === "") return;
    const scope = scopeTo(platform, event.data.tenantId);
    const { settings } = await loadTenant(scope);
    await showInSlack(scope, event.data.incidentId, {
      apiUrl: env.SLACK_API_URL,
      botToken: env.SLACK_BOT_TOKEN,
      channel: settings.slackChannel ?? env.SLACK_CHANNEL,
      publicUrl: env.PUBLIC_URL,
    });
  });
}
