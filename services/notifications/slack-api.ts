import * as z from "zod";
import { Log0Error } from "../../core/errors.ts";
import type { SlackMessage } from "../../core/notifications/slack-message.ts";

/** Slack answers within a second or two; what takes longer has an unknown outcome. */
const TIMEOUT_MS = 10_000;

const Answer = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  ts: z.string().optional(),
  channel: z.string().optional(),
});

/** Errors that the same call cannot get over: someone has to change the token or the channel. */
const PERMANENT = new Set([
  "invalid_auth",
  "not_authed",
  "account_inactive",
  "token_revoked",
  "token_expired",
  "missing_scope",
  "channel_not_found",
  "not_in_channel",
  "is_archived",
  "invalid_blocks",
  "msg_too_long",
  "cant_update_message",
  "message_not_found",
]);

export interface SlackAccess {
  /** `https://slack.com/api`, or the local inbox. */
  apiUrl: string;
  botToken: string;
}

/**
 * Calls a method of Slack's Web API.
 * @throws Log0Error delivery_failed; permanent where another try cannot help
 */
async function call(access: SlackAccess, method: string, body: unknown): Promise<z.infer<typeof Answer>> {
  let response: Response;
  try {
    response = await fetch(`${access.apiUrl}/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8", authorization: `Bearer ${access.botToken}` },
      body: JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new Log0Error("delivery_failed", "Slack cannot be reached", { permanent: false, cause: error });
  }
  if (response.status === 429) {
    const retryAfter = Number(response.headers.get("retry-after") ?? "1");
    throw new Log0Error("delivery_failed", "Slack asks to slow down", {
      permanent: false,
      retryAfter: Number.isFinite(retryAfter) ? Math.min(3_600, Math.max(1, retryAfter)) : 1,
    });
  }
  if (!response.ok) {
    throw new Log0Error("delivery_failed", `Slack answers ${response.status}`, { permanent: response.status < 500 });
  }
  const answer = Answer.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) throw new Log0Error("delivery_failed", "Slack's answer cannot be read", { permanent: false });
  if (!answer.data.ok) {
    const reason = answer.data.error ?? "unknown error";
    throw new Log0Error("delivery_failed", `Slack refuses: ${reason}`, { permanent: PERMANENT.has(reason) });
  }
  return answer.data;
}

/** Posts a message. @returns Slack's ids of the channel and the message */
export async function postMessage(
  access: SlackAccess,
  channel: string,
  message: SlackMessage,
): Promise<{ channel: string; ts: string }> {
  const answer = await call(access, "chat.postMessage", { channel, ...message, unfurl_links: false });
  if (answer.ts === undefined || answer.channel === undefined) {
    throw new Log0Error("delivery_failed", "Slack's answer names no message", { permanent: false });
  }
  return { channel: answer.channel, ts: answer.ts };
}

/** Edits a message in place. */
export async function updateMessage(
  access: SlackAccess,
  posted: { channel: string; ts: string },
  message: SlackMessage,
): Promise<void> {
  await call(access, "chat.update", { ...posted, ...message });
}
