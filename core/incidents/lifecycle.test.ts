import { describe, expect, it } from "vitest";
import { INCIDENT_STATUSES } from "../../schema/contracts/levels.ts";
import { statesBefore } from "./lifecycle.ts";

describe("an incident", () => {
  it.each([
    ["NEW", []],
    ["ASSIGNED", ["NEW", "ASSIGNED"]],
    ["ACKNOWLEDGED", ["NEW", "ASSIGNED"]],
    ["RESOLVED", ["NEW", "ASSIGNED", "ACKNOWLEDGED"]],
  ] as const)("becomes %s from %j alone", (to, from) => expect(statesBefore(to)).toEqual(from));

  it("that is resolved stays so", () => {
    for (const to of INCIDENT_STATUSES) expect(statesBefore(to)).not.toContain("RESOLVED");
  });
});
