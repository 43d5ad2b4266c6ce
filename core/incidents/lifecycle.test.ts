import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INCIDENT_STATUSES } from "../../schema/contracts/levels.ts";
import { after, CLICKS, type Click, type Model, modelOf } from "./lifecycle.fixtures.ts";
import { PARTICIPLES, permits, ruleOf, type Standing, standingOf, VERBS, type Verb } from "./lifecycle.ts";

const fresh: Standing & { assigneeId: string | null } = {
  status: "NEW",
  snoozedAt: null,
  ignoredAt: null,
  escalatedAt: null,
  mergedInto: null,
  assigneeId: null,
};
const verbs = Object.keys(PARTICIPLES).filter((name): name is Verb => name in VERBS);

describe("an incident", () => {
  it.each([
    ["assign", ["NEW", "ASSIGNED"]],
    ["acknowledge", ["NEW", "ASSIGNED"]],
    ["resolve", ["NEW", "ASSIGNED", "ACKNOWLEDGED"]],
    ["snooze", ["NEW", "ASSIGNED", "ACKNOWLEDGED"]],
    ["ignore", ["NEW", "ASSIGNED", "ACKNOWLEDGED"]],
    ["escalate", ["NEW", "ASSIGNED"]],
    ["merge", ["NEW", "ASSIGNED", "ACKNOWLEDGED"]],
  ] as const)("that is awake: %s from %j alone", (verb, from) =>
    expect(INCIDENT_STATUSES.filter((status) => permits(verb, { ...fresh, status }))).toEqual(from),
  );

  it("that is resolved stays so, unless a merge is taken back", () => {
    for (const verb of verbs) {
      for (const mergedInto of [null, "another"]) {
        const allowed = permits(verb, { ...fresh, status: "RESOLVED", mergedInto });
        expect(allowed, verb).toBe(verb === "unmerge" && mergedInto !== null);
      }
    }
  });

  it.each([
    ["snooze", { snoozedAt: 1 }],
    ["snooze", { ignoredAt: 1 }],
    ["wake", {}],
    ["ignore", { ignoredAt: 1 }],
    ["unignore", {}],
    ["escalate", { escalatedAt: 1 }],
    ["escalate", { snoozedAt: 1 }],
    ["escalate", { ignoredAt: 1 }],
    ["unmerge", {}],
  ] as const)("refuses to %s when it stands like %j", (verb, standing) =>
    expect(permits(verb, { ...fresh, ...standing })).toBe(false),
  );

  it.each([
    [{}, "NEW"],
    [{ status: "ASSIGNED", assigneeId: "u1" }, "ASSIGNED to u1"],
    [{ status: "ACKNOWLEDGED", assigneeId: "u1", snoozedAt: 1 }, "ACKNOWLEDGED, snoozed"],
    [{ status: "ASSIGNED", assigneeId: "u1", ignoredAt: 1, escalatedAt: 1 }, "ASSIGNED to u1, ignored, escalated"],
    [{ status: "RESOLVED", mergedInto: "i2", escalatedAt: 1 }, "RESOLVED, merged into i2"],
  ] as const)("that stands like %j says %s", (standing, words) =>
    expect(standingOf({ ...fresh, ...standing })).toBe(words),
  );
});

describe("a sequence of verbs", () => {
  /** What the services set: the state of the rule, and the verb's own mark. */
  const marks: Readonly<Record<Verb, Partial<Standing>>> = {
    assign: {},
    acknowledge: {},
    resolve: { snoozedAt: null, ignoredAt: null },
    snooze: { snoozedAt: 1 },
    wake: { snoozedAt: null },
    ignore: { ignoredAt: 1, snoozedAt: null },
    unignore: { ignoredAt: null },
    escalate: { escalatedAt: 1 },
    merge: { mergedInto: "another" },
    unmerge: { mergedInto: null },
  };

  it("is allowed, and ends, as a naive reader of the rules would have it", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...CLICKS), { maxLength: 40 }), (clicks: Click[]) => {
        let model: Model = modelOf();
        let incident: Standing = fresh;
        let before = incident.status;
        for (const click of clicks) {
          const next = after(model, click);
          expect(permits(click, incident), `${click} of ${JSON.stringify(incident)}`).toBe(next !== undefined);
          if (next === undefined) continue;
          if (click === "merge") before = incident.status;
          const status = click === "unmerge" ? before : (ruleOf(click).to ?? incident.status);
          incident = { ...incident, ...marks[click], status };
          model = next;
          expect({
            status: incident.status,
            snoozed: incident.snoozedAt !== null,
            ignored: incident.ignoredAt !== null,
          }).toEqual({ status: model.state, snoozed: model.snoozed, ignored: model.ignored });
        }
      }),
    );
  });
});
