import { randomUUID } from "node:crypto";
import { signSlackRequest } from "../../core/auth/slack-signature.ts";
import type { Block } from "../../core/notifications/slack-blocks.ts";
import type { InboxMessage } from "./slack-inbox.ts";
import { channelId } from "./slack-inbox.ts";
import { LOCAL_ACCOUNT, LOCAL_TEAM, type OpenModal } from "./slack-methods.ts";

/** As wrangler.toml has it: the Worker trusts nobody else's clicks. */
export const LOCAL_SIGNING_SECRET = "local-inbox";

/** The Worker answers at once; the work comes after. */
const TIMEOUT_MS = 5_000;

/** A click on the page: names of the message, the block, the button or menu, and what was chosen. */
export interface PageClick {
  ts: string;
  block: string;
  action: string;
  choice: string | undefined;
}

/** Whether the message has such a button or menu: the page of another program may not invent one. */
function offers(blocks: readonly Block[], { block, action, choice }: PageClick): boolean {
  const found = blocks.find((one) => one.block_id === block);
  if (found?.type === "section") return found.accessory?.action_id === action;
  if (found?.type !== "actions") return false;
  return found.elements.some(
    (element) =>
      element.action_id === action &&
      (element.type === "button" || element.options.some((option) => option.value === choice)),
  );
}

/** The payload that Slack would send for a click; undefined when the message offers no such thing. */
export function clickPayload(
  messages: readonly InboxMessage[],
  click: PageClick,
  inboxUrl: string,
): object | undefined {
  const message = messages.find(({ ts }) => ts === click.ts);
  if (message === undefined || !offers(message.blocks, click)) return undefined;
  const { block, action, choice } = click;
  return {
    type: "block_actions",
    user: { id: LOCAL_ACCOUNT, team_id: LOCAL_TEAM },
    team: { id: LOCAL_TEAM },
    trigger_id: `1.2.${randomUUID().replaceAll("-", "")}`,
    response_url: `${inboxUrl}/respond`,
    channel: { id: channelId(message.channel) },
    actions: [
      {
        action_id: action,
        block_id: block,
        ...(choice === undefined ? {} : { selected_option: { value: choice } }),
      },
    ],
  };
}

/** The payload that Slack would send for a form. @param fields by the names of its inputs */
export function submissionPayload({ id, view }: OpenModal, fields: URLSearchParams): object {
  const values = view.blocks.flatMap((block) => {
    if (block.type !== "input") return [];
    const { action_id, type } = block.element;
    const value = fields.get(action_id);
    const state = type === "static_select" ? { selected_option: value === null ? null : { value } } : { value };
    return [[block.block_id ?? "", { [action_id]: { type, ...state } }]];
  });
  return {
    type: "view_submission",
    user: { id: LOCAL_ACCOUNT, team_id: LOCAL_TEAM },
    team: { id: LOCAL_TEAM },
    trigger_id: `1.2.${randomUUID().replaceAll("-", "")}`,
    view: { ...view, id, state: { values: Object.fromEntries(values) } },
  };
}

/** Sends an interaction to the Worker, signed as Slack does. @returns whether the Worker took it */
export async function sendInteraction(workerUrl: string, payload: object, now: number): Promise<boolean> {
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(now / 1000));
  const response = await fetch(`${workerUrl}/api/v1/slack/interactions`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": signSlackRequest(LOCAL_SIGNING_SECRET, timestamp, body),
    },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true;
}
