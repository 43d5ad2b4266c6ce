import { describe, expect, it } from "vitest";
import { handFingerprint } from "./by-hand.ts";
import { incidentWith } from "./incident.fixtures.ts";
import { isQuiet, isSnoozed } from "./quiet.ts";

const now = 1_000_000;
const snoozed = { snoozedAt: 1 };

describe("a notification", () => {
  it.each([
    ["goes out", {}, false],
    ["of an ignored incident is kept back", { ignoredAt: 1 }, true],
    ["of one that is snoozed until later is kept back", { ...snoozed, snoozedUntil: now + 1 }, true],
    ["of one whose time has come goes out", { ...snoozed, snoozedUntil: now }, false],
    ["below the count is kept back", { ...snoozed, snoozedCount: 11, occurrenceCount: 10 }, true],
    ["at the count goes out", { ...snoozed, snoozedCount: 10, occurrenceCount: 10 }, false],
    ["as severe as when it was snoozed is kept back", { ...snoozed, snoozedSeverity: "HIGH", severity: "HIGH" }, true],
    ["less severe is kept back", { ...snoozed, snoozedSeverity: "HIGH", severity: "LOW" }, true],
    ["more severe goes out", { ...snoozed, snoozedSeverity: "HIGH", severity: "CRITICAL" }, false],
    ["of an ignored one whose time has come is kept back", { ...snoozed, snoozedUntil: now, ignoredAt: 1 }, true],
  ] as const)("%s", (_, fields, quiet) => expect(isQuiet(incidentWith(fields), now)).toBe(quiet));

  it.each([
    ["INCIDENT_ASSIGNED", false],
    ["INCIDENT_ACKNOWLEDGED", false],
    ["INCIDENT_RESOLVED", false],
    ["INCIDENT_CREATED", true],
    ["INCIDENT_SUMMARIZED", true],
    ["INCIDENT_ESCALATED", true],
  ] as const)("%s of a quiet incident is kept back: %s", (type, quiet) => {
    for (const fields of [{ ignoredAt: 1 }, { ...snoozed, snoozedUntil: now + 1 }]) {
      expect(isQuiet(incidentWith(fields), now, type)).toBe(quiet);
    }
  });
});

it("an ignored incident is not snoozed for that", () => {
  expect(isSnoozed(incidentWith({ ignoredAt: 1 }), now)).toBe(false);
});

it("an incident made by hand has a fingerprint of its own", () => {
  expect(handFingerprint("a")).toMatch(/^[0-9a-f]{64}$/);
  expect(handFingerprint("a")).toBe(handFingerprint("a"));
  expect(handFingerprint("a")).not.toBe(handFingerprint("b"));
});
