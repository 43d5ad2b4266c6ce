import type { GroupableEvent, Grouped, Grouping } from "./group-event.ts";

/** How one way of grouping names a group. */
export interface NamedGroup {
  readonly fingerprint: string;
  readonly template: string;
  readonly exceptionType: string;
  /** Whether windows count it: a rule may say never. */
  readonly grouped: boolean;
  /** The rule that holds, from 0. */
  readonly rule: number | null;
}

/** Lines that one way of grouping holds together, and the other one, too. */
export interface Regrouping {
  readonly now: NamedGroup;
  readonly proposed: NamedGroup;
  count: number;
  /** Distinct messages, a few. */
  readonly samples: string[];
}

/** How lines group now, and how they would. */
export interface Comparison {
  readonly lines: number;
  readonly groupsNow: number;
  readonly groupsProposed: number;
  /** Lines whose group is another one. */
  readonly changedLines: number;
  /** The largest first. */
  readonly groups: readonly Regrouping[];
}

/** Samples of a group, and the characters of one: they are for reading. */
const SAMPLES = 3;
const SAMPLE_CHARACTERS = 500;

function named({ pattern, rule }: Grouped): NamedGroup {
  const group = pattern.group ?? pattern.fingerprint;
  return {
    fingerprint: group === "" ? pattern.fingerprint : group,
    template: pattern.template,
    exceptionType: pattern.exceptionType,
    grouped: group !== "",
    rule: rule?.index ?? null,
  };
}

/** Groups the same lines in two ways. */
export function compareGrouping(events: Iterable<GroupableEvent>, now: Grouping, proposed: Grouping): Comparison {
  const groups = new Map<string, Regrouping>();
  const groupsNow = new Set<string>();
  const groupsProposed = new Set<string>();
  let lines = 0;
  let changedLines = 0;
  for (const event of events) {
    const before = named(now.group(event));
    const after = named(proposed.group(event));
    lines++;
    if (before.grouped) groupsNow.add(before.fingerprint);
    if (after.grouped) groupsProposed.add(after.fingerprint);
    if (before.fingerprint !== after.fingerprint || before.grouped !== after.grouped) changedLines++;
    const key = `${before.fingerprint}:${before.grouped}:${after.fingerprint}:${after.grouped}`;
    const known = groups.get(key);
    const group = known ?? { now: before, proposed: after, count: 0, samples: [] };
    if (known === undefined) groups.set(key, group);
    group.count++;
    const sample = event.message.slice(0, SAMPLE_CHARACTERS);
    if (group.samples.length < SAMPLES && !group.samples.includes(sample)) group.samples.push(sample);
  }
  return {
    lines,
    groupsNow: groupsNow.size,
    groupsProposed: groupsProposed.size,
    changedLines,
    groups: [...groups.values()].sort((a, b) => b.count - a.count),
  };
}
