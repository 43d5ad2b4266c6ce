import type { GroupingRule } from "../../schema/contracts/grouping-rules.ts";
import type { GroupingEngine } from "./engine.ts";
import type { GroupableEvent } from "./group-event.ts";

export function eventWith(over: Partial<GroupableEvent> = {}): GroupableEvent {
  return { serviceName: "shop", environment: "prod", level: "ERROR", message: "it broke", ...over };
}

export function ruleWith(
  action: GroupingRule["action"],
  when: GroupingRule["when"] = { service: "*" },
  name = "a rule",
): GroupingRule {
  return { name, when, action };
}

/** An engine whose template is the message in lower case, as far as `length` words of it. */
export function wordEngine(version: string, length: number): GroupingEngine {
  return {
    version,
    normalize: (message) => ({
      template: message.toLowerCase().split(" ").slice(0, length).join(" "),
      exceptionType: "",
      firstStackFrame: "",
    }),
  };
}
