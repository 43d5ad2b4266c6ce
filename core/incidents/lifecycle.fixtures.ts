import type { IncidentStatus } from "../../schema/contracts/levels.ts";

/** An incident as a naive reader of the rules would keep it, for tests: of the rules' code it knows nothing. */
export interface Model {
  state: IncidentStatus;
  snoozed: boolean;
  ignored: boolean;
  escalated: boolean;
  /** The state that it comes back to, while it is merged into another. */
  before: IncidentStatus | undefined;
}

export const CLICKS = [
  ...(["assign", "acknowledge", "resolve", "snooze", "wake", "ignore"] as const),
  ...(["unignore", "escalate", "merge", "unmerge"] as const),
];
export type Click = (typeof CLICKS)[number];

export function modelOf(): Model {
  return { state: "NEW", snoozed: false, ignored: false, escalated: false, before: undefined };
}

/** What a click makes of it; undefined when it is refused. */
export function after(model: Model, click: Click): Model | undefined {
  if (click === "unmerge") {
    return model.before === undefined ? undefined : { ...model, state: model.before, before: undefined };
  }
  if (model.state === "RESOLVED") return undefined;
  const untouched = model.state !== "ACKNOWLEDGED";
  const loud = !model.snoozed && !model.ignored;
  switch (click) {
    case "assign":
      return untouched ? { ...model, state: "ASSIGNED" } : undefined;
    case "acknowledge":
      return untouched ? { ...model, state: "ACKNOWLEDGED" } : undefined;
    case "resolve":
      return { ...model, state: "RESOLVED", snoozed: false, ignored: false };
    case "snooze":
      return loud ? { ...model, snoozed: true } : undefined;
    case "wake":
      return model.snoozed ? { ...model, snoozed: false } : undefined;
    case "ignore":
      return model.ignored ? undefined : { ...model, ignored: true, snoozed: false };
    case "unignore":
      return model.ignored ? { ...model, ignored: false } : undefined;
    case "escalate":
      return untouched && loud && !model.escalated ? { ...model, escalated: true } : undefined;
    case "merge":
      return { ...model, state: "RESOLVED", before: model.state };
  }
}
