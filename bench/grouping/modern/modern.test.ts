import { describe, expect, test } from "vitest";
import { seeded } from "../../traffic.ts";
import type { Family } from "./family.ts";
import { FAMILIES, kindsOf, labelOf, modernLines, renderStatement } from "./index.ts";
import { VALUES } from "./values.ts";

test("the families have different names and at least 400 statements together", () => {
  expect(new Set(FAMILIES.map((family) => family.name)).size).toBe(FAMILIES.length);
  expect(FAMILIES.flatMap((family) => family.statements).length).toBeGreaterThanOrEqual(400);
});

describe.for(FAMILIES)("the family $name", (family) => {
  test("has at least 40 statements", () => {
    expect(family.statements.length).toBeGreaterThanOrEqual(40);
  });

  test("prints known kinds only", () => {
    const known = new Set([...Object.keys(VALUES), ...Object.keys(family.kinds)]);
    expect(family.statements.flatMap(kindsOf).filter((kind) => !known.has(kind))).toEqual([]);
  });

  test("has no two equal statements or forms, even when case and spaces are not counted", () => {
    const forms = family.statements.flat().map((form) => form.toLowerCase().replaceAll(/\s+/g, " "));
    expect(forms.filter((form, index) => forms.indexOf(form) !== index)).toEqual([]);
  });

  test("logs every statement, most of them three times and more, and some much oftener", () => {
    const lines = modernLines(family, { seed: 3 });
    const counts = new Map(family.statements.map((statement) => [labelOf(statement), 0]));
    for (const line of lines) counts.set(line.template, (counts.get(line.template) ?? 0) + 1);
    const sorted = [...counts.values()].sort((a, b) => a - b);
    expect(lines).toHaveLength(2_000);
    expect(sorted[0]).toBeGreaterThanOrEqual(1);
    expect(sorted[Math.floor(sorted.length / 4)]).toBeGreaterThanOrEqual(3);
    expect(sorted.at(-1)).toBeGreaterThan(10 * (sorted[0] ?? 0));
  });

  test("gives the same lines for the same seed and other values for another", () => {
    const lines = modernLines(family, { seed: 1, lines: 500 });
    expect(modernLines(family, { seed: 1, lines: 500 })).toEqual(lines);
    const texts = new Set(lines.map((line) => line.content));
    const repeated = modernLines(family, { seed: 2, lines: 500 }).filter((line) => texts.has(line.content));
    // Statements without arguments, or with few values, read the same.
    expect(repeated.length).toBeLessThan(250);
  });

  test("never labels one line in two ways", () => {
    const labels = new Map<string, string>();
    for (const { content, template } of modernLines(family, { seed: 5 })) {
      expect(labels.get(content) ?? template, content).toBe(template);
      labels.set(content, template);
    }
  });

  test("has lines of at most 1,000 characters, and no argument is empty", () => {
    const random = seeded(1);
    for (const statement of family.statements) {
      expect(renderStatement(family, statement, random).length).toBeLessThanOrEqual(1_000);
    }
    for (const kind of Object.values(family.kinds)) expect(kind(random)).not.toBe("");
  });
});

const sample: Family = {
  name: "sample",
  kinds: { own: () => "v", ip: () => "nowhere" },
  statements: ["a <own> <ip> <b c> <nil", "b <missing>"],
};

test("a family's kind hides the common one, and what names no kind stays", () => {
  expect(renderStatement(sample, "a <own> <ip> <b c> <nil", seeded(1))).toBe("a v nowhere <b c> <nil");
});

test("an unknown kind is named", () => {
  expect(() => modernLines(sample, { lines: 10 })).toThrow("sample: unknown kind <missing> in: b <missing>");
  expect(() => renderStatement(sample, "<toString>", seeded(1))).toThrow("unknown kind <toString>");
});

test("fewer lines than statements still log each statement once", () => {
  const family: Family = { name: "tiny", kinds: {}, statements: ["a", "b", "c"] };
  const labels = modernLines(family, { lines: 1 }).map((line) => line.template);
  expect(labels.sort()).toEqual(["a", "b", "c"]);
});

test("a new family leaves the lines of the others as they are", () => {
  const [a, b] = ["one", "two"].map((name) => modernLines({ name, kinds: {}, statements: ["<uuid>"] }, { lines: 3 }));
  expect(a?.map((line) => line.content)).not.toEqual(b?.map((line) => line.content));
});
