import { truncate } from "../clusters/digest.ts";
import type { Incident } from "../incidents/incident.ts";
import { actionButton, encodeRef, possibleActions } from "./slack-actions.ts";
import type { Block, SlackMessage } from "./slack-blocks.ts";
import { doubtBlocks, type IncidentView, incidentUrl, severityEmoji, titleOf } from "./slack-message.ts";
import { duration, escapeMrkdwn, formatCount, HEADER_CHARACTERS, markdown, plain } from "./slack-text.ts";

/** First posts in a channel within `FLOOD_MS` that stand alone; those that follow share one message. */
export const FLOOD_POSTS = 5;
export const FLOOD_MS = 2 * 60_000;

/** Incidents that a shared message names, of Slack's 50 blocks; the others are counted. */
export const GROUP_NAMED = 20;

export interface IncidentGroup {
  /** The newest first, at most GROUP_NAMED. */
  named: readonly Incident[];
  total: number;
  /** How many services they are in, and the name of one. */
  services: number;
  service: string;
  /** From the first to the last, ms. */
  span: number;
  open: number;
}

function row(incident: Incident, publicUrl: string, tenantId: string | undefined): Block {
  const url = incidentUrl(publicUrl, incident.id);
  const title = escapeMrkdwn(truncate(titleOf(incident), HEADER_CHARACTERS)).replaceAll("\n", " ");
  const where = `${escapeMrkdwn(truncate(incident.serviceName, 60))}, ${escapeMrkdwn(truncate(incident.environment, 60))}`;
  const text = markdown(`${severityEmoji(incident)} <${url}|Open> *${incident.status}* ${where}: ${title}`);
  const clickable = tenantId !== undefined && possibleActions(incident).includes("acknowledge");
  if (!clickable) return { type: "section", text };
  const block_id = encodeRef({ tenantId, incidentId: incident.id });
  return { type: "section", block_id, text, accessory: actionButton("acknowledge") };
}

/** One message for a flood of incidents: "12 incidents in checkout in 2 min". Acknowledging one gives it its own message. */
export function renderGroup(
  group: IncidentGroup,
  { publicUrl, tenantId, mayBeDouble }: Pick<IncidentView, "publicUrl" | "tenantId" | "mayBeDouble">,
): SlackMessage {
  const where = group.services === 1 ? truncate(group.service, 60) : `${formatCount(group.services)} services`;
  const incidents = group.total === 1 ? "1 incident" : `${formatCount(group.total)} incidents`;
  const what = `${incidents} in ${where} in ${duration(group.span)}`;
  const rest = group.total - group.named.length;
  const counted = `${formatCount(group.open)} open. Each gets a message of its own when somebody acts on it.`;
  return {
    text: `log0: ${escapeMrkdwn(what)}`,
    blocks: [
      { type: "header", text: plain(what, HEADER_CHARACTERS) },
      {
        type: "context",
        elements: [markdown(rest > 0 ? `${counted} ${formatCount(rest)} more are not named.` : counted)],
      },
      ...group.named.map((incident) => row(incident, publicUrl, tenantId)),
      ...doubtBlocks(mayBeDouble),
    ],
  };
}
