import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyIncident, hostileText, incidentWith } from "../incidents/incident.fixtures.ts";
import type { Incident } from "../incidents/incident.ts";
import { decodeRef } from "./slack-actions.ts";
import { SlackMessage, slackRefusal } from "./slack-blocks.ts";
import { escapeMrkdwn, formatCount, type IncidentView, renderIncident } from "./slack-message.ts";

const publicUrl = "https://log0.test";
const tenantId = "0190b4a0-0000-7000-8000-00000000000a";
const render = (fields: Partial<Incident> = {}, view: Partial<IncidentView> = {}) =>
  renderIncident(incidentWith(fields), { publicUrl, tenantId, ...view });

/** Everything that may be shown at once. */
const anyView = fc.record({
  windows: fc.array(fc.record({ start: fc.nat(1e12), count: fc.nat() }), { maxLength: 50 }),
  assignee: fc.option(hostileText, { nil: undefined }),
  mayBeDouble: fc.boolean(),
  tenantId: fc.constantFrom(tenantId, undefined),
});
const anyQuiet = fc.record({
  snoozedAt: fc.option(fc.nat()),
  snoozedUntil: fc.option(fc.nat(4e12)),
  snoozedCount: fc.option(fc.nat()),
  snoozedSeverity: fc.constantFrom(null, "HIGH" as const),
  escalatedAt: fc.option(fc.nat(4e12)),
});
const anyAlert = fc
  .tuple(anyIncident, anyView, anyQuiet)
  .map(([incident, view, quiet]) => renderIncident({ ...incident, ...quiet }, { publicUrl, ...view }));

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
      fc.property(anyAlert, (message) => {
        for (const text of mrkdwn(message)) {
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
  it("is one that Slack takes, whatever the incident", () => {
    fc.assert(
      fc.property(anyAlert, (message) => {
        expect(slackRefusal(SlackMessage, message)).toBeUndefined();
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
      const links = actions?.type === "actions" ? actions.elements : [];
      const urls = links.flatMap((one) => ("url" in one && one.url !== undefined ? [new URL(one.url)] : []));
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

describe("the buttons of a message", () => {
  const shown = (fields: Partial<Incident>, view?: Partial<IncidentView>) => {
    const actions = render(fields, view).blocks.at(-1);
    return actions?.type === "actions" ? actions.elements.map(({ action_id }) => action_id) : [];
  };
  it.each([
    [{}, ["assign", "acknowledge", "resolve", "snooze"]],
    [{ status: "ASSIGNED" }, ["assign", "acknowledge", "resolve", "snooze"]],
    [{ status: "ACKNOWLEDGED" }, ["resolve", "snooze"]],
    [{ status: "RESOLVED" }, []],
    [{ snoozedAt: 1 }, ["assign", "acknowledge", "resolve"]],
  ] as const)("of %j are %j, and two links", (fields, actions) =>
    expect(shown(fields)).toEqual([...actions, "view_incident", "view_logs"]),
  );

  it("are links only where nobody would answer a click", () =>
    expect(shown({}, { tenantId: undefined })).toEqual(["view_incident", "view_logs"]));

  it("bring tenant and incident back", () => {
    const actions = render().blocks.at(-1);
    expect(decodeRef(actions?.block_id ?? "")).toEqual({ tenantId, incidentId: incidentWith().id });
  });
});

describe("beside the incident, a message", () => {
  it("shows assignee, escalation and snooze, escaped", () => {
    const texts = mrkdwn(
      render(
        { escalatedAt: 1_767_607_200_000, snoozedAt: 1, snoozedUntil: 1_767_607_200_000 },
        { assignee: "<!channel>@acme.test" },
      ),
    );
    expect(texts).toContain("*Assignee*\n&lt;!channel&gt;@acme.test");
    expect(texts).toContainEqual(expect.stringMatching(/^\*Escalated\*\n<!date/));
    expect(texts).toContainEqual(expect.stringMatching(/^\*Snoozed\*\nuntil <!date/));
  });

  it("draws the course of the occurrences", () => {
    const windows = [4, 0, 8].map((count, index) => ({ start: index * 300_000, count }));
    expect(mrkdwn(render({}, { windows }))).toContain("*Occurrences*\n2,400 in 3 min\n▅▁█");
  });

  it("says that it may be there twice", () => {
    expect(mrkdwn(render())).not.toContainEqual(expect.stringContaining("twice"));
    expect(mrkdwn(render({}, { mayBeDouble: true }))).toContainEqual(expect.stringContaining("twice"));
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
