import { expect, test } from "vitest";
import { incidentWith } from "../../core/incidents/incident.fixtures.ts";
import { Block } from "../../core/notifications/slack-blocks.ts";
import { escapeMrkdwn, renderIncident } from "../../core/notifications/slack-message.ts";
import { renderInbox, renderMrkdwn } from "./inbox-page.ts";
import type { InboxMessage } from "./slack-inbox.ts";

const hostile = `<script>alert("1")</script> <!channel> <javascript:alert(1)|x> & &amp; &lt;img src=x onerror=alert(1)&gt; '`;

function message(fields: Partial<InboxMessage>): InboxMessage {
  return { channel: "#a", ts: "1.000001", text: "", blocks: [], edits: 0, postedAt: 0, editedAt: null, ...fields };
}

test.each([
  ["*bold* and plain", "<b>bold</b> and plain"],
  ["*a* *b c*", "<b>a</b> <b>b c</b>"],
  ["5 * 3 * 2", "5 * 3 * 2"],
  ["two\nlines", "two<br>\nlines"],
  [":red_circle: HIGH :unknown_one:", "🔴 HIGH :unknown_one:"],
  ["a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c"],
  ["&amp;lt; stays escaped", "&amp;lt; stays escaped"],
  ["&quot; is no escape of Slack's", "&amp;quot; is no escape of Slack&#39;s"],
  ["<https://log0.test/?a=1&amp;b=2|see>", '<a href="https://log0.test/?a=1&amp;b=2" rel="noreferrer">see</a>'],
  ["<https://log0.test>", '<a href="https://log0.test" rel="noreferrer">https://log0.test</a>'],
  ['<https://log0.test/"onclick="x|see>', '<a href="https://log0.test/&quot;onclick=&quot;x" rel="noreferrer">see</a>'],
  ["<javascript:alert(1)|see>", "see"],
  ["<!date^1777593600^{date}|2026-05-01T00:00:00Z>", "2026-05-01T00:00:00Z"],
  ["<!channel> wake up", '<b class="mention">@channel</b> wake up'],
  ["```a *b*\n<c> &lt;d```", "<pre>a *b*\n&lt;c&gt; &lt;d</pre>"],
  ["before ```open", "before ```open"],
])("%j", (text, html) => {
  expect(renderMrkdwn(text)).toBe(html);
});

test("a log line that log0 has escaped shows as it was, and is nothing else", () => {
  const html = renderMrkdwn(escapeMrkdwn(hostile));
  expect(html).not.toMatch(/<(?!br>)/);
  expect(html).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &lt;!channel&gt;");
  expect(html).toContain("&amp; &amp;amp; &amp;lt;img");
});

test("a sender that escapes nothing gets no tag and no script through, whatever the block", () => {
  const text = (value: string) => ({ type: "mrkdwn" as const, text: value });
  const plain = (value: string) => ({ type: "plain_text" as const, text: value });
  const html = renderInbox([
    message({ channel: hostile, ts: hostile, text: hostile }),
    message({
      blocks: [
        { type: "header", text: plain(hostile) },
        { type: "section", text: text(hostile), fields: [text(hostile), plain(hostile)] },
        { type: "context", elements: [text(hostile)] },
        { type: "actions", elements: [{ type: "button", text: plain(hostile), url: "javascript:alert(1)" }] },
        { type: "actions", elements: [{ type: "button", text: plain(hostile), url: 'https://a.test/"><script>' }] },
      ],
    }),
  ]);
  expect(html).not.toMatch(/<(script|img|javascript)|href="(?!https:|\/)/i);
  const tags = [...html.matchAll(/<\/?([a-z0-9]+)/g)].map(([, name]) => name);
  expect([...new Set(tags)].sort().join(" ")).toBe(
    "a article b body div h1 h2 head header html link main meta p time title",
  );
});

test("an incident's alert is what Slack takes, and its page shows count, log line, summary and links", () => {
  const alert = renderIncident(
    incidentWith({
      id: "7b0c5b5e-0000-4000-8000-000000000000",
      title: "TimeoutException: no answer",
      topMessages: ["no answer <5 & counting>"],
      summary: {
        title: "t",
        severity: "HIGH",
        summary: "The gateway is <slow>.",
        rootCause: "network",
        bullets: ["a", "b", "c"],
        evidence: [],
        nextSteps: ["look"],
        model: "extractive",
        promptVersion: "1",
        createdAt: "2026-05-01T00:00:00Z",
      },
    }),
    { publicUrl: "http://127.0.0.1:8787", tenantId: "7b0c5b5e-0000-4000-8000-00000000000a" },
  );
  const html = renderInbox([
    message({ ...alert, blocks: alert.blocks.map((block) => Block.parse(block)), edits: 2, editedAt: 0 }),
  ]);
  for (const part of [
    "<h2>TimeoutException: no answer</h2>",
    "<b>Occurrences</b><br>\n2,400 in 3 min",
    "<pre>no answer &lt;5 &amp; counting&gt;</pre>",
    "The gateway is &lt;slow&gt;.",
    'href="http://127.0.0.1:8787/api/v1/incidents/7b0c5b5e-0000-4000-8000-000000000000"',
    "edited 2 times",
    '<form method="post" action="/click">',
    "<button>Acknowledge</button>",
    '<option value="4h">for 4 hours</option>',
  ]) {
    expect(html).toContain(part);
  }
});
