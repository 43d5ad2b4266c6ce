import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyIncident, hostileText, incidentWith } from "../incidents/incident.fixtures.ts";
import { isTold, regressionNotice, renderAssignment, renderNotice } from "./slack-notice.ts";

const id = "0190b4a0-0000-7000-8000-00000000000c";
const names = new Map([[id, "ada@acme.test"]]);
const url = "https://log0.test";

describe("a reply in the thread", () => {
  it.each([
    [{ actor: `user:${id}`, change: "ACKNOWLEDGED", note: null }, "Acknowledged by ada@acme.test."],
    [{ actor: "user:gone", change: "ACKNOWLEDGED", note: null }, "Acknowledged by an engineer."],
    [{ actor: "slack:U1ABC", change: "RESOLVED", note: " " }, "Resolved by <@U1ABC>."],
    [{ actor: "slack:U1><!here", change: "RESOLVED", note: null }, "Resolved."],
    [{ actor: "key:k", change: "RESOLVED", note: "a\nb" }, "Resolved through the API.\n> a\n> b"],
    [{ actor: "rule:r", change: "RESOLVED", note: null }, "Resolved by a rule."],
    [{ actor: "system", change: "ASSIGNED", note: null }, "Assigned to bob@acme.test."],
  ])("of %j says %s", (happening, text) =>
    expect(renderNotice(happening, { names, assignee: "bob@acme.test", repeated: false })).toBe(text),
  );

  it.each([
    ["ASSIGNED", true],
    ["ESCALATED", true],
    ["OPENED", false],
    ["SNOOZED", false],
    ["constructor", false],
  ])("is made of %s: %s", (change, told) => expect(isTold(change)).toBe(told));

  it("mentions nobody and links nowhere, whatever the note, the actor and the names", () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, fc.boolean(), (note, actor, name, repeated) => {
        const options = { names: new Map([["1", name]]), assignee: name, repeated };
        for (const who of [`user:${actor}`, "user:1", `slack:${actor}`, actor]) {
          const text = renderNotice({ actor: who, change: "ASSIGNED", note }, options);
          expect(text.replace(/<@[UW][A-Z0-9]+>/g, "")).not.toMatch(/<|`|&(?!amp;|lt;|gt;)/);
          expect(text.length).toBeLessThan(40_000);
        }
      }),
    );
  });
});

describe("a direct message", () => {
  it("links to the incident alone, whatever the incident and the note", () => {
    fc.assert(
      fc.property(anyIncident, hostileText, (incident, note) => {
        const text = renderAssignment(incident, { note, repeated: false }, url);
        expect(text.match(/<[^>]*/g)).toEqual([`<${url}/api/v1/incidents/${incident.id}|Open the incident`]);
      }),
    );
  });
});

it("word of a regression links to the new incident", () =>
  expect(regressionNotice(incidentWith(), url)).toContain(`<${url}/api/v1/incidents/${incidentWith().id}|`));
