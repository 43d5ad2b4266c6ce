import { Log0Error } from "../../core/errors.ts";
import { signWebhook, type WebhookMessage } from "../../core/notifications/webhook.ts";
import { checkTaken, postOutside } from "../http/post-outside.ts";

/**
 * Sends a signed message to a tenant's webhook.
 * @param id the same for every try @throws Log0Error delivery_failed
 */
export async function sendWebhook(
  url: URL,
  signingSecret: string | undefined,
  message: WebhookMessage,
  id: string,
  now: number,
): Promise<void> {
  if (signingSecret === undefined) throw new Log0Error("internal", "the webhook has no signing secret");
  checkTaken(await postOutside({ url, method: "POST", ...signWebhook(message, id, now, signingSecret) }, now));
}
