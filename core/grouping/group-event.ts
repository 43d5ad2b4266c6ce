import * as z from "zod";
import type { GroupingRules } from "../../schema/contracts/grouping-rules.ts";
import type { Level } from "../../schema/contracts/levels.ts";
import type { RawEvent } from "../events/raw-event.ts";
import { digestOf, fingerprintInput, joinFields, type NormalizedMessage } from "../normalize/index.ts";
import { type Pattern, UNGROUPED } from "../wire/columns.ts";
import { Aliases } from "./aliases.ts";
import { CURRENT_ENGINE, type GroupingEngine } from "./engine.ts";
import { type MatchedRule, RuleSet } from "./rules.ts";

/** Patterns remembered. The value is a function of the key: what is forgotten is only computed again. */
const MAX_PATTERNS = 20_000;

/** An event as grouping sees it: its level is known. */
export interface GroupableEvent extends Omit<RawEvent, "level"> {
  readonly level: Level;
}

/** How one log is grouped, and by what. */
export interface Grouped {
  readonly pattern: Pattern;
  /** The rule that holds, if any. */
  readonly rule: MatchedRule | undefined;
  readonly firstStackFrame: string;
}

const Attributes = z.record(z.string(), z.unknown());

function attribute(event: GroupableEvent, name: string): string {
  if (event.attributes === undefined) return "";
  const attributes = Attributes.safeParse(JSON.parse(event.attributes));
  if (!attributes.success || !Object.hasOwn(attributes.data, name)) return "";
  const value = attributes.data[name];
  return typeof value === "string" ? value : JSON.stringify(value);
}

const VARIABLE = /\{\{ ?([a-z]{1,20})(?:\.([^{}]{1,100}?))? ?\}\}/g;

/** A part of a rule's fingerprint with its variables filled in; what is unknown stays as it is written. */
function fill(part: string, event: GroupableEvent, made: NormalizedMessage, byDefault: string): string {
  const values: Readonly<Record<string, string>> = {
    default: digestOf(byDefault),
    service: event.serviceName,
    environment: event.environment,
    level: event.level,
    template: made.template,
    exception: made.exceptionType,
  };
  return part.replace(VARIABLE, (whole, name: string, key: string | undefined) => {
    // Own names only: every object knows a "constructor".
    if (key === undefined) return Object.hasOwn(values, name) ? (values[name] ?? whole) : whole;
    return name === "attributes" ? attribute(event, key) : whole;
  });
}

/** The input of the fingerprint of an event. A rule that names all parts itself does not depend on the engine. */
function partsOf(
  engine: GroupingEngine,
  event: GroupableEvent,
  made: NormalizedMessage,
  rule: MatchedRule | undefined,
): string {
  const { template, exceptionType, firstStackFrame } = made;
  const byDefault = fingerprintInput(
    { serviceName: event.serviceName, messageTemplate: template, exceptionType, firstStackFrame },
    engine.version,
  );
  const action = rule?.rule.action;
  if (action?.type !== "fingerprint") return byDefault;
  return joinFields(["rule", ...action.parts.map((part) => fill(part, event, made, byDefault))]);
}

/** What one tenant's logs are grouped by. */
export interface GroupingSettings {
  readonly rules?: GroupingRules;
  readonly aliases?: Aliases;
  /** Fingerprints of open incidents: what the version before makes of a log still counts towards them. */
  readonly open?: ReadonlySet<string>;
  readonly current?: GroupingEngine;
  readonly previous?: GroupingEngine | undefined;
}

/**
 * Groups the logs of a tenant: the engine's template, then the first of the tenant's rules that holds, then what is
 * merged. Without settings it is what every tenant begins with.
 */
export class Grouping {
  private readonly rules: RuleSet;
  private readonly aliases: Aliases;
  private readonly open: ReadonlySet<string>;
  private readonly current: GroupingEngine;
  private readonly previous: GroupingEngine | undefined;
  private readonly patterns = new Map<string, Pattern>();
  private carried = new Map<string, string>();

  /** @throws Log0Error invalid_rule */
  constructor({ rules = [], aliases = new Aliases(), open = new Set(), current, previous }: GroupingSettings = {}) {
    this.rules = new RuleSet(rules);
    this.aliases = aliases;
    this.open = open;
    this.current = current ?? CURRENT_ENGINE;
    this.previous = previous;
  }

  /** Equal patterns are the same object, as long as they are remembered. */
  group(event: GroupableEvent): Grouped {
    const plain = this.current.normalize(event.message, event.trace);
    const rule = this.rules.isEmpty ? undefined : this.ruleOf(event, plain);
    const masks = rule?.rule.action.type === "mask";
    const made = masks ? this.current.normalize(rule.mask(event.message), event.trace) : plain;
    const parts = partsOf(this.current, event, made, rule);
    const before = this.before(event, rule);
    // What a rule names may hold for many templates: a log keeps its own.
    const own = rule?.rule.action.type === "fingerprint" ? `${made.template}\0${made.exceptionType}\0` : "";
    const key = `${rule?.index}\0${before ?? ""}\0${own}${parts}`;
    let pattern = this.patterns.get(key);
    if (pattern === undefined) {
      pattern = this.make(made, digestOf(parts), before, rule);
      if (this.patterns.size >= MAX_PATTERNS) this.patterns.clear();
      this.patterns.set(key, pattern);
    }
    return { pattern, rule, firstStackFrame: made.firstStackFrame };
  }

  /** Fingerprints that were found, since the last call, to go on under the one of the version before. */
  takeCarried(): ReadonlyMap<string, string> {
    const { carried } = this;
    this.carried = new Map();
    return carried;
  }

  /** Takes back what could not be noted, for the next call of `takeCarried`: what is remembered is not found again. */
  carryAgain(carried: ReadonlyMap<string, string>): void {
    for (const [fingerprint, before] of carried) this.carried.set(fingerprint, before);
  }

  private ruleOf(event: GroupableEvent, plain: NormalizedMessage): MatchedRule | undefined {
    const { serviceName, level, message } = event;
    return this.rules.match({ serviceName, level, message, template: plain.template });
  }

  /** The fingerprint that the version before makes of the event, under the same rule. */
  private before(event: GroupableEvent, rule: MatchedRule | undefined): string | undefined {
    if (this.previous === undefined) return undefined;
    const message = rule?.rule.action.type === "mask" ? rule.mask(event.message) : event.message;
    return digestOf(partsOf(this.previous, event, this.previous.normalize(message, event.trace), rule));
  }

  private make(
    { template, exceptionType }: NormalizedMessage,
    own: string,
    before: string | undefined,
    rule: MatchedRule | undefined,
  ): Pattern {
    const changed = before === own ? undefined : before;
    const group = rule?.rule.action.type === "never" ? UNGROUPED : this.groupOf(own, changed);
    return {
      template,
      exceptionType,
      fingerprint: own,
      ...(group === own ? {} : { group }),
      ...(changed === undefined ? {} : { previous: changed }),
    };
  }

  /** Whose windows count it. What people have merged, or are at work on, goes on as it was before the rules changed. */
  private groupOf(own: string, before: string | undefined): string {
    const root = this.aliases.rootOf(own);
    if (root !== own || before === undefined) return root;
    const kept = this.aliases.rootOf(before);
    if (!this.aliases.has(before) && !this.open.has(kept)) return own;
    if (kept === own) return own;
    this.carried.set(own, before);
    return kept;
  }
}
