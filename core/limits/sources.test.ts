import { expect, test } from "vitest";
import { sourceLimitReached } from "./sources.ts";

test.each([
  ["free", "the plan free has 1 source, and you use all: delete one, or the plan starter has 3"],
  ["starter", "the plan starter has 3 sources, and you use all: delete one, or the plan team has 10"],
  ["team", "the plan team has 10 sources, and you use all: delete one, or ask who runs log0 here for more"],
] as const)("at the limit of %s the way up is told", (plan, message) => {
  expect(sourceLimitReached(plan)).toMatchObject({ code: "plan_limit", message });
});
