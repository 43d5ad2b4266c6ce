import { pick, seeded } from "../../traffic.ts";
import type { LabelledLine } from "../accuracy.ts";
import { BUSINESS } from "./families/business.ts";
import { CLOUD } from "./families/cloud.ts";
import { DATABASES } from "./families/databases.ts";
import { DELIVERY } from "./families/delivery.ts";
import { EDGE } from "./families/edge.ts";
import { GO } from "./families/go.ts";
import { KUBERNETES } from "./families/kubernetes.ts";
import { NODE } from "./families/node.ts";
import { PYTHON } from "./families/python.ts";
import { SPRING } from "./families/spring.ts";
import type { Family, Random, Statement } from "./family.ts";
import { VALUES } from "./values.ts";

export const FAMILIES: readonly Family[] = [
  NODE,
  SPRING,
  PYTHON,
  GO,
  BUSINESS,
  KUBERNETES,
  EDGE,
  DATABASES,
  CLOUD,
  DELIVERY,
];

/** Where a statement prints an argument. */
const ARGUMENT = /<([A-Za-z][\w-]*)>/g;

/** How often one statement is logged at least, unless the lines are too few for that. */
const MINIMUM = 3;

const formsOf = (statement: Statement): readonly string[] => (typeof statement === "string" ? [statement] : statement);

/** What identifies a statement: its first form. */
export function labelOf(statement: Statement): string {
  return formsOf(statement)[0] ?? "";
}

/** The kinds that a statement prints, in the order of the text, with repetitions. */
export function kindsOf(statement: Statement): string[] {
  return formsOf(statement).flatMap((form) => [...form.matchAll(ARGUMENT)].map((match) => match[1] ?? ""));
}

/**
 * One line of a statement.
 * @throws if the statement prints a kind that neither the family nor the common values have
 */
export function renderStatement(family: Family, statement: Statement, random: Random): string {
  return pick(random, formsOf(statement)).replace(ARGUMENT, (_, kind: string) => {
    const draw = Object.hasOwn(family.kinds, kind)
      ? family.kinds[kind]
      : Object.hasOwn(VALUES, kind)
        ? VALUES[kind]
        : undefined;
    if (draw === undefined) throw new Error(`${family.name}: unknown kind <${kind}> in: ${labelOf(statement)}`);
    return draw(random);
  });
}

/** A generator of its own for each family and seed, so that a new family leaves the others' lines as they are. */
function generatorOf(family: Family, seed: number): Random {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  for (const character of family.name) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return seeded(state);
}

function shuffle<T>(values: T[], random: Random): T[] {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [values[last], values[other]];
    if (a === undefined || b === undefined) continue;
    values[last] = b;
    values[other] = a;
  }
  return values;
}

/**
 * How many lines each statement has, in the order of their ranks: one over the rank, as in real logs, over a floor.
 * They add up to `lines`, or to the number of statements if that is more.
 */
function countsOf(statements: number, lines: number): number[] {
  const floor = Math.max(1, Math.min(MINIMUM, Math.floor(lines / Math.max(1, statements))));
  const rest = Math.max(0, lines - floor * statements);
  const weights = Array.from({ length: statements }, (_, rank) => 1 / (rank + 1));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map((weight) => floor + Math.floor((rest * weight) / whole));
  const missing = floor * statements + rest - counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count, rank) => (rank < missing ? count + 1 : count));
}

/** Draws log lines of a family, labelled with their statements: skewed counts, every statement at least once. */
export function modernLines(family: Family, { seed = 1, lines = 2_000 } = {}): LabelledLine[] {
  const random = generatorOf(family, seed);
  const ranked = shuffle([...family.statements], random);
  const counts = countsOf(ranked.length, lines);
  const drawn = ranked.flatMap((statement, rank) =>
    Array.from({ length: counts[rank] ?? 0 }, () => ({
      content: renderStatement(family, statement, random),
      template: labelOf(statement),
    })),
  );
  return shuffle(drawn, random);
}
