import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprint, GROUPING_VERSION } from "../normalize/index.ts";
import { UNGROUPED } from "../wire/columns.ts";
import { Aliases } from "./aliases.ts";
import type { GroupingEngine } from "./engine.ts";
import { type GroupableEvent, Grouping, type GroupingSettings } from "./group-event.ts";
import { eventWith, ruleWith, wordEngine } from "./grouping.fixtures.ts";

const CURRENT = wordEngine("2", 2);
const PREVIOUS = wordEngine("1", 3);

/** What an engine alone makes of an event. */
function plain(engine: GroupingEngine, event: GroupableEvent): string {
  return new Grouping({ current: engine }).group(event).pattern.fingerprint;
}

function patternOf(settings: GroupingSettings, event: GroupableEvent) {
  return new Grouping({ current: CURRENT, ...settings }).group(event).pattern;
}

/** The fingerprint that a rule of these parts makes of an event. */
function fixed(parts: string[], over: Partial<GroupableEvent> = {}): string {
  return patternOf({ rules: [ruleWith({ type: "fingerprint", parts })] }, eventWith(over)).fingerprint;
}

describe("without settings", () => {
  test("the fingerprint is that of version, service, template, exception and frame", () => {
    const trace = "java.io.IOException: x\n\tat a.B.c(B.java:1)";
    const { pattern, rule, firstStackFrame } = new Grouping().group(eventWith({ message: "failed after 17ms", trace }));
    expect(pattern.template).not.toContain("17");
    expect(pattern.exceptionType).toBe("java.io.IOException");
    expect(firstStackFrame).not.toBe("");
    expect(rule).toBeUndefined();
    const parts = { serviceName: "shop", messageTemplate: pattern.template, exceptionType: pattern.exceptionType };
    expect(pattern.fingerprint).toBe(fingerprint({ ...parts, firstStackFrame }, GROUPING_VERSION));
    expect(Object.keys(pattern).sort()).toEqual(["exceptionType", "fingerprint", "template"]);
  });

  test("the version is part of the fingerprint", () => {
    const event = eventWith();
    expect(plain(wordEngine("1", 3), event)).not.toBe(plain(wordEngine("2", 3), event));
    expect(plain(wordEngine("1", 3), event)).toBe(plain(wordEngine("1", 3), event));
  });
});

describe("equal patterns are the same object", () => {
  const rules = [
    ruleWith({ type: "never" }, { message: "^quiet" }, "quiet"),
    ruleWith({ type: "fingerprint", parts: ["{{ service }}"] }, { message: "^mine" }, "mine"),
  ];

  test.each([
    { name: "of a template", one: "it broke once", other: "it broke twice", same: true },
    { name: "not of two templates", one: "it broke", other: "it failed", same: false },
    { name: "never grouped", one: "quiet now a", other: "quiet now b", same: true },
    { name: "of one rule and one template", one: "mine is a", other: "mine is b", same: true },
  ])("$name", ({ one, other, same }) => {
    const grouping = new Grouping({ current: CURRENT, rules });
    const [a, b] = [one, other].map((message) => grouping.group(eventWith({ message })).pattern);
    expect(a === b).toBe(same);
  });

  test("a rule's group has many templates, and each log keeps its own", () => {
    const grouping = new Grouping({ current: CURRENT, rules });
    const [a, b] = ["mine one", "mine two"].map((message) => grouping.group(eventWith({ message })).pattern);
    expect(a?.fingerprint).toBe(b?.fingerprint);
    expect([a?.template, b?.template]).toEqual(["mine one", "mine two"]);
  });

  test("what is forgotten is made again, equal", () => {
    const grouping = new Grouping({ current: wordEngine("1", 1) });
    const first = grouping.group(eventWith()).pattern;
    for (let n = 0; n < 20_000; n++) grouping.group(eventWith({ message: `m${n}` }));
    const again = grouping.group(eventWith()).pattern;
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
  });

  test("an event's pattern depends on nothing that came before it", () => {
    const event = fc.record({
      message: fc.constantFrom("a b", "a c", "a b c", "quiet b", "mine b", "mine c"),
      serviceName: fc.constantFrom("x", "y"),
      level: fc.constantFrom("ERROR", "WARN"),
    });
    const settings: GroupingSettings = {
      current: CURRENT,
      previous: PREVIOUS,
      rules,
      open: new Set([plain(PREVIOUS, eventWith({ message: "a b c", serviceName: "x" }))]),
    };
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), event, (before, last) => {
        const grouping = new Grouping(settings);
        for (const one of before) grouping.group(eventWith(one));
        expect(grouping.group(eventWith(last)).pattern).toEqual(new Grouping(settings).group(eventWith(last)).pattern);
      }),
    );
  });
});

describe("a rule's fingerprint", () => {
  test("is the same for all that has the same parts", () => {
    expect(fixed(["pool"], { serviceName: "a", message: "x" })).toBe(
      fixed(["pool"], { serviceName: "b", message: "y" }),
    );
    expect(fixed(["pool"])).not.toBe(fixed(["pools"]));
  });

  test("keeps parts apart", () => {
    const made = [["a", "b"], ["a|b"], ["a\\|b"], ["ab"], ["b", "a"], ["a", "b", "b"]].map((parts) => fixed(parts));
    expect(new Set(made).size).toBe(made.length);
  });

  test("of fixed parts does not change with the engine; with {{ default }} it does", () => {
    const by = (engine: GroupingEngine, parts: string[]) =>
      patternOf({ current: engine, rules: [ruleWith({ type: "fingerprint", parts })] }, eventWith()).fingerprint;
    expect(by(CURRENT, ["x"])).toBe(by(PREVIOUS, ["x"]));
    expect(by(CURRENT, ["{{ default }}"])).not.toBe(by(PREVIOUS, ["{{ default }}"]));
  });

  const attributes = JSON.stringify({ region: "eu", "http.status": 502, nested: { a: 1 }, none: null });
  test.each<{ part: string; means: string }>([
    { part: "{{ service }}", means: "shop" },
    { part: "{{service}}", means: "shop" },
    { part: "{{ environment }}", means: "prod" },
    { part: "{{ level }}", means: "ERROR" },
    { part: "{{ template }}", means: "it broke" },
    { part: "{{ default }}", means: plain(CURRENT, eventWith()) },
    { part: "{{ exception }}", means: "" },
    { part: "{{ attributes.region }}", means: "eu" },
    { part: "{{ attributes.http.status }}", means: "502" },
    { part: "{{ attributes.nested }}", means: '{"a":1}' },
    { part: "{{ attributes.none }}", means: "null" },
    { part: "{{ attributes.absent }}", means: "" },
    { part: "{{ attributes.constructor }}", means: "" },
    { part: "{{ attributes.toString }}", means: "" },
    { part: "{{ attributes.__proto__ }}", means: "" },
    { part: "x-{{ service }}-{{ level }}", means: "x-shop-ERROR" },
  ])("$part means $means", ({ part, means }) => {
    expect(fixed([part], { attributes })).toBe(fixed([means]));
  });

  test.each([
    "{{ unknown }}",
    "{{ constructor }}",
    "{{ service.name }}",
    "{{ SERVICE }}",
    "{ service }",
    "{{}}",
    "{{ attributes }}",
  ])("%s is no variable, and stays as it is written", (part) => {
    // Were it filled in, it would not differ from the same with another event's values, or from the empty text.
    const [own, other] = [{ serviceName: "a", attributes }, { serviceName: "b" }].map((over) => fixed([part], over));
    expect(own).toBe(other);
    expect(own).not.toBe(fixed([""]));
    // The blank between two halves of it is what keeps this one from being a variable.
    const broken = part.replace("{", "{ ");
    expect(fixed([part])).not.toBe(fixed([broken]));
    expect(patternOf({ rules: [ruleWith({ type: "fingerprint", parts: [part] })] }, eventWith()).fingerprint).toBe(
      patternOf(
        { rules: [ruleWith({ type: "fingerprint", parts: ["{{ attributes.p }}"] })] },
        eventWith({ attributes: JSON.stringify({ p: part }) }),
      ).fingerprint,
    );
  });

  test("what a log says is not read as a variable", () => {
    const tricky = { attributes: JSON.stringify({ a: "{{ service }}" }) };
    expect(fixed(["{{ attributes.a }}"], { ...tricky, serviceName: "x" })).toBe(
      fixed(["{{ attributes.a }}"], { ...tricky, serviceName: "y" }),
    );
  });

  test("with {{ default }} splits a group by an attribute, and joins nothing", () => {
    const parts = ["{{ default }}", "{{ attributes.region }}"];
    const at = (region: string, message: string) => fixed(parts, { message, attributes: JSON.stringify({ region }) });
    expect(at("eu", "it broke")).not.toBe(at("us", "it broke"));
    expect(at("eu", "it broke")).not.toBe(at("eu", "it failed"));
    expect(at("eu", "it broke")).toBe(at("eu", "it broke again"));
  });
});

describe("a rule that", () => {
  test("masks makes one group of what differs there only", () => {
    const rules = [ruleWith({ type: "mask", pattern: "tenant-[a-z]+" }, { message: "tenant-" })];
    const [a, b] = ["tenant-acme left", "tenant-globex left"].map((message) =>
      patternOf({ rules }, eventWith({ message })),
    );
    expect(a).toEqual(b);
    expect(a?.template).toBe("<value> left");
  });

  test("never groups keeps template and fingerprint, and has no window", () => {
    const rules = [ruleWith({ type: "never" })];
    const own = plain(CURRENT, eventWith());
    expect(patternOf({ rules }, eventWith())).toEqual({
      template: "it broke",
      exceptionType: "",
      fingerprint: own,
      group: UNGROUPED,
    });
    expect(patternOf({ rules, aliases: new Aliases([{ fingerprint: own, target: "x" }]) }, eventWith()).group).toBe(
      UNGROUPED,
    );
  });

  test("is the first that holds: the others do nothing", () => {
    const rules = [
      ruleWith({ type: "fingerprint", parts: ["first"] }, { levels: ["ERROR"] }),
      ruleWith({ type: "never" }, { service: "shop" }),
    ];
    expect(patternOf({ rules }, eventWith())).toMatchObject({ fingerprint: fixed(["first"]) });
    expect(patternOf({ rules }, eventWith()).group).toBeUndefined();
    expect(patternOf({ rules }, eventWith({ level: "WARN" })).group).toBe(UNGROUPED);
  });

  test("holds is told, with its place", () => {
    const rules = [ruleWith({ type: "never" }, { service: "other" }), ruleWith({ type: "never" }, { service: "shop" })];
    const { rule } = new Grouping({ rules }).group(eventWith());
    expect(rule).toMatchObject({ index: 1, rule: rules[1] });
  });
});

describe("what is merged", () => {
  test("counts with the root of its chain, under its own fingerprint", () => {
    const own = plain(CURRENT, eventWith());
    const aliases = new Aliases([
      { fingerprint: own, target: "middle" },
      { fingerprint: "middle", target: "root" },
    ]);
    expect(patternOf({ aliases }, eventWith())).toMatchObject({ fingerprint: own, group: "root" });
    expect(patternOf({ aliases }, eventWith({ message: "other text" })).group).toBeUndefined();
  });
});

describe("beside the version before", () => {
  const event = eventWith({ message: "one two three four" });
  const [own, before] = [plain(CURRENT, event), plain(PREVIOUS, event)];

  function carried(settings: GroupingSettings) {
    const grouping = new Grouping({ current: CURRENT, previous: PREVIOUS, ...settings });
    const { pattern } = grouping.group(event);
    return { pattern, carried: [...grouping.takeCarried()], again: [...grouping.takeCarried()] };
  }

  test("an event counts for itself where nothing is open, and names what it was", () => {
    const { pattern, carried: list } = carried({});
    expect(pattern).toMatchObject({ fingerprint: own, previous: before });
    expect(pattern.group).toBeUndefined();
    expect(list).toEqual([]);
  });

  test("while an incident of the old fingerprint is open it counts there, and is told once as carried over", () => {
    const { pattern, carried: list, again } = carried({ open: new Set([before]) });
    expect(pattern).toMatchObject({ fingerprint: own, group: before, previous: before });
    expect(list).toEqual([[own, before]]);
    expect(again).toEqual([]);
  });

  test("what could not be noted is told once more", () => {
    const grouping = new Grouping({ current: CURRENT, previous: PREVIOUS, open: new Set([before]) });
    grouping.group(event);
    grouping.carryAgain(grouping.takeCarried());
    expect([...grouping.takeCarried()]).toEqual([[own, before]]);
    expect([...grouping.takeCarried()]).toEqual([]);
  });

  test("where people merged the old fingerprint it counts with the root of that", () => {
    const aliases = new Aliases([{ fingerprint: before, target: "root" }]);
    expect(carried({ aliases })).toMatchObject({ pattern: { group: "root" }, carried: [[own, before]] });
    const into = new Aliases([{ fingerprint: "other", target: before }]);
    expect(carried({ aliases: into })).toMatchObject({ pattern: { group: before }, carried: [[own, before]] });
  });

  test("an incident open under the root of the old fingerprint is one of it", () => {
    const aliases = new Aliases([{ fingerprint: before, target: "root" }]);
    expect(carried({ aliases, open: new Set(["root"]) }).pattern.group).toBe("root");
  });

  test("what people made of the new fingerprint comes before what it was", () => {
    const aliases = new Aliases([{ fingerprint: own, target: "mine" }]);
    const { pattern, carried: list } = carried({ aliases, open: new Set([before]) });
    expect(pattern.group).toBe("mine");
    expect(list).toEqual([]);
  });

  test("the old fingerprint merged into the new one counts for the new one", () => {
    const aliases = new Aliases([{ fingerprint: before, target: own }]);
    const { pattern, carried: list } = carried({ aliases, open: new Set([own]) });
    expect(pattern.group).toBeUndefined();
    expect(list).toEqual([]);
  });

  test("an event that both versions name alike has no name before", () => {
    const same = { ...PREVIOUS, version: CURRENT.version };
    const short = eventWith({ message: "one two" });
    const { pattern } = new Grouping({ current: CURRENT, previous: same }).group(short);
    expect(pattern.previous).toBeUndefined();
  });

  test.each<{ name: string; rules: GroupingSettings["rules"]; previous: boolean }>([
    {
      name: "names all parts: nothing changes",
      rules: [ruleWith({ type: "fingerprint", parts: ["x"] })],
      previous: false,
    },
    {
      name: "adds to the default: it changes",
      rules: [ruleWith({ type: "fingerprint", parts: ["{{ default }}"] })],
      previous: true,
    },
    { name: "masks: it changes", rules: [ruleWith({ type: "mask", pattern: "two" })], previous: true },
  ])("a rule that $name", ({ rules = [], previous }) => {
    const old = new Grouping({ current: PREVIOUS, rules }).group(event).pattern.fingerprint;
    const { pattern } = carried({ rules, open: new Set([old]) });
    expect(pattern.previous).toBe(previous ? old : undefined);
    expect(pattern.group).toBe(previous ? old : undefined);
  });

  test("one that never groups is never carried over", () => {
    const { pattern, carried: list } = carried({ rules: [ruleWith({ type: "never" })], open: new Set([before]) });
    expect(pattern.group).toBe(UNGROUPED);
    expect(list).toEqual([]);
  });

  test("one new group takes each log on where its old group was", () => {
    const grouping = new Grouping({ current: CURRENT, previous: PREVIOUS, open: new Set([before]) });
    const other = eventWith({ message: "one two else" });
    const [a, b] = [event, other].map((one) => grouping.group(one).pattern);
    expect(a?.fingerprint).toBe(b?.fingerprint);
    expect([a?.group, b?.group]).toEqual([before, undefined]);
  });
});
