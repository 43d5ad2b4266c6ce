import { truncate } from "../clusters/digest.ts";
import type { Incident } from "../incidents/incident.ts";
import { actionsBlock } from "./slack-actions.ts";
import type { Block, SlackMessage } from "./slack-blocks.ts";
import { sparkline, type WindowCount } from "./slack-sparkline.ts";
import {
  code,
  date,
  duration,
  escapeMrkdwn,
  field,
  formatCount,
  HEADER_CHARACTERS,
  linkButton,
  markdown,
  plain,
} from "./slack-text.ts";

export type { SlackMessage } from "./slack-blocks.ts";
export { escapeMrkdwn, formatCount } from "./slack-text.ts";

const SEVERITY_EMOJI: Readonly<Record<Incident["severity"], string>> = {
  CRITICAL: ":rotating_light:",
  HIGH: ":red_circle:",
  MEDIUM: ":large_orange_circle:",
  LOW: ":large_blue_circle:",
};

/** What an alert shows beside the incident itself. */
export interface IncidentView {
  /** What links begin with. */
  publicUrl: string;
  /** Whose buttons they are; without it there are links only, because nobody would answer a click. */
  tenantId?: string | undefined;
  windows?: readonly WindowCount[];
  /** Who has it, in words. */
  assignee?: string | undefined;
  /** A post before this one may have arrived, too: Slack did not answer. */
  mayBeDouble?: boolean;
}

export function severityEmoji({ status, severity }: Pick<Incident, "status" | "severity">): string {
  return status === "RESOLVED" ? ":white_check_mark:" : SEVERITY_EMOJI[severity];
}

/** An incident's title; one of stack traces alone may have none. */
export function titleOf({ title, regressionOf }: Pick<Incident, "title" | "regressionOf">): string {
  return `${regressionOf === null ? "" : "Regression: "}${title.trim() === "" ? "Incident" : title}`;
}

export function incidentUrl(publicUrl: string, incidentId: string): string {
  return `${publicUrl}/api/v1/incidents/${incidentId}`;
}

export function logsUrl(publicUrl: string, incident: Incident): string {
  // Not encodeURIComponent: it throws at the lone surrogates that JSON lets into a name.
  const query = new URLSearchParams({
    service: incident.serviceName,
    from: String(incident.firstSeenAt),
    to: String(incident.lastSeenAt + 1),
  });
  return `${publicUrl}/api/v1/logs?${query}`;
}

/** `2,400 in 3 min` */
export function countOf({ occurrenceCount, firstSeenAt, lastSeenAt }: Incident): string {
  return `${formatCount(occurrenceCount)} in ${duration(lastSeenAt - firstSeenAt)}`;
}

/** Until when an incident is quiet; undefined when it is not. */
function snoozeText(incident: Incident): string | undefined {
  const { snoozedAt, snoozedUntil, snoozedCount, snoozedSeverity } = incident;
  if (snoozedAt === null) return undefined;
  const ends = [
    ...(snoozedUntil === null ? [] : [`until ${date(snoozedUntil)}`]),
    ...(snoozedCount === null ? [] : [`until ${formatCount(snoozedCount)} occurrences`]),
    ...(snoozedSeverity === null ? [] : [`until it is worse than ${snoozedSeverity}`]),
  ];
  return ends.join(", or ");
}

function summaryBlocks(incident: Incident): Block[] {
  const { summary } = incident;
  if (summary === null) return [];
  const bullets = summary.bullets.map((bullet) => `• ${escapeMrkdwn(bullet)}`).join("\n");
  const steps = summary.nextSteps.map((step, index) => `${index + 1}. ${escapeMrkdwn(step)}`).join("\n");
  return [
    {
      type: "section",
      text: markdown(
        `*What happened*\n${escapeMrkdwn(summary.summary)}\n\n*Probable cause*\n${escapeMrkdwn(summary.rootCause)}`,
      ),
    },
    { type: "section", text: markdown(bullets) },
    { type: "section", text: markdown(`*Next steps*\n${steps}`) },
    {
      type: "context",
      elements: [markdown(`Summary by ${escapeMrkdwn(summary.model)}, prompt ${escapeMrkdwn(summary.promptVersion)}`)],
    },
  ];
}

/** What a message says that may be there twice. */
export function doubtBlocks(mayBeDouble = false): Block[] {
  if (!mayBeDouble) return [];
  return [{ type: "context", elements: [markdown("Slack did not answer once: this may be here twice.")] }];
}

/** The alert of an incident in its present state, with its summary when there is one. */
export function renderIncident(incident: Incident, view: IncidentView): SlackMessage {
  const header = truncate(titleOf(incident), HEADER_CHARACTERS);
  const count = countOf(incident);
  const trend = sparkline(view.windows ?? []);
  const snooze = snoozeText(incident);
  const { publicUrl, tenantId } = view;
  return {
    text: `${incident.severity} in ${escapeMrkdwn(incident.serviceName)} (${escapeMrkdwn(incident.environment)}): ${escapeMrkdwn(header)} — ${count}`,
    blocks: [
      { type: "header", text: plain(header, HEADER_CHARACTERS) },
      {
        type: "section",
        fields: [
          field("Severity", `${severityEmoji(incident)} ${incident.severity}`),
          field("Status", incident.status),
          field("Service", escapeMrkdwn(incident.serviceName)),
          field("Environment", escapeMrkdwn(incident.environment)),
          field("Occurrences", trend === "" ? count : `${count}\n${trend}`),
          field("First seen", date(incident.firstSeenAt)),
          ...(view.assignee === undefined ? [] : [field("Assignee", escapeMrkdwn(view.assignee))]),
          ...(incident.escalatedAt === null ? [] : [field("Escalated", date(incident.escalatedAt))]),
          ...(snooze === undefined ? [] : [field("Snoozed", snooze)]),
        ],
      },
      { type: "section", text: markdown(code(incident.topMessages[0] ?? incident.messageTemplate, 1_000)) },
      ...summaryBlocks(incident),
      ...doubtBlocks(view.mayBeDouble),
      actionsBlock(incident, tenantId === undefined ? undefined : { tenantId, incidentId: incident.id }, [
        linkButton("View incident", incidentUrl(publicUrl, incident.id), "view_incident"),
        linkButton("View logs", logsUrl(publicUrl, incident), "view_logs"),
      ]),
    ],
  };
}
