import * as z from "zod";
import type { SlackMessage, SlackView } from "../../core/notifications/slack-blocks.ts";
import { SlackError, slackRefuses } from "./slack-error.ts";

/** Slack answers within a second or two; what takes longer has an unknown outcome. */
const TIMEOUT_MS = 10_000;

const Answer = z.object({ ok: z.boolean(), error: z.string().max(200).optional() });

export interface SlackAccess {
  /** `https://slack.com/api`, or the local inbox. */
  apiUrl: string;
  botToken: string;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw new SlackError("timeout", "Slack cannot be reached", { permanent: false, unknown: true, cause: error });
  }
}

/** What Slack answers to a method, checked. @throws SlackError */
async function answerOf<T extends z.ZodType>(response: Response, schema: T): Promise<z.infer<T>> {
  if (response.status === 429) {
    const retryAfter = Number(response.headers.get("retry-after") ?? "1");
    throw new SlackError("ratelimited", "Slack asks to slow down", {
      permanent: false,
      retryAfter: Number.isFinite(retryAfter) ? Math.min(3_600, Math.max(1, Math.ceil(retryAfter))) : 1,
    });
  }
  if (!response.ok) {
    const passing = response.status >= 500;
    const reason = `http_${response.status}`;
    throw new SlackError(reason, `Slack answers ${response.status}`, { permanent: !passing, unknown: passing });
  }
  const body: unknown = await response.json().catch(() => undefined);
  const answer = Answer.safeParse(body);
  const unreadable = () =>
    new SlackError("unreadable", "Slack's answer cannot be read", { permanent: false, unknown: true });
  if (!answer.success) throw unreadable();
  if (!answer.data.ok) throw slackRefuses(answer.data.error ?? "unknown error");
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw unreadable();
  return parsed.data;
}

/** Calls a method that takes JSON. @throws SlackError, permanent where another try cannot help */
async function call<T extends z.ZodType>(access: SlackAccess, method: string, body: object, schema: T) {
  const response = await send(`${access.apiUrl}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8", authorization: `Bearer ${access.botToken}` },
    body: JSON.stringify(body),
  });
  return await answerOf(response, schema);
}

/** Calls a method that only reads: those take a form, no JSON. @throws SlackError */
async function ask<T extends z.ZodType>(access: SlackAccess, method: string, query: Record<string, string>, schema: T) {
  const response = await send(`${access.apiUrl}/${method}`, {
    method: "POST",
    headers: { authorization: `Bearer ${access.botToken}` },
    body: new URLSearchParams(query),
  });
  return await answerOf(response, schema);
}

const Posted = z.object({ channel: z.string().min(1), ts: z.string().min(1) });

/** Slack's ids of a message and its channel. */
export type PostedMessage = z.infer<typeof Posted>;

/** Posts a message. @throws SlackError */
export function postMessage(access: SlackAccess, channel: string, message: SlackMessage): Promise<PostedMessage> {
  return call(access, "chat.postMessage", { channel, ...message, unfurl_links: false }, Posted);
}

/** Posts a text, in a thread where one is named. @param text mrkdwn, escaped @throws SlackError */
export function postText(
  access: SlackAccess,
  channel: string,
  text: string,
  threadTs?: string,
): Promise<PostedMessage> {
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
  return call(access, "chat.postMessage", { channel, text, ...thread, unfurl_links: false }, Posted);
}

/** Edits a message in place. @returns false when somebody has deleted it @throws SlackError */
export async function updateMessage(
  access: SlackAccess,
  posted: PostedMessage,
  message: SlackMessage,
): Promise<boolean> {
  try {
    await call(access, "chat.update", { ...posted, ...message }, Answer);
    return true;
  } catch (error) {
    if (error instanceof SlackError && error.saysGone) return false;
    throw error;
  }
}

/** Shows a text to one account alone. @param text mrkdwn, escaped @throws SlackError */
export async function postEphemeral(access: SlackAccess, channel: string, user: string, text: string): Promise<void> {
  await call(access, "chat.postEphemeral", { channel, user, text }, Answer);
}

const Conversation = z.object({ channel: z.object({ id: z.string().min(1) }) });

/** The direct conversation with an account. @returns Slack's id of it @throws SlackError */
export async function openConversation(access: SlackAccess, user: string): Promise<string> {
  return (await call(access, "conversations.open", { users: user }, Conversation)).channel.id;
}

const View = z.object({ view: z.object({ id: z.string().min(1) }) });

/** Opens a modal; the trigger lives 3 seconds. @returns Slack's id of the view @throws SlackError */
export async function openView(access: SlackAccess, triggerId: string, view: SlackView): Promise<string> {
  return (await call(access, "views.open", { trigger_id: triggerId, view }, View)).view.id;
}

/** @throws SlackError */
export async function updateView(access: SlackAccess, viewId: string, view: SlackView): Promise<void> {
  await call(access, "views.update", { view_id: viewId, view }, View);
}

const Identity = z.object({ team_id: z.string().min(1), team: z.string(), user_id: z.string().min(1) });

/** Whose token it is. @throws SlackError */
export async function testAuth(access: SlackAccess): Promise<{ teamId: string; teamName: string; botUserId: string }> {
  const { team_id: teamId, team: teamName, user_id: botUserId } = await ask(access, "auth.test", {}, Identity);
  return { teamId, teamName, botUserId };
}

const User = z.object({
  user: z.object({
    id: z.string().min(1),
    team_id: z.string().optional(),
    deleted: z.boolean().default(false),
    is_bot: z.boolean().default(false),
    is_restricted: z.boolean().default(false),
    is_stranger: z.boolean().default(false),
    tz_offset: z.number().optional(),
    profile: z.object({ email: z.string().max(320).optional() }).default({}),
  }),
});
export type SlackUser = z.infer<typeof User>["user"];

/** @throws SlackError */
export async function fetchUser(access: SlackAccess, user: string): Promise<SlackUser> {
  return (await ask(access, "users.info", { user }, User)).user;
}

/** @throws SlackError users_not_found */
export async function findUserByEmail(access: SlackAccess, email: string): Promise<SlackUser> {
  return (await ask(access, "users.lookupByEmail", { email }, User)).user;
}

const Grant = z.object({
  access_token: z.string().startsWith("xoxb-"),
  bot_user_id: z.string().min(1),
  team: z.object({ id: z.string().min(1), name: z.string().default("") }),
});

/** Changes the code of an OAuth v2 installation for the bot's token. @throws SlackError */
export async function exchangeCode(
  apiUrl: string,
  client: { id: string; secret: string },
  code: string,
  redirectUri: string,
): Promise<{ botToken: string; botUserId: string; teamId: string; teamName: string }> {
  const response = await send(`${apiUrl}/oauth.v2.access`, {
    method: "POST",
    body: new URLSearchParams({
      client_id: client.id,
      client_secret: client.secret,
      code,
      redirect_uri: redirectUri,
    }),
  });
  const { access_token: botToken, bot_user_id: botUserId, team } = await answerOf(response, Grant);
  return { botToken, botUserId, teamId: team.id, teamName: team.name };
}

/**
 * Answers a click at the address that came with it, for the clicker's eyes alone. The address comes from a signed request,
 * and still nothing is sent to any host but Slack's (or the one that the deployment names).
 * @param text mrkdwn, escaped
 * @returns false when the address is not Slack's
 */
export async function respond(apiUrl: string, responseUrl: string, text: string): Promise<boolean> {
  if (!URL.canParse(responseUrl)) return false;
  const { origin } = new URL(responseUrl);
  if (origin !== "https://hooks.slack.com" && origin !== new URL(apiUrl).origin) return false;
  const response = await send(responseUrl, {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ response_type: "ephemeral", replace_original: false, text }),
  });
  await response.body?.cancel();
  return response.ok;
}
