import * as z from "zod";
import { Log0Error } from "../../core/errors.ts";
import type { DiscordMessage } from "../../core/notifications/discord.ts";
import { checkTaken, type OutsideAnswer, postOutside } from "../http/post-outside.ts";

const Posted = z.object({ id: z.string().regex(/^\d{1,20}$/) });
const Refusal = z.object({ code: z.number() });

/** Discord's code for a message that is not there: somebody has deleted it. */
const UNKNOWN_MESSAGE = 10_008;

function parsed<T extends z.ZodType>(schema: T, { text }: OutsideAnswer): z.infer<T> | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const headers = { "content-type": "application/json" };

/** Posts a message. @returns Discord's id of it @throws Log0Error delivery_failed */
export async function postToDiscord(webhook: URL, message: DiscordMessage, now: number): Promise<string> {
  const url = new URL(webhook);
  // Without it Discord answers before it has the message, and names none.
  url.searchParams.set("wait", "true");
  const answer = await postOutside({ url, method: "POST", headers, body: JSON.stringify(message) }, now);
  checkTaken(answer);
  const posted = parsed(Posted, answer);
  if (posted === undefined) {
    throw new Log0Error("delivery_failed", "Discord's answer names no message", { permanent: false });
  }
  return posted.id;
}

/** Edits a message in place; one that was deleted stays away. @throws Log0Error delivery_failed */
export async function editInDiscord(webhook: URL, id: string, message: DiscordMessage, now: number): Promise<void> {
  const url = new URL(webhook);
  url.pathname += `/messages/${id}`;
  const { username: _fixed, ...content } = message;
  const answer = await postOutside({ url, method: "PATCH", headers, body: JSON.stringify(content) }, now);
  if (answer.status === 404 && parsed(Refusal, answer)?.code === UNKNOWN_MESSAGE) return;
  checkTaken(answer);
}
