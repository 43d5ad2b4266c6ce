import { describe, expect, it, test } from "vitest";
import { PLAN_LIMITS, PLANS, type Plan } from "../../schema/contracts/plans.ts";
import { reached, usageNotice } from "./warning.ts";

const resetsAt = Date.UTC(2026, 11, 1);
const now = Date.UTC(2026, 10, 22);

describe("the part of a month that is reached", () => {
  test.each([
    { plan: "free", usedBytes: 39_999_999, part: undefined },
    { plan: "free", usedBytes: 40_000_000, part: 80 },
    { plan: "free", usedBytes: 49_499_999, part: 80 },
    { plan: "free", usedBytes: 49_500_000, part: 100 },
    { plan: "starter", usedBytes: 50_000_000, part: undefined },
    { plan: "team", usedBytes: 90_000_000_000, part: 100 },
  ] satisfies { plan: Plan; usedBytes: number; part: number | undefined }[])(
    "of $plan with $usedBytes bytes is $part",
    ({ plan, usedBytes, part }) => expect(reached({ plan, usedBytes })).toBe(part),
  );
});

describe("a warning", () => {
  const textOf = (plan: Plan, percent: 80 | 100, tenant = "acme") => {
    const usedBytes = (PLAN_LIMITS[plan].bytesPerMonth * percent) / 100;
    return JSON.stringify(usageNotice({ tenant, plan, usedBytes, resetsAt }, percent, "https://log0.test", now));
  };

  test.each(PLANS)("of the plan %s names it, its use, its limit and when it starts anew", (plan) => {
    const text = textOf(plan, 80);
    for (const part of [`plan ${plan}`, "2026-12-01 (00:00 UTC)", "429", "https://log0.test/api/v1/usage"]) {
      expect(text).toContain(part);
    }
  });

  it("says how much is used of how much, and what comes next", () => {
    expect(textOf("free", 80)).toContain("40 MB of 50 MB are used");
    expect(textOf("free", 80)).toContain("What happens at 100 %");
    expect(textOf("free", 100)).toContain("50 MB of 50 MB are used");
    expect(textOf("free", 100)).toContain("what no longer fits is refused");
  });

  it("names the way up, and says so where there is none", () => {
    expect(textOf("free", 80)).toContain("The plan starter has 5 GB a month, 3 sources and 30 days");
    expect(textOf("starter", 80)).toContain("npm run tenant -- plan acme team");
    expect(textOf("team", 100)).toContain("the largest plan");
  });

  it("lets a tenant's name begin no line of its own", () => {
    expect(usageNotice({ tenant: "a\r\nBcc: x", plan: "free", usedBytes: 1, resetsAt }, 80, "", now).headline).toBe(
      "a Bcc: x has used 80 % of the logs of its month",
    );
  });
});
