import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { incidentWith } from "../incidents/incident.fixtures.ts";
import { encodeRef } from "./slack-actions.ts";
import { SlackView, slackRefusal } from "./slack-blocks.ts";
import { parseInteraction } from "./slack-interaction.ts";
import { assignModal, MAX_ENGINEERS } from "./slack-modal.ts";

const ref = { tenantId: "0190b4a0-0000-7000-8000-00000000000a", incidentId: "0190b4a0-0000-7000-8000-00000000000b" };
const user = "0190b4a0-0000-7000-8000-00000000000c";
const body = (payload: unknown) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

const clicked = (action: object, more: object = {}) => ({
  type: "block_actions",
  user: { id: "U1ABC", team_id: "T1ABC" },
  team: { id: "T1ABC" },
  trigger_id: "1.2.abc",
  response_url: "https://hooks.slack.com/actions/x",
  channel: { id: "C1ABC" },
  actions: [{ block_id: encodeRef(ref), ...action }],
  ...more,
});

describe("a click", () => {
  it.each([
    [{ action_id: "acknowledge" }, { what: "acknowledge" }],
    [{ action_id: "resolve" }, { what: "resolve" }],
    [{ action_id: "assign" }, { what: "ask-assignee", triggerId: "1.2.abc" }],
    [
      { action_id: "snooze", selected_option: { value: "4h" } },
      { what: "snooze", snooze: "4h" },
    ],
  ])("%j is the wish %j", (action, wish) =>
    expect(parseInteraction(body(clicked(action)))).toEqual({
      teamId: "T1ABC",
      slackUserId: "U1ABC",
      ref,
      wish,
      responseUrl: "https://hooks.slack.com/actions/x",
      channel: "C1ABC",
    }),
  );

  it.each([
    ["a link", clicked({ action_id: "view_logs" })],
    ["an unknown snooze", clicked({ action_id: "snooze", selected_option: { value: "9y" } })],
    ["a snooze without a choice", clicked({ action_id: "snooze", selected_option: null })],
    ["another block", clicked({ action_id: "resolve", block_id: "x" })],
    ["no action", { ...clicked({}), actions: [] }],
    ["no team", clicked({ action_id: "resolve" }, { team: null })],
    ["a user that is none", clicked({ action_id: "resolve" }, { user: { id: "<!here>" } })],
    ["an assignment without a trigger", clicked({ action_id: "assign" }, { trigger_id: undefined })],
    ["another type", { ...clicked({}), type: "shortcut" }],
    ["no object", 7],
  ])("on %s is no wish", (_, payload) => expect(parseInteraction(body(payload))).toBeUndefined());

  it("of any bytes is no error", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.json(), (text, json) => {
        expect(parseInteraction(text)).toBeUndefined();
        expect(parseInteraction(`payload=${text}`)).toBeUndefined();
        expect(parseInteraction(`payload=${encodeURIComponent(json)}`)).toBeUndefined();
      }),
    );
  });
});

describe("the form", () => {
  const engineers = (count: number) => Array.from({ length: count }, (_, n) => ({ id: user, name: `e${n}@acme.test` }));

  it.each([1, 100, 101, 5_000])("of %i engineers is one that Slack takes", (count) => {
    const view = assignModal({ ...ref, channel: "C1", from: null }, incidentWith(), engineers(count));
    expect(slackRefusal(SlackView, view)).toBeUndefined();
    const [input] = view.blocks.filter((block) => block.type === "input");
    const options = input?.element.type === "static_select" ? input.element.options : [];
    expect(options).toHaveLength(Math.min(count, MAX_ENGINEERS));
  });

  it.each([
    [{ value: "  look \n" }, "look"],
    [{ value: "" }, undefined],
    [{ value: null }, undefined],
    [{}, undefined],
  ])("sent off with the note %j assigns", (note, text) => {
    const view = assignModal({ ...ref, channel: "C1", from: user }, incidentWith(), engineers(1));
    const values = { assignee: { assignee: { selected_option: { value: user } } }, note: { note } };
    const payload = { ...clicked({}), type: "view_submission", view: { ...view, state: { values } } };
    expect(parseInteraction(body(payload))).toMatchObject({
      ref,
      wish: { what: "assign", assigneeId: user, from: user, note: text },
      channel: "C1",
    });
  });

  it.each([
    ["of another app", { callback_id: "x" }],
    ["without metadata", { private_metadata: "" }],
    ["with metadata of another tenant's shape", { private_metadata: '{"ref":"x"}' }],
    ["without a choice", { state: { values: {} } }],
  ])("%s is no wish", (_, change) => {
    const view = assignModal(ref, incidentWith(), engineers(1));
    const values = { assignee: { assignee: { selected_option: { value: user } } } };
    const payload = { ...clicked({}), type: "view_submission", view: { ...view, state: { values }, ...change } };
    expect(parseInteraction(body(payload))).toBeUndefined();
  });
});
