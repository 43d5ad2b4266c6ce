import { fingerprint } from "../../core/normalize/index.ts";
import { type Accuracy, accuracyOf, type Grouper, type LabelledLine, type Mistakes, mistakesOf } from "./accuracy.ts";
import { slowest } from "./hostile.ts";

export type Sets = ReadonlyMap<string, readonly LabelledLine[]>;

interface Measured {
  readonly sets: readonly ({ readonly name: string } & Accuracy)[];
  /** Null when there is no set. */
  readonly mean: { readonly ga: number; readonly fga: number } | null;
  /** On one thread, template and SHA-256. */
  readonly linesPerSecond: number;
}

/** `sets` and `mean` at the top are those of the corpus; the modern families are another measure, not averaged in. */
export interface Report extends Measured {
  readonly engine: string;
  readonly modern: Measured;
  readonly slowestHostile: { readonly line: string; readonly ms: number };
  readonly shown?: { readonly name: string } & Mistakes;
}

export interface Material {
  readonly corpus: Sets;
  readonly modern: Sets;
  /** The set whose mistakes are told one by one. */
  readonly show?: { readonly name: string; readonly lines: readonly LabelledLine[] };
}

/** Template and SHA-256, the best of five passes. */
function linesPerSecond(lines: readonly LabelledLine[], grouper: Grouper): number {
  let best = 0;
  for (let pass = 0; pass < 5; pass++) {
    const begin = performance.now();
    for (const line of lines) {
      fingerprint({
        serviceName: "bench",
        messageTemplate: grouper(line.content),
        exceptionType: "",
        firstStackFrame: "",
      });
    }
    best = Math.max(best, (1000 * lines.length) / (performance.now() - begin));
  }
  return Math.round(best);
}

function measureSets(sets: Sets, grouper: Grouper): Measured {
  const measured = [...sets].map(([name, lines]) => ({ name, ...accuracyOf(lines, grouper) }));
  const mean = (key: "ga" | "fga"): number => measured.reduce((sum, set) => sum + set[key], 0) / measured.length;
  return {
    sets: measured,
    mean: measured.length === 0 ? null : { ga: mean("ga"), fga: mean("fga") },
    linesPerSecond: measured.length === 0 ? 0 : linesPerSecond([...sets.values()].flat(), grouper),
  };
}

export function measure(engine: string, grouper: Grouper, { corpus, modern, show }: Material): Report {
  return {
    engine,
    ...measureSets(corpus, grouper),
    modern: measureSets(modern, grouper),
    slowestHostile: slowest(grouper),
    ...(show === undefined ? {} : { shown: { name: show.name, ...mistakesOf(show.lines, grouper) } }),
  };
}

const columns = (name: string, { ga, fga }: { ga: number; fga: number }): string =>
  `${name.padEnd(24)}${ga.toFixed(4).padStart(8)}${fga.toFixed(4).padStart(8)}`;

function printSets(title: string, { sets, mean, linesPerSecond }: Measured): void {
  if (mean === null) return;
  console.log(`${title.padEnd(24)}${"GA".padStart(8)}${"FGA".padStart(8)}${"true".padStart(7)}${"found".padStart(7)}`);
  for (const set of sets) {
    const counts = `${String(set.trueGroups).padStart(7)}${String(set.predictedGroups).padStart(7)}`;
    console.log(columns(set.name, set) + counts);
  }
  console.log(columns("mean", mean));
  console.log(`${linesPerSecond.toLocaleString("en")} lines/s on one thread with SHA-256\n`);
}

/** Line breaks would hide where one entry ends. */
const oneLine = (text: string): string => text.replaceAll("\n", "\\n");

function printMistakes(name: string, { split, merged }: Mistakes): void {
  console.log(`\n${name}: ${split.length} statements are split`);
  for (const { statement, predicted } of split) {
    console.log(`\n  ${oneLine(statement)}`);
    for (const { template, lines, example } of predicted) {
      console.log(`  ${String(lines).padStart(6)}  ${oneLine(template)}\n          ${oneLine(example)}`);
    }
  }
  console.log(`\n${name}: ${merged.length} predicted groups merge several statements`);
  for (const { template, statements } of merged) {
    console.log(`\n  ${oneLine(template)}`);
    for (const { statement, lines, example } of statements) {
      console.log(`  ${String(lines).padStart(6)}  ${oneLine(statement)}\n          ${oneLine(example)}`);
    }
  }
}

export function print(report: Report): void {
  console.log(report.engine);
  printSets("set", report);
  printSets("modern", report.modern);
  console.log(`slowest hostile line: ${report.slowestHostile.line}, ${report.slowestHostile.ms.toFixed(2)} ms`);
  if (report.shown !== undefined) printMistakes(report.shown.name, report.shown);
  console.log();
}
