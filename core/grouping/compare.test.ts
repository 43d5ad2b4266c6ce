import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GroupingRules } from "../../schema/contracts/grouping-rules.ts";
import { Aliases } from "./aliases.ts";
import { compareGrouping } from "./compare.ts";
import { Grouping } from "./group-event.ts";
import { eventWith, ruleWith, wordEngine } from "./grouping.fixtures.ts";

const current = wordEngine("1", 2);
const grouping = (rules: GroupingRules = []) => new Grouping({ current, rules });
const lines = (...messages: string[]) => messages.map((message) => eventWith({ message }));
const NEVER = { type: "never" } as const;

describe("a comparison", () => {
  test("of the same rules changes nothing", () => {
    const found = compareGrouping(lines("a b 1", "a b 2", "c d"), grouping(), grouping());
    expect(found).toMatchObject({ lines: 3, groupsNow: 2, groupsProposed: 2, changedLines: 0 });
    expect(found.groups.map(({ count }) => count)).toEqual([2, 1]);
    for (const { now, proposed } of found.groups) expect(proposed).toEqual(now);
  });

  test("of no lines is empty", () => {
    expect(compareGrouping([], grouping(), grouping())).toEqual({
      lines: 0,
      groupsNow: 0,
      groupsProposed: 0,
      changedLines: 0,
      groups: [],
    });
  });

  test("shows what a rule joins, with the rule", () => {
    const joined = grouping([ruleWith({ type: "mask", pattern: "[ab]" }, { message: "^[ab] " })]);
    const found = compareGrouping(lines("a x", "b x", "c x"), grouping(), joined);
    expect(found).toMatchObject({ lines: 3, groupsNow: 3, groupsProposed: 2, changedLines: 2 });
    expect(
      new Set(found.groups.filter(({ proposed }) => proposed.rule === 0).map((g) => g.proposed.fingerprint)).size,
    ).toBe(1);
    expect(found.groups.map(({ now }) => now.rule)).toEqual([null, null, null]);
  });

  test("shows what a rule takes apart", () => {
    const split = grouping([ruleWith({ type: "fingerprint", parts: ["{{ default }}", "{{ level }}"] })]);
    const events = [eventWith(), eventWith({ level: "WARN" })];
    expect(compareGrouping(events, grouping(), split)).toMatchObject({
      groupsNow: 1,
      groupsProposed: 2,
      changedLines: 2,
    });
  });

  const quiet = grouping([ruleWith(NEVER, { levels: ["INFO"] })]);
  test.each([
    { name: "begins", now: grouping(), proposed: quiet, groups: [2, 1] },
    { name: "ends", now: quiet, proposed: grouping(), groups: [1, 2] },
  ])("that $name never to group counts no group for it", ({ now, proposed, groups }) => {
    const found = compareGrouping([eventWith(), eventWith({ message: "c d", level: "INFO" })], now, proposed);
    expect([found.groupsNow, found.groupsProposed]).toEqual(groups);
    expect(found.changedLines).toBe(1);
    expect(found.groups.map((group) => group.now.grouped !== group.proposed.grouped).sort()).toEqual([false, true]);
  });

  test("keeps apart what is grouped and what is not, in the same template", () => {
    const events = [eventWith({ level: "INFO" }), eventWith({ level: "ERROR" })];
    const found = compareGrouping(events, quiet, grouping());
    expect(found).toMatchObject({ groupsNow: 1, groupsProposed: 1, changedLines: 1 });
    expect(found.groups.map(({ now }) => now.grouped).sort()).toEqual([false, true]);
  });

  test("keeps three distinct messages of a group, cut at 500 characters", () => {
    const long = `a b ${"x".repeat(600)}`;
    const { groups } = compareGrouping(lines(long, long, "a b 1", "a b 2", "a b 3"), grouping(), grouping());
    expect(groups[0]?.samples).toEqual([long.slice(0, 500), "a b 1", "a b 2"]);
    expect(groups[0]?.count).toBe(5);
  });

  test("tells the group that merged ones count with", () => {
    const own = grouping().group(eventWith()).pattern.fingerprint;
    const merged = new Grouping({ current, aliases: new Aliases([{ fingerprint: own, target: "root" }]) });
    expect(compareGrouping([eventWith()], merged, merged).groups[0]?.now.fingerprint).toBe("root");
  });

  test("adds up, whatever the lines", () => {
    const event = fc.record({
      message: fc.constantFrom("a b", "a c", "c d", "d e f"),
      level: fc.constantFrom("INFO", "ERROR"),
    });
    const proposed = grouping([
      ruleWith(NEVER, { levels: ["INFO"], message: "^a" }),
      ruleWith({ type: "fingerprint", parts: ["all"] }, { message: "b|d" }),
    ]);
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (list) => {
        const found = compareGrouping(
          list.map((over) => eventWith(over)),
          grouping(),
          proposed,
        );
        const sum = (groups: typeof found.groups) => groups.reduce((total, { count }) => total + count, 0);
        expect(sum(found.groups)).toBe(list.length);
        expect(found.lines).toBe(list.length);
        const changed = found.groups.filter(
          ({ now, proposed: then }) => now.fingerprint !== then.fingerprint || now.grouped !== then.grouped,
        );
        expect(sum(changed)).toBe(found.changedLines);
        const grouped = found.groups.filter((group) => group.proposed.grouped);
        expect(new Set(grouped.map((group) => group.proposed.fingerprint)).size).toBe(found.groupsProposed);
      }),
    );
  });
});
