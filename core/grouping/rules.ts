import { RE2JS } from "re2js";
import type { GroupingRule, GroupingRules } from "../../schema/contracts/grouping-rules.ts";
import type { Level } from "../../schema/contracts/levels.ts";
import { errorMessage, Log0Error } from "../errors.ts";

/** Instructions of one compiled pattern. A step over a character costs at most as many: this bounds the factor. */
const MAX_PROGRAM = 1_000;

/** What conditions look at. */
export interface LogFacts {
  readonly serviceName: string;
  readonly level: Level;
  readonly message: string;
  readonly template: string;
}

interface CompiledRule {
  readonly rule: GroupingRule;
  readonly service: RE2JS | undefined;
  readonly template: RE2JS | undefined;
  readonly message: RE2JS | undefined;
  readonly mask: RE2JS | undefined;
}

function compile(pattern: string, what: string): RE2JS {
  try {
    const compiled = RE2JS.compile(pattern);
    if (compiled.programSize() <= MAX_PROGRAM) return compiled;
  } catch (error) {
    throw new Log0Error("invalid_rule", `${what}: ${errorMessage(error)}`);
  }
  throw new Log0Error("invalid_rule", `${what}: the pattern is too large`);
}

/** A name in which `*` stands for any characters. */
function wildcard(name: string): string {
  return `^(?:${name.split("*").map(RE2JS.quote).join(".*")})$`;
}

function compileRule(rule: GroupingRule, index: number): CompiledRule {
  const { when, action } = rule;
  const at = (field: string): string => `rule ${index + 1} (${rule.name}), ${field}`;
  const optional = (pattern: string | undefined, field: string): RE2JS | undefined =>
    pattern === undefined ? undefined : compile(pattern, at(field));
  const mask = action.type === "mask" ? compile(action.pattern, at("action.pattern")) : undefined;
  if (mask?.test("") === true)
    throw new Log0Error("invalid_rule", `${at("action.pattern")}: it matches nothing at all`);
  return {
    rule,
    service: when.service === undefined ? undefined : compile(wildcard(when.service), at("when.service")),
    template: optional(when.template, "when.template"),
    message: optional(when.message, "when.message"),
    mask,
  };
}

/** A rule that holds for a log. */
export interface MatchedRule {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly rule: GroupingRule;
  /** The message with what the rule masks replaced. Only where the rule masks. */
  mask(message: string): string;
}

/** A tenant's rules, compiled. Matching takes time linear in the log, whatever it holds. */
export class RuleSet {
  private readonly compiled: readonly CompiledRule[];

  /** @throws Log0Error invalid_rule, naming the rule and the field */
  constructor(rules: GroupingRules) {
    this.compiled = rules.map(compileRule);
  }

  get isEmpty(): boolean {
    return this.compiled.length === 0;
  }

  /** The first rule whose conditions all hold. */
  match(facts: LogFacts): MatchedRule | undefined {
    for (const [index, compiled] of this.compiled.entries()) {
      const { when } = compiled.rule;
      if (when.levels !== undefined && !when.levels.includes(facts.level)) continue;
      if (compiled.service !== undefined && !compiled.service.test(facts.serviceName)) continue;
      if (compiled.message !== undefined && !compiled.message.test(facts.message)) continue;
      if (compiled.template !== undefined && !compiled.template.test(facts.template)) continue;
      const { rule, mask } = compiled;
      return {
        index,
        rule,
        mask: (message) => (mask === undefined ? message : mask.matcher(message).replaceAll("<value>")),
      };
    }
    return undefined;
  }
}
