import { describe, expect, test } from "vitest";
import { GroupingRules } from "../../schema/contracts/grouping-rules.ts";
import { Log0Error } from "../errors.ts";
import { ruleWith } from "./grouping.fixtures.ts";
import { type LogFacts, RuleSet } from "./rules.ts";

const NEVER = { type: "never" } as const;
type When = Parameters<typeof ruleWith>[1];

function facts(over: Partial<LogFacts> = {}): LogFacts {
  return {
    serviceName: "shop",
    level: "ERROR",
    message: "order 17 failed",
    template: "order <number> failed",
    ...over,
  };
}

function refusal(rules: GroupingRules): Log0Error {
  try {
    new RuleSet(rules);
  } catch (error) {
    if (error instanceof Log0Error) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a condition", () => {
  test.each<{ when: When; over?: Partial<LogFacts>; holds: boolean }>([
    { when: { service: "shop" }, holds: true },
    { when: { service: "sho" }, holds: false },
    { when: { service: "hop" }, holds: false },
    { when: { service: "s*p" }, holds: true },
    { when: { service: "*" }, holds: true },
    { when: { service: "shop*" }, holds: true },
    { when: { service: "s*x" }, holds: false },
    { when: { service: "a.b" }, over: { serviceName: "axb" }, holds: false },
    { when: { service: "a.b" }, over: { serviceName: "a.b" }, holds: true },
    { when: { service: "a|b" }, over: { serviceName: "a" }, holds: false },
    { when: { service: "a*b" }, over: { serviceName: "a\nb" }, holds: true },
    { when: { levels: ["ERROR", "FATAL"] }, holds: true },
    { when: { levels: ["FATAL"] }, holds: false },
    { when: { template: "order <number>" }, holds: true },
    { when: { template: "order 17" }, holds: false },
    { when: { message: "order 17" }, holds: true },
    { when: { message: "<number>" }, holds: false },
    { when: { message: "^failed" }, holds: false },
    { when: { message: "failed$" }, holds: true },
    { when: { message: "(?i)ORDER" }, holds: true },
    { when: { message: "ORDER" }, holds: false },
    { when: { service: "shop", levels: ["ERROR"], template: "order", message: "17" }, holds: true },
    { when: { service: "other", levels: ["ERROR"], template: "order", message: "17" }, holds: false },
    { when: { service: "shop", levels: ["WARN"], template: "order", message: "17" }, holds: false },
    { when: { service: "shop", levels: ["ERROR"], template: "ordre", message: "17" }, holds: false },
    { when: { service: "shop", levels: ["ERROR"], template: "order", message: "18" }, holds: false },
  ])("$when of $over: $holds", ({ when, over, holds }) => {
    expect(new RuleSet([ruleWith(NEVER, when)]).match(facts(over)) !== undefined).toBe(holds);
  });
});

describe("of several rules", () => {
  const rules = [
    ruleWith(NEVER, { service: "other" }, "first"),
    ruleWith(NEVER, { message: "order" }, "second"),
    ruleWith(NEVER, { service: "*" }, "third"),
  ];

  test.each([
    { over: { serviceName: "other" }, index: 0 },
    { over: {}, index: 1 },
    { over: { message: "else" }, index: 2 },
  ])("the first that holds for $over is $index", ({ over, index }) => {
    const matched = new RuleSet(rules).match(facts(over));
    expect(matched).toMatchObject({ index, rule: rules[index] });
  });

  test("none holds: nothing is matched", () => {
    expect(new RuleSet(rules.slice(0, 1)).match(facts())).toBeUndefined();
    expect(new RuleSet([]).match(facts())).toBeUndefined();
  });

  test("an empty list says so", () => {
    expect([new RuleSet([]).isEmpty, new RuleSet(rules).isEmpty]).toEqual([true, false]);
  });
});

describe("a mask", () => {
  test.each([
    { pattern: "ab+", message: "ab x abbb", masked: "<value> x <value>" },
    { pattern: "(a)(b)", message: "ab $1", masked: "<value> $1" },
    { pattern: "(?i)host-\\w+", message: "at HOST-7f3", masked: "at <value>" },
    { pattern: "absent", message: "as it is", masked: "as it is" },
  ])("of $pattern makes $message $masked", ({ pattern, message, masked }) => {
    const rule = new RuleSet([ruleWith({ type: "mask", pattern })]).match(facts());
    expect(rule?.mask(message)).toBe(masked);
  });

  test("is only what a rule that masks does", () => {
    expect(new RuleSet([ruleWith(NEVER)]).match(facts())?.mask("ab")).toBe("ab");
  });
});

describe("a wrong pattern is refused as invalid_rule, naming the rule and the field", () => {
  const good = ruleWith(NEVER);
  test.each<{ name: string; rules: GroupingRules; names: string[] }>([
    {
      name: "no pattern",
      rules: [ruleWith(NEVER, { message: "(" }, "open")],
      names: ["rule 1 (open)", "when.message"],
    },
    {
      name: "of a template",
      rules: [good, ruleWith(NEVER, { template: "[z-a]" }, "back")],
      names: ["rule 2 (back)", "when.template"],
    },
    {
      name: "of a mask",
      rules: [good, good, ruleWith({ type: "mask", pattern: "*" }, undefined, "star")],
      names: ["rule 3 (star)", "action.pattern"],
    },
    {
      name: "a mask that matches the empty text",
      rules: [ruleWith({ type: "mask", pattern: "x*" })],
      names: ["rule 1 (a rule)", "action.pattern"],
    },
    { name: "a backreference", rules: [ruleWith(NEVER, { message: "(a)\\1" })], names: ["when.message"] },
    { name: "a look-ahead", rules: [ruleWith(NEVER, { message: "(?=a)" })], names: ["when.message"] },
    {
      name: "one that is small as text and large as a program",
      rules: [ruleWith(NEVER, { message: "a{900}|b{900}" })],
      names: ["when.message", "too large"],
    },
  ])("$name", ({ rules, names }) => {
    const error = refusal(rules);
    expect(error.code).toBe("invalid_rule");
    for (const name of names) expect(error.message).toContain(name);
  });
});

describe("what all rules cost together is bounded", () => {
  const large = (name: string) => ruleWith(NEVER, { message: "[a-z]{1,400}x" }, name);

  test("by the size of their patterns", () => {
    expect(new RuleSet([large("one"), large("two")]).isEmpty).toBe(false);
    expect(refusal(["a", "b", "c", "d"].map(large)).message).toContain("together");
  });

  test("by the beginning of a message: its first 2,000 characters", () => {
    const rules = new RuleSet([ruleWith({ type: "mask", pattern: "needle" }, { message: "needle" }, "a")]);
    const far = `${"x".repeat(1_999)}needle`;
    expect(rules.match(facts({ message: far }))).toBeUndefined();
    const near = `needle${"x".repeat(1_994)}needle`;
    expect(rules.match(facts({ message: near }))?.mask(near)).toBe(`<value>${"x".repeat(1_994)}needle`);
  });
});

describe("the contract refuses", () => {
  test.each<{ name: string; rule: unknown }>([
    { name: "no condition", rule: { name: "x", when: {}, action: NEVER } },
    { name: "no levels", rule: { name: "x", when: { levels: [] }, action: NEVER } },
    { name: "a level that is none", rule: { name: "x", when: { levels: ["LOUD"] }, action: NEVER } },
    { name: "an empty pattern", rule: { name: "x", when: { message: "" }, action: NEVER } },
    { name: "a long pattern", rule: { name: "x", when: { message: "x".repeat(501) }, action: NEVER } },
    { name: "another condition", rule: { name: "x", when: { service: "a", host: "b" }, action: NEVER } },
    { name: "another action", rule: { name: "x", when: { service: "a" }, action: { type: "drop" } } },
    {
      name: "a fingerprint of no parts",
      rule: { name: "x", when: { service: "a" }, action: { type: "fingerprint", parts: [] } },
    },
    { name: "no name", rule: { name: "", when: { service: "a" }, action: NEVER } },
  ])("$name", ({ rule }) => {
    expect(GroupingRules.safeParse([rule]).success).toBe(false);
  });

  test("more than 100 rules, and takes 100", () => {
    const rules = (count: number) => Array.from({ length: count }, () => ruleWith(NEVER));
    expect(GroupingRules.safeParse(rules(100)).success).toBe(true);
    expect(GroupingRules.safeParse(rules(101)).success).toBe(false);
  });
});

describe("no message makes a pattern take more than linear time", () => {
  /** The best of three, each of a text that ends otherwise: a pause of the machine is not the code's. */
  function bestOfThree(work: (end: string) => void): number {
    const times = ["x", "y", "z"].map((end) => {
      const begin = performance.now();
      for (let repeat = 0; repeat < 3; repeat++) work(end);
      return performance.now() - begin;
    });
    return Math.max(Math.min(...times), 0.05);
  }

  const SHORT = 4_000;
  const TIMES = 8;

  test.each([
    { pattern: "(a+)+[0-9]", unit: "a" },
    { pattern: "(?:a|aa)*[0-9]", unit: "a" },
    { pattern: "(?:a|a?)+[0-9]", unit: "a" },
    { pattern: "(.*)(.*)(.*)(.*)[0-9]", unit: "a" },
    { pattern: "(\\w+\\s?)*[0-9]$", unit: "ab " },
    { pattern: "[ab]*a[ab]{300}[0-9]", unit: "ab" },
    { pattern: "(?:[a-z]+-?)+[0-9]", unit: "abc-" },
    { pattern: "(?:a?){99}a{99}[0-9]", unit: "a" },
  ])("$pattern in $unit", ({ pattern, unit }) => {
    const when = new RuleSet([ruleWith(NEVER, { message: pattern })]);
    const mask = new RuleSet([ruleWith({ type: "mask", pattern })]).match(facts());
    const text = (length: number) => unit.repeat(length / unit.length);
    const [short, long] = [text(SHORT), text(SHORT * TIMES)];
    const look = (message: string) => {
      expect(when.match(facts({ message }))).toBeUndefined();
      expect(mask?.mask(message)).toBe(message);
    };
    look(short);
    const once = bestOfThree((end) => look(short + end));
    const more = bestOfThree((end) => look(long + end));
    // Eight times the text takes some eight times as long; the square of it sixty-four times.
    expect(more / once, pattern).toBeLessThan(32);
  });
});
