import { describe, expect, it } from "vitest";
import { TenantSettings } from "./tenant-settings.ts";

const minute = 60_000;

describe("a tenant's settings", () => {
  it("have defaults for everything: none need be set", () => {
    expect(TenantSettings.parse({})).toEqual({
      windowMs: 5 * minute,
      threshold: 10,
      aiDailyTokens: 500_000,
      thresholdBySeverity: {},
      clusterMinLevel: "WARN",
      updateIntervalMs: 30_000,
      newPatternAlerts: false,
      autoResolveMs: 24 * 60 * minute,
    });
  });

  it.each([1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60])("may have a window of %i minutes", (minutes) =>
    expect(TenantSettings.parse({ windowMs: minutes * minute }).windowMs).toBe(minutes * minute),
  );

  it.each([
    ["a window that does not divide an hour", { windowMs: 7 * minute }],
    ["a window of no whole minutes, which buckets of 6 s cannot count", { windowMs: 225_000 }],
    ["a window below a minute", { windowMs: 30_000 }],
    ["a window above an hour", { windowMs: 120 * minute }],
    ["a broken window", { windowMs: minute + 0.5 }],
    ["a threshold of nothing", { threshold: 0 }],
    ["a threshold beyond a million", { threshold: 1_000_001 }],
    ["a broken threshold", { threshold: 1.5 }],
    ["a threshold as text", { threshold: "10" }],
    ["a threshold of an unknown severity", { thresholdBySeverity: { SEVERE: 1 } }],
    ["a severity's threshold of nothing", { thresholdBySeverity: { HIGH: 0 } }],
    ["an unknown level", { clusterMinLevel: "WARNING" }],
    ["updates more often than a second", { updateIntervalMs: 999 }],
    ["updates less often than an hour", { updateIntervalMs: 60 * minute + 1 }],
    ["a channel without a name", { slackChannel: "" }],
    ["a channel with too long a name", { slackChannel: "x".repeat(101) }],
    ["no object", null],
  ])("are refused with %s", (_what, value) => expect(TenantSettings.safeParse(value).success).toBe(false));

  it("keep what is set, and the defaults of the rest", () => {
    const set = {
      threshold: 3,
      thresholdBySeverity: { HIGH: 2 },
      clusterMinLevel: "INFO",
      slackChannel: "#ops",
    } as const;
    expect(TenantSettings.parse({ ...set })).toEqual({ ...TenantSettings.parse({}), ...set });
  });
});
