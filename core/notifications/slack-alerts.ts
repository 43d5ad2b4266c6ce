import { truncate } from "../clusters/digest.ts";
import type { SlackMessage } from "./slack-blocks.ts";
import { code, escapeMrkdwn, formatCount, linkButton, markdown, plain, truncateEscaped } from "./slack-text.ts";

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
  return {
    text: `log0: ${what} and wait as dead letters`,
    blocks: [
      { type: "header", text: plain("Dead letters", 150) },
      {
        type: "section",
        text: markdown(`${what}. Nothing is lost: they are kept for 14 days and can be replayed.\n${list}`),
      },
      { type: "section", text: markdown(code(latestError, 500)) },
      {
        type: "actions",
        elements: [linkButton("View dead letters", `${publicUrl}/api/v1/dead-letters`, "view_dead_letters")],
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
      { type: "header", text: plain(`${what}, never seen before`, 150) },
      { type: "section", text: markdown([...lines, ...more].join("\n")) },
      {
        type: "actions",
        elements: [linkButton("View new patterns", `${publicUrl}/api/v1/patterns/new`, "view_new_patterns")],
      },
    ],
  };
}
