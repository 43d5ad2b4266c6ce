import type { IncidentStatus } from "../../schema/contracts/levels.ts";

const OPEN = ["NEW", "ASSIGNED", "ACKNOWLEDGED"] as const;

/** What must hold for an incident before a verb, and the state that it leads to; what is not named may be anything. */
interface Rule {
  readonly from: readonly IncidentStatus[];
  /** The state stays where none is named. */
  readonly to?: IncidentStatus;
  readonly snoozed?: boolean;
  readonly ignored?: boolean;
  readonly escalated?: boolean;
  readonly merged?: boolean;
}

/**
 * What can be done with an incident, and when. NEW → ASSIGNED → ACKNOWLEDGED → RESOLVED; a new one may be acknowledged at
 * once, an open one resolved at once, and nothing leads back but taking a merge back. An incident that is ignored is
 * quiet already: it is not snoozed. Only one that nobody looks after is escalated.
 */
export const VERBS = {
  assign: { from: ["NEW", "ASSIGNED"], to: "ASSIGNED" },
  acknowledge: { from: ["NEW", "ASSIGNED"], to: "ACKNOWLEDGED" },
  resolve: { from: OPEN, to: "RESOLVED" },
  snooze: { from: OPEN, snoozed: false, ignored: false },
  wake: { from: OPEN, snoozed: true },
  ignore: { from: OPEN, ignored: false },
  unignore: { from: OPEN, ignored: true },
  escalate: { from: ["NEW", "ASSIGNED"], escalated: false, snoozed: false, ignored: false },
  merge: { from: OPEN, to: "RESOLVED" },
  unmerge: { from: ["RESOLVED"], merged: true },
} as const satisfies Record<string, Rule>;
export type Verb = keyof typeof VERBS;

/** "It cannot be …" */
export const PARTICIPLES: Readonly<Record<Verb, string>> = {
  assign: "assigned",
  acknowledge: "acknowledged",
  resolve: "resolved",
  snooze: "snoozed",
  wake: "woken",
  ignore: "ignored",
  unignore: "told of again",
  escalate: "escalated",
  merge: "merged",
  unmerge: "taken out of a merge",
};

/** The rule of a verb, as all verbs' rules look. */
export function ruleOf(verb: Verb): Rule {
  return VERBS[verb];
}

/** What the rules look at, as the incident's row has it: null is "no". */
export interface Standing {
  readonly status: IncidentStatus;
  readonly snoozedAt: number | null;
  readonly ignoredAt: number | null;
  readonly escalatedAt: number | null;
  readonly mergedInto: string | null;
}

/** Whether the verb may be used on an incident that stands like this. */
export function permits(verb: Verb, incident: Standing): boolean {
  const rule = ruleOf(verb);
  const agrees = (wanted: boolean | undefined, value: unknown): boolean =>
    wanted === undefined || wanted === (value !== null);
  return (
    rule.from.includes(incident.status) &&
    agrees(rule.snoozed, incident.snoozedAt) &&
    agrees(rule.ignored, incident.ignoredAt) &&
    agrees(rule.escalated, incident.escalatedAt) &&
    agrees(rule.merged, incident.mergedInto)
  );
}

/** How an incident stands, in words, for those whose verb was refused: "ASSIGNED to … and snoozed". */
export function standingOf(incident: Standing & { readonly assigneeId: string | null }): string {
  const words: string[] = [];
  if (incident.mergedInto !== null) words.push(`merged into ${incident.mergedInto}`);
  if (incident.snoozedAt !== null) words.push("snoozed");
  if (incident.ignoredAt !== null) words.push("ignored");
  if (incident.escalatedAt !== null && incident.status !== "RESOLVED") words.push("escalated");
  const assignee = incident.status === "ASSIGNED" && incident.assigneeId !== null ? ` to ${incident.assigneeId}` : "";
  return [`${incident.status}${assignee}`, ...words].join(", ");
}
