import { describe, expect, test } from "vitest";
import { MAX_MESSAGES, SlackInbox } from "./slack-inbox.ts";

const now = Date.UTC(2026, 4, 1);
const header = { type: "header", text: { type: "plain_text", text: "A title" } };

/** The ids that Slack would give back, for an edit. */
function posted(inbox: SlackInbox, body: object, at = now): { channel: string; ts: string } {
  const answer = inbox.post(body, at);
  if (!answer.ok) throw new Error(answer.error);
  return { channel: answer.channel, ts: answer.ts };
}

describe("chat.postMessage", () => {
  test("keeps the message, and answers with the channel's id and the message's", () => {
    const inbox = new SlackInbox();
    const answer = inbox.post({ channel: "#incidents", text: "down", blocks: [header], unfurl_links: false }, now);
    expect(answer).toMatchObject({
      ok: true,
      channel: expect.stringMatching(/^C[A-Z0-9]{10}$/),
      ts: "1777593600.000001",
    });
    expect(inbox.list()).toEqual([
      {
        channel: "#incidents",
        ts: "1777593600.000001",
        text: "down",
        blocks: [header],
        edits: 0,
        postedAt: now,
        editedAt: null,
      },
    ]);
  });

  test("two messages of one second have ids of their own, also after a restart", () => {
    const first = new SlackInbox();
    posted(first, { channel: "#a", text: "1" });
    const second = new SlackInbox(first.list().toReversed());
    posted(second, { channel: "#a", text: "2" });
    expect(new Set(second.list().map(({ ts }) => ts)).size).toBe(2);
  });

  test(`the newest ${MAX_MESSAGES} are kept, newest first`, () => {
    const inbox = new SlackInbox();
    for (let number = 0; number < MAX_MESSAGES + 10; number++) posted(inbox, { channel: "#a", text: `${number}` });
    expect(inbox.list()).toHaveLength(MAX_MESSAGES);
    expect(inbox.list()[0]?.text).toBe(`${MAX_MESSAGES + 9}`);
  });

  test.each([
    ["no channel", { text: "down" }, "invalid_arguments"],
    ["a body that is no object", "down", "invalid_arguments"],
    ["a text that is none", { channel: "#a", text: 1 }, "invalid_arguments"],
    ["nothing to show", { channel: "#a" }, "no_text"],
    ["an unknown block", { channel: "#a", blocks: [{ type: "video" }] }, "invalid_blocks"],
    [
      "a header in mrkdwn",
      { channel: "#a", blocks: [{ type: "header", text: { type: "mrkdwn", text: "x" } }] },
      "invalid_blocks",
    ],
    [
      "a header that is too long",
      { channel: "#a", blocks: [{ ...header, text: { type: "plain_text", text: "x".repeat(151) } }] },
      "invalid_blocks",
    ],
    ["an empty section", { channel: "#a", blocks: [{ type: "section" }] }, "invalid_blocks"],
    [
      "a section that is too long",
      { channel: "#a", blocks: [{ type: "section", text: { type: "mrkdwn", text: "x".repeat(3_001) } }] },
      "invalid_blocks",
    ],
    ["51 blocks", { channel: "#a", blocks: Array(51).fill({ type: "divider" }) }, "invalid_blocks"],
  ])("refuses %s", (_what, body, error) => {
    const inbox = new SlackInbox();
    expect(inbox.post(body, now)).toMatchObject({ ok: false, error });
    expect(inbox.list()).toEqual([]);
  });
});

describe("chat.update", () => {
  test("edits the message in its place", () => {
    const inbox = new SlackInbox();
    const ids = posted(inbox, { channel: "#incidents", text: "10", blocks: [header] });
    posted(inbox, { channel: "#incidents", text: "other" });
    expect(inbox.update({ ...ids, text: "2,400" }, now + 5)).toMatchObject({ ok: true, ...ids });
    expect(inbox.list().map(({ text, edits, editedAt }) => [text, edits, editedAt])).toEqual([
      ["other", 0, null],
      ["2,400", 1, now + 5],
    ]);
  });

  test.each([
    ["an unknown ts", (ids: { channel: string; ts: string }) => ({ ...ids, ts: "1.000001" })],
    [
      "the channel's name instead of its id",
      (ids: { channel: string; ts: string }) => ({ ...ids, channel: "#incidents" }),
    ],
    ["another channel", (ids: { channel: string; ts: string }) => ({ ...ids, channel: "C0123456789" })],
  ])("refuses %s", (_what, change) => {
    const inbox = new SlackInbox();
    const ids = posted(inbox, { channel: "#incidents", text: "10" });
    expect(inbox.update({ ...change(ids), text: "x" }, now)).toEqual({ ok: false, error: "message_not_found" });
  });
});
