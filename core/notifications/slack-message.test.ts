import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyIncident, hostileText, incidentWith } from "../incidents/incident.fixtures.ts";
import type { Incident } from "../incidents/incident.ts";
import { escapeMrkdwn, formatCount, renderIncident, type SlackMessage } from "./slack-message.ts";

const publicUrl = "https://log0.test";
const render = (fields: Partial<Incident> = {}) => renderIncident(incidentWith(fields), publicUrl);

/** All texts of a message that Slack reads as mrkdwn. */
function mrkdwn({ blocks, text }: SlackMessage): string[] {
  const objects = blocks.flatMap((block) => {
    if (block.type === "section") return [...(block.text === undefined ? [] : [block.text]), ...(block.fields ?? [])];
    return block.type === "context" ? block.elements : [];
  });
  return [text, ...objects.map((object) => object.text)];
}

/** Without what the message itself writes: its date, its fences. */
const ownMarkup = /<!date\^\d+\^\{date_short_pretty\} \{time_secs\}\|[^<>|]{24}>|^```|```$/g;

const summary = {
  title: "t",
  severity: "HIGH",
  summary: "Payments time out.",
  rootCause: "gateway down",
  bullets: ["one", "two", "three"],
  evidence: [],
  nextSteps: ["look", "mend"],
  model: "m-1",
  promptVersion: "p-1",
  createdAt: "2026-01-05T10:00:00Z",
} as const;
const copy = () => ({ ...summary, bullets: [...summary.bullets], evidence: [], nextSteps: [...summary.nextSteps] });

describe("a log line in a message", () => {
  it.each([
    ["<!channel>", "&lt;!channel&gt;"],
    ["<https://evil.test|click>", "&lt;https://evil.test|click&gt;"],
    ["a & b", "a &amp; b"],
    ["&lt;", "&amp;lt;"],
    ["```", "ˋˋˋ"],
    ["plain *text*", "plain *text*"],
  ])("%s is shown as %s", (text, shown) => expect(escapeMrkdwn(text)).toBe(shown));

  it("leaves no <, >, backtick or bare & when it is escaped", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(escapeMrkdwn(text)).not.toMatch(/[<>`]|&(?!amp;|lt;|gt;)/);
      }),
    );
  });

  it("leaves none anywhere in the message, cut or not", () => {
    fc.assert(
      fc.property(anyIncident, (incident) => {
        for (const text of mrkdwn(renderIncident(incident, publicUrl))) {
          expect(text.replace(ownMarkup, "")).not.toMatch(/[<>`]|&(?!amp;|lt;|gt;)/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(["&", "<", "x", "😀", "`"])("of many %s stands in a code block that is closed", (character) => {
    const block = mrkdwn(render({ topMessages: [character.repeat(9_000)] })).find((text) => text.startsWith("```"));
    expect(block).toMatch(/^```[^`]+```$/);
    expect(block).not.toMatch(/\p{Surrogate}/u);
  });
});

describe("a message", () => {
  it("keeps Slack's limits, whatever the incident", () => {
    fc.assert(
      fc.property(anyIncident, (incident) => {
        const { blocks, text } = renderIncident(incident, publicUrl);
        expect(text.length).toBeLessThan(40_000);
        expect(blocks.length).toBeLessThanOrEqual(50);
        for (const block of blocks) {
          if (block.type === "header") {
            expect(block.text.type).toBe("plain_text");
            expect(block.text.text.trim()).not.toBe("");
            expect(block.text.text.length).toBeLessThanOrEqual(150);
          } else if (block.type === "section") {
            expect(block.text?.text.length ?? 1).toBeGreaterThan(0);
            expect(block.text?.text.length ?? 1).toBeLessThanOrEqual(3_000);
            for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2_000);
          } else if (block.type === "actions") {
            for (const { url } of block.elements) expect(url.length).toBeLessThanOrEqual(3_000);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("says what happened, where and how often", () => {
    const texts = mrkdwn(render());
    expect(texts[0]).toBe("HIGH in payment-service (production): Connection timeout to &lt;host&gt; — 2,400 in 3 min");
    expect(texts).toContain("*Severity*\n:red_circle: HIGH");
    expect(texts).toContain("*Status*\nNEW");
    expect(texts).toContain("*Service*\npayment-service");
    expect(texts).toContain("*Environment*\nproduction");
    expect(texts).toContain("*Occurrences*\n2,400 in 3 min");
    expect(texts).toContain("```Connection timeout to payment-gateway after 30000ms```");
    expect(texts).toContainEqual(expect.stringContaining("|2026-01-05T10:00:00.000Z>"));
  });

  it("shows the template where there is no message", () =>
    expect(mrkdwn(render({ topMessages: [] }))).toContain(
      "```Connection timeout to &lt;host&gt; after &lt;duration&gt;```",
    ));

  it.each([
    [{ status: "RESOLVED" }, ":white_check_mark: HIGH"],
    [{ severity: "CRITICAL" }, ":rotating_light: CRITICAL"],
    [{ severity: "MEDIUM" }, ":large_orange_circle: MEDIUM"],
    [{ severity: "LOW" }, ":large_blue_circle: LOW"],
  ] as const)("of %j is marked %s", (fields, mark) => expect(mrkdwn(render(fields))).toContain(`*Severity*\n${mark}`));

  it("says that it is a regression", () => {
    const [header] = render({ regressionOf: "x" }).blocks;
    expect(header).toMatchObject({ text: { text: "Regression: Connection timeout to <host>" } });
  });

  it("has a summary when there is one", () => {
    expect(render().blocks).toHaveLength(4);
    const texts = mrkdwn(render({ summary: copy() }));
    expect(texts).toContain("*What happened*\nPayments time out.\n\n*Probable cause*\ngateway down");
    expect(texts).toContain("• one\n• two\n• three");
    expect(texts).toContain("*Next steps*\n1. look\n2. mend");
    expect(texts).toContain("Summary by m-1, prompt p-1");
  });

  it.each(["payment-service", "a b&from=0#?", "é😀", "\ud800", '"'])(
    "links to the logs of service %j",
    (serviceName) => {
      const actions = render({ serviceName }).blocks.at(-1);
      const urls = actions?.type === "actions" ? actions.elements.map(({ url }) => new URL(url)) : [];
      expect(urls.map(({ origin, pathname }) => origin + pathname)).toEqual([
        `${publicUrl}/api/v1/incidents/${incidentWith().id}`,
        `${publicUrl}/api/v1/logs`,
      ]);
      const { firstSeenAt, lastSeenAt } = incidentWith();
      expect(Object.fromEntries(urls[1]?.searchParams ?? [])).toEqual({
        service: serviceName.replace("\ud800", "\ufffd"),
        from: String(firstSeenAt),
        to: String(lastSeenAt + 1),
      });
    },
  );

  it.each([
    [0, "1 s"],
    [1_499, "1 s"],
    [119_000, "119 s"],
    [120_000, "2 min"],
    [3_600_000, "60 min"],
  ])("of %i ms says %s", (ms, span) => {
    const { firstSeenAt } = incidentWith();
    expect(render({ lastSeenAt: firstSeenAt + ms }).text).toMatch(new RegExp(` in ${span}$`));
  });
});

describe("a count", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1_000, "1,000"],
    [2_400, "2,400"],
    [181_998, "181,998"],
    [1_000_000, "1,000,000"],
  ])("%i is %s", (count, text) => expect(formatCount(count)).toBe(text));
});
