import { describe, expect, it } from "vitest";
import { retentionCuts } from "./retention.ts";

describe("retentionCuts", () => {
  it("keeps 7, 30 and 90 days", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    const cuts = retentionCuts(now);
    expect(new Date(cuts.free).toISOString()).toBe("2026-11-15T12:00:00.000Z");
    expect(new Date(cuts.starter).toISOString()).toBe("2026-10-23T12:00:00.000Z");
    expect(new Date(cuts.team).toISOString()).toBe("2026-08-24T12:00:00.000Z");
  });
});
