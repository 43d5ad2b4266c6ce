import type { Notice } from "./notice.ts";
import type { SlackMessage } from "./slack-blocks.ts";
import { escapeMrkdwn, linkButton, markdown, plain } from "./slack-text.ts";

/** A notice that is about no single incident, or about none, as a Slack message. */
export function renderPlainNotice({ headline, sections, links }: Notice): SlackMessage {
  return {
    text: escapeMrkdwn(headline),
    blocks: [
      { type: "header", text: plain(headline, 150) },
      ...sections.map(([label, value]) => ({
        type: "section" as const,
        text: markdown(`*${escapeMrkdwn(label)}*\n${escapeMrkdwn(value)}`),
      })),
      {
        type: "actions",
        elements: links.map(([label, url]) => linkButton(label, url, label.toLowerCase().replaceAll(" ", "_"))),
      },
    ],
  };
}
