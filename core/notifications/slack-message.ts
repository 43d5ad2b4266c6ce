import { truncate } from "../clusters/digest.ts";
import type { Incident } from "../incidents/incident.ts";

/** Slack cuts a section's text at 3,000 characters and a header's at 150. */
const SECTION_CHARACTERS = 2_900;
const HEADER_CHARACTERS = 150;

const SEVERITY_EMOJI: Readonly<Record<Incident["severity"], string>> = {
  CRITICAL: ":rotating_light:",
  HIGH: ":red_circle:",
  MEDIUM: ":large_orange_circle:",
  LOW: ":large_blue_circle:",
};

interface TextObject {
  type: "mrkdwn" | "plain_text";
  text: string;
}

type Block =
  | { type: "header"; text: TextObject }
  | { type: "section"; text?: TextObject; fields?: TextObject[] }
  | { type: "context"; elements: TextObject[] }
  | { type: "actions"; elements: { type: "button"; text: TextObject; url: string; action_id: string }[] };

export interface SlackMessage {
  /** What a notification shows. */
  text: string;
  blocks: Block[];
}

/**
 * Log text as Slack shows it, and nothing else: `&`, `<` and `>` are the only characters that Slack gives a meaning
 * beyond formatting (links, @channel), so escaping them leaves a log line no way to mention or to link. A backtick
 * would end the code block that it stands in.
 */
export function escapeMrkdwn(text: string): string {
  return text.replace(/[&<>`]/g, (character) => {
    if (character === "`") return "\u02cb";
    return character === "&" ? "&amp;" : character === "<" ? "&lt;" : "&gt;";
  });
}

/** Cuts escaped text, but not within an escape. */
function truncateEscaped(text: string, characters: number): string {
  return text.length <= characters ? text : truncate(text, characters).replace(/&[a-z]*$/, "");
}

function markdown(text: string): TextObject {
  return { type: "mrkdwn", text: truncateEscaped(text, SECTION_CHARACTERS) };
}

/** @param characters of the escaped text: its fences must not be cut off */
function code(text: string, characters: number): string {
  return `\`\`\`${truncateEscaped(escapeMrkdwn(text), characters)}\`\`\``;
}

/** Shown in the reader's own time zone. */
function date(ms: number): string {
  return `<!date^${Math.floor(ms / 1000)}^{date_short_pretty} {time_secs}|${new Date(ms).toISOString()}>`;
}

function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** `2400` → `2,400`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
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

/** The alert of an incident in its present state, with its summary when there is one. */
export function renderIncident(incident: Incident, publicUrl: string): SlackMessage {
  const emoji = incident.status === "RESOLVED" ? ":white_check_mark:" : SEVERITY_EMOJI[incident.severity];
  const regression = incident.regressionOf === null ? "" : "Regression: ";
  // Slack refuses an empty header; an incident of stack traces alone may have no title.
  const title = incident.title.trim() === "" ? "Incident" : incident.title;
  const header = truncate(`${regression}${title}`, HEADER_CHARACTERS);
  const span = duration(incident.lastSeenAt - incident.firstSeenAt);
  const count = `${formatCount(incident.occurrenceCount)} in ${span}`;
  const url = `${publicUrl}/api/v1/incidents/${incident.id}`;
  // Not encodeURIComponent: it throws at the lone surrogates that JSON lets into a name.
  const query = new URLSearchParams({
    service: incident.serviceName,
    from: String(incident.firstSeenAt),
    to: String(incident.lastSeenAt + 1),
  });
  const logs = `${publicUrl}/api/v1/logs?${query}`;
  const firstLine = incident.topMessages[0] ?? incident.messageTemplate;
  return {
    text: `${incident.severity} in ${escapeMrkdwn(incident.serviceName)} (${escapeMrkdwn(incident.environment)}): ${escapeMrkdwn(header)} — ${count}`,
    blocks: [
      { type: "header", text: { type: "plain_text", text: header } },
      {
        type: "section",
        fields: [
          markdown(`*Severity*\n${emoji} ${incident.severity}`),
          markdown(`*Status*\n${incident.status}`),
          markdown(`*Service*\n${escapeMrkdwn(incident.serviceName)}`),
          markdown(`*Environment*\n${escapeMrkdwn(incident.environment)}`),
          markdown(`*Occurrences*\n${count}`),
          markdown(`*First seen*\n${date(incident.firstSeenAt)}`),
        ],
      },
      { type: "section", text: markdown(code(firstLine, 1_000)) },
      ...summaryBlocks(incident),
      {
        type: "actions",
        elements: [
          { type: "button", text: { type: "plain_text", text: "View incident" }, url, action_id: "view_incident" },
          { type: "button", text: { type: "plain_text", text: "View logs" }, url: logs, action_id: "view_logs" },
        ],
      },
    ],
  };
}

/** Tells a tenant that messages wait in its dead letters. */
export function renderDeadLetterAlert(
  counts: readonly { queue: string; count: number }[],
  latestError: string,
  publicUrl: string,
): SlackMessage {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const what =
    total === 1 ? "1 message could not be processed" : `${formatCount(total)} messages could not be processed`;
  const list = counts.map(({ queue, count }) => `• ${escapeMrkdwn(queue)}: ${formatCount(count)}`).join("\n");
  const url = `${publicUrl}/api/v1/dead-letters`;
  return {
    text: `log0: ${what} and wait as dead letters`,
    blocks: [
      { type: "header", text: { type: "plain_text", text: "Dead letters" } },
      {
        type: "section",
        text: markdown(`${what}. Nothing is lost: they are kept for 14 days and can be replayed.\n${list}`),
      },
      { type: "section", text: markdown(code(latestError, 500)) },
      {
        type: "actions",
        elements: [
          {
            type: "button",
            text: { type: "plain_text", text: "View dead letters" },
            url,
            action_id: "view_dead_letters",
          },
        ],
      },
    ],
  };
}

/** Tells a tenant of patterns that it has never seen before. */
export function renderNewPatterns(
  named: readonly { serviceName: string; template: string; level: string }[],
  total: number,
  publicUrl: string,
): SlackMessage {
  const what = total === 1 ? "1 new pattern" : `${formatCount(total)} new patterns`;
  const lines = named.map(
    ({ serviceName, template, level }) =>
      `• *${escapeMrkdwn(level)}* ${escapeMrkdwn(truncate(serviceName, 60))}: ${truncateEscaped(escapeMrkdwn(template), 180)}`,
  );
  const more = total > named.length ? [`and ${formatCount(total - named.length)} more`] : [];
  return {
    text: `log0: ${what}`,
    blocks: [
      { type: "header", text: { type: "plain_text", text: `${what}, never seen before` } },
      { type: "section", text: markdown([...lines, ...more].join("\n")) },
      {
        type: "actions",
        elements: [
          {
            type: "button",
            text: { type: "plain_text", text: "View new patterns" },
            url: `${publicUrl}/api/v1/patterns/new`,
            action_id: "view_new_patterns",
          },
        ],
      },
    ],
  };
}
