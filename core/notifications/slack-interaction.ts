import * as z from "zod";
import {
  decodeRef,
  INCIDENT_ACTIONS,
  type IncidentAction,
  type IncidentRef,
  SNOOZES,
  type Snooze,
} from "./slack-actions.ts";
import { readAssignment, readMetadata } from "./slack-modal.ts";

const SlackId = z.string().regex(/^[A-Z][A-Z0-9]{1,30}$/);

const Common = {
  user: z.object({ id: SlackId, team_id: SlackId.optional() }),
  team: z.object({ id: SlackId }),
};

const BlockActions = z.object({
  type: z.literal("block_actions"),
  ...Common,
  trigger_id: z.string().max(200).optional(),
  response_url: z.string().max(500).optional(),
  channel: z.object({ id: z.string().max(50) }).optional(),
  actions: z
    .array(
      z.object({
        action_id: z.string().max(255),
        block_id: z.string().max(255),
        selected_option: z.object({ value: z.string().max(150) }).nullish(),
      }),
    )
    .min(1)
    .max(10),
});

const ViewSubmission = z.object({
  type: z.literal("view_submission"),
  ...Common,
  view: z.object({
    callback_id: z.string().max(255),
    private_metadata: z.string().max(3_000),
    state: z.object({ values: z.unknown() }),
  }),
});

const Payload = z.discriminatedUnion("type", [BlockActions, ViewSubmission]);

/** What somebody asks for by a click. */
export type Wish =
  | { what: Exclude<IncidentAction, "snooze" | "assign"> }
  | { what: "ask-assignee"; triggerId: string }
  | { what: "assign"; assigneeId: string; from: string | null | undefined; note: string | undefined }
  | { what: "snooze"; snooze: Snooze };

/** A click or a modal sent off, as Slack tells of it. Nothing of it is to be believed before its signature is. */
export interface Interaction {
  teamId: string;
  slackUserId: string;
  ref: IncidentRef;
  wish: Wish;
  responseUrl: string | undefined;
  /** Slack's id of the channel where it was clicked. */
  channel: string | undefined;
}

function wishOf(
  action: z.infer<typeof BlockActions>["actions"][number],
  triggerId: string | undefined,
): Wish | undefined {
  const what = INCIDENT_ACTIONS.find((known) => known === action.action_id);
  if (what === "assign") return triggerId === undefined ? undefined : { what: "ask-assignee", triggerId };
  if (what !== "snooze") return what === undefined ? undefined : { what };
  const snooze = SNOOZES.find((known) => known === action.selected_option?.value);
  return snooze === undefined ? undefined : { what, snooze };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads the body of an interaction: a form with JSON in its field `payload`.
 * @returns undefined for what log0 does not answer to, and for clicks on buttons that only lead somewhere
 */
export function parseInteraction(body: string): Interaction | undefined {
  const payload = Payload.safeParse(parseJson(new URLSearchParams(body).get("payload") ?? ""));
  if (!payload.success) return undefined;
  const { data } = payload;
  const who = { teamId: data.team.id, slackUserId: data.user.id };
  if (data.type === "view_submission") {
    const origin = data.view.callback_id === "assign" ? readMetadata(data.view.private_metadata) : undefined;
    const assignment = readAssignment(data.view.state.values);
    if (origin === undefined || assignment === undefined) return undefined;
    const { from, channel, ...ref } = origin;
    return { ...who, ref, wish: { what: "assign", from, ...assignment }, responseUrl: undefined, channel };
  }
  const [action] = data.actions;
  const ref = action === undefined ? undefined : decodeRef(action.block_id);
  const wish = action === undefined ? undefined : wishOf(action, data.trigger_id);
  if (ref === undefined || wish === undefined) return undefined;
  return { ...who, ref, wish, responseUrl: data.response_url, channel: data.channel?.id };
}
