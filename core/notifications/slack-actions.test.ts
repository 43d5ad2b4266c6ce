import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRef, encodeRef, snoozeEnd } from "./slack-actions.ts";

const at = (text: string): number => Date.parse(text);

describe("a reference", () => {
  it("is read back as it was written", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (tenantId, incidentId) => {
        expect(decodeRef(encodeRef({ tenantId, incidentId }))).toEqual({ tenantId, incidentId });
      }),
    );
  });

  it.each(["", "incident:", "incident:a:b", `incident:${"0".repeat(36)}:${"0".repeat(36)}`, "x".repeat(9_999)])(
    "%s is none",
    (text) => expect(decodeRef(text)).toBeUndefined(),
  );
});

describe("a snooze", () => {
  it.each([
    ["1h", "2026-05-01T10:00:00Z", 0, "2026-05-01T11:00:00Z"],
    ["4h", "2026-05-01T10:00:00Z", 0, "2026-05-01T14:00:00Z"],
    ["tomorrow", "2026-05-01T10:00:00Z", 0, "2026-05-02T09:00:00Z"],
    ["tomorrow", "2026-05-01T23:30:00Z", 7_200, "2026-05-03T07:00:00Z"],
    ["tomorrow", "2026-05-01T01:00:00Z", -25_200, "2026-05-01T16:00:00Z"],
  ] as const)("%s at %s, %i s from UTC, ends at %s", (snooze, now, offset, end) =>
    expect(snoozeEnd(snooze, at(now), offset)).toEqual({ until: at(end) }),
  );

  it("until it escalates has no time", () => expect(snoozeEnd("escalates", 0, 0)).toEqual({ escalates: true }));

  it("until tomorrow ends within 9 to 33 hours, wherever one lives", () => {
    fc.assert(
      fc.property(fc.nat(4e12), fc.integer({ min: -43_200, max: 50_400 }), (now, offset) => {
        const end = snoozeEnd("tomorrow", now, offset);
        const hours = ("until" in end ? end.until - now : 0) / 3_600_000;
        expect(hours).toBeGreaterThan(9);
        expect(hours).toBeLessThanOrEqual(33);
      }),
    );
  });
});
