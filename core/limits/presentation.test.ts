import { describe, expect, test } from "vitest";
import { PLAN_LIMITS } from "../../schema/contracts/plans.ts";
import { limitField, policyField, type Quota, secondsUntil } from "./fields.ts";
import { blockOf, largestLease, policyOf } from "./policies.ts";
import { nextPlan, quotaExceeded, readableBytes, tooManyRequests } from "./refusals.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const requests: Quota = {
  ...{ policy: "search", limit: 600, windowSeconds: 60, unit: "requests" },
  ...{ remaining: 12.9, resetAt: NOW + 30_001 },
};
const month: Quota = {
  ...{ policy: "month", limit: 50_000_000, windowSeconds: 2_592_000, unit: "content-bytes" },
  ...{ remaining: 1_000, resetAt: Date.parse("2026-12-01") },
};

test("the fields are lists of structured fields, as the draft has them", () => {
  expect(policyField([requests, month])).toBe('"search";q=600;w=60, "month";q=50000000;qu="content-bytes";w=2592000');
  expect(limitField([requests, month], NOW)).toBe('"search";r=12;t=31, "month";r=1000;t=734400');
});

test("what a clock or a sum makes impossible is no negative number", () => {
  expect(limitField([{ ...requests, remaining: -3, resetAt: NOW - 5 }], NOW)).toBe('"search";r=0;t=0');
  expect(secondsUntil(Number.POSITIVE_INFINITY, NOW)).toBe(999_999_999_999_999);
});

test.each([
  [10, 1],
  [60, 1],
  [199, 1],
  [300, 3],
  [6_000, 60],
  [600_000, 6_000],
])("of a limit of %d an isolate leases at most %d", (limit, lease) => expect(largestLease(limit)).toBe(lease));

test("blocks of bytes grow with the plan, and shrink to KB towards the month's end", () => {
  const { free, team } = PLAN_LIMITS;
  expect(blockOf(free.bytesPerMonth, free.bytesPerMonth)).toBe(50_000);
  expect(blockOf(team.bytesPerMonth, team.bytesPerMonth)).toBe(50_000_000);
  expect(blockOf(team.bytesPerMonth, 640_000)).toBe(10_000);
  expect(blockOf(free.bytesPerMonth, 0)).toBe(4_000);
});

test("only ingest depends on the plan", () => {
  expect(policyOf("ingest", "free").limit).toBe(6_000);
  expect(policyOf("ingest", "team").limit).toBe(600_000);
  expect(policyOf("export", "free")).toEqual(policyOf("export", "team"));
});

test.each([
  [999, "999 bytes"],
  [50_000_000, "50 MB"],
  [49_999_999, "49.9 MB"],
  [4_999_999_999, "4.99 GB"],
  [123_456, "123 KB"],
])("%d reads as %s", (bytes, text) => expect(readableBytes(bytes)).toBe(text));

describe("a refusal", () => {
  test("for too many requests says how long to wait", () => {
    const error = tooManyRequests(requests, NOW);
    expect(error).toMatchObject({ code: "rate_limited", retryAfter: 31, details: { "violated-policies": ["search"] } });
    expect(error.message).toBe("too many requests: 600 in 60 s are allowed here; nothing was done, try again in 31 s");
  });

  test("for the month names plan, use, limit, the day it starts anew, and the way up", () => {
    const error = quotaExceeded("free", month, 2_000, NOW);
    expect(error.message).toBe(
      "the plan free has 50 MB of logs a month, 49.9 MB are used, and this request has 2 KB; nothing of it was kept. " +
        "It starts anew on 2026-12-01 (UTC). If you need more: the plan starter has 5 GB a month.",
    );
    expect(error).toMatchObject({
      code: "quota_exceeded",
      retryAfter: 3_600,
      details: {
        plan: "free",
        usedBytes: 49_999_000,
        limitBytes: 50_000_000,
        resetsAt: "2026-12-01T00:00:00.000Z",
        nextPlan: { name: "starter", bytesPerMonth: 5_000_000_000 },
      },
    });
  });

  test("of the largest plan names the operator", () => {
    expect(nextPlan("team")).toBeUndefined();
    const error = quotaExceeded("team", month, 2_000, Date.parse("2026-11-30T23:59:50Z"));
    expect(error.message).toContain("ask the operator");
    expect(error).toMatchObject({ retryAfter: 10, details: { nextPlan: null } });
  });
});
