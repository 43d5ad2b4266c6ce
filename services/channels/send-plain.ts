import { Log0Error } from "../../core/errors.ts";
import { renderDiscord } from "../../core/notifications/discord.ts";
import type { Notice } from "../../core/notifications/notice.ts";
import { renderPlainNotice } from "../../core/notifications/slack-plain.ts";
import type { WebhookMessage } from "../../core/notifications/webhook.ts";
import { postMessage } from "../notifications/slack-api.ts";
import { slackTarget } from "../notifications/slack-target.ts";
import type { TenantScope } from "../platform.ts";
import { type ChannelAccess, mailerOf } from "./access.ts";
import { type LoadedChannel, openSecret } from "./channel.ts";
import { checkChannelUrl } from "./check-channel-url.ts";
import { presentRecipients } from "./recipients.ts";
import { postToDiscord } from "./send-discord.ts";
import { sendEmail } from "./send-email.ts";
import { sendWebhook } from "./send-webhook.ts";

/** A message that is no incident's: a test, or a digest. */
export interface PlainMessage {
  /** A UUID, the same for every try. */
  id: string;
  notice: Notice;
  /** The same for a webhook. */
  message: WebhookMessage;
}

/** Who of an e-mail channel has the message already, and where that is noted. */
export interface MailProgress {
  done: readonly string[];
  note(done: readonly string[]): Promise<void>;
}

/** Sends a message that is never edited. @throws Log0Error delivery_failed, invalid_url */
export async function sendPlain(
  scope: TenantScope,
  channel: LoadedChannel,
  { id, notice, message }: PlainMessage,
  access: ChannelAccess,
  progress: MailProgress = { done: [], note: async () => undefined },
): Promise<void> {
  const { config, kind } = channel;
  const now = scope.now();
  switch (kind) {
    case "slack": {
      const target = await slackTarget(scope, access.slack, "channel" in config ? config.channel : undefined);
      if (target === undefined) throw new Log0Error("delivery_failed", "no Slack is connected");
      await postMessage(target, target.channel, renderPlainNotice(notice));
      return;
    }
    case "email": {
      const recipients = await presentRecipients(scope, "to" in config ? config.to : [], access);
      return await sendEmail(mailerOf(access), { notice, id, at: now }, recipients, progress.done, progress.note);
    }
    case "discord": {
      const url = checkChannelUrl(kind, (await openSecret(scope, channel)).url, access.urls);
      await postToDiscord(url, renderDiscord(notice), now);
      return;
    }
    case "webhook": {
      const { url, signingSecret } = await openSecret(scope, channel);
      return await sendWebhook(checkChannelUrl(kind, url, access.urls), signingSecret, message, `msg_${id}`, now);
    }
  }
}
