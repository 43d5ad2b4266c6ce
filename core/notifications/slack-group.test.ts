import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyIncident, incidentWith } from "../incidents/incident.fixtures.ts";
import { SlackMessage, slackRefusal } from "./slack-blocks.ts";
import { GROUP_NAMED, type IncidentGroup, renderGroup } from "./slack-group.ts";

const view = { publicUrl: "https://log0.test", tenantId: "0190b4a0-0000-7000-8000-00000000000a" };
const idOf = (index: number) => `0190b4a0-0000-7000-8000-${String(index).padStart(12, "0")}`;
const group = (fields: Partial<IncidentGroup> = {}): IncidentGroup => ({
  named: [incidentWith()],
  total: 12,
  services: 1,
  service: "checkout",
  span: 120_000,
  open: 12,
  ...fields,
});

describe("the message of a flood", () => {
  it.each([
    [{}, "12 incidents in checkout in 2 min"],
    [{ total: 1 }, "1 incident in checkout in 2 min"],
    [{ services: 3 }, "12 incidents in 3 services in 2 min"],
    [{ service: "<!channel>" }, "12 incidents in &lt;!channel&gt; in 2 min"],
  ])("of %j says %s", (fields, text) => expect(renderGroup(group(fields), view).text).toBe(`log0: ${text}`));

  it("is one that Slack takes, whatever the incidents", () => {
    const named = fc.array(anyIncident, { maxLength: GROUP_NAMED });
    fc.assert(
      fc.property(named, fc.nat(), fc.string({ unit: "binary" }), (incidents, total, service) => {
        const distinct = incidents.map((incident, index) => ({ ...incident, id: idOf(index) }));
        const message = renderGroup(group({ named: distinct, total, service }), view);
        expect(slackRefusal(SlackMessage, message)).toBeUndefined();
      }),
    );
  });

  it("says when it may be there twice", () => {
    expect(JSON.stringify(renderGroup(group({}), view))).not.toContain("twice");
    expect(JSON.stringify(renderGroup(group({}), { ...view, mayBeDouble: true }))).toContain("twice");
  });

  it("offers to acknowledge what can be acknowledged", () => {
    const named = [incidentWith(), incidentWith({ id: idOf(2), status: "RESOLVED" })];
    const rows = renderGroup(group({ named }), view).blocks.slice(2);
    expect(rows.map((row) => "accessory" in row)).toEqual([true, false]);
  });
});
