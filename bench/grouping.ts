/**
 * Measures grouping on labelled log sets: `npm run bench:grouping -- --corpus DIR [--json] [--module FILE#EXPORT]`.
 * DIR holds *.jsonl with `content`, `template` (the true group) and `originalEvent`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { fingerprint, group } from "../core/normalize/index.ts";

export type Grouper = (content: string) => string;

export interface LabelledLine {
  readonly content: string;
  readonly template: string;
}

/** Shares between 0 and 1. */
export interface Accuracy {
  /** Grouping accuracy: the lines whose predicted group is exactly the set of lines of their true group. */
  readonly ga: number;
  /** F1 of group accuracy: exactly matching groups over predicted (precision) and over true groups (recall). */
  readonly fga: number;
  readonly trueGroups: number;
  readonly predictedGroups: number;
}

function gather(keys: readonly string[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  keys.forEach((key, line) => {
    const lines = groups.get(key);
    if (lines === undefined) groups.set(key, [line]);
    else lines.push(line);
  });
  return groups;
}

export function accuracyOf(lines: readonly LabelledLine[], grouper: Grouper): Accuracy {
  const truth = gather(lines.map((line) => line.template));
  const predicted = gather(lines.map((line) => grouper(line.content)));
  const trueSets = new Set([...truth.values()].map((group) => group.join()));
  let exact = 0;
  let right = 0;
  for (const lines of predicted.values()) {
    if (!trueSets.has(lines.join())) continue;
    exact++;
    right += lines.length;
  }
  return {
    ga: lines.length === 0 ? 1 : right / lines.length,
    fga: lines.length === 0 ? 1 : (2 * exact) / (truth.size + predicted.size),
    trueGroups: truth.size,
    predictedGroups: predicted.size,
  };
}

/** The size of a hostile line in UTF-16 units. */
const HOSTILE_LENGTH = 32_768;

const filled = (unit: string): string => unit.repeat(Math.ceil(HOSTILE_LENGTH / unit.length)).slice(0, HOSTILE_LENGTH);

/** Lines that make careless patterns slow. */
export const HOSTILE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries({
      digits: "1",
      "opening brackets": "[",
      "closing brackets": "]",
      "opening braces": "{",
      parentheses: "(",
      lists: "[a, ",
      "double quotes": '"',
      "single quotes": " 'a",
      "escaped quotes": '\\"',
      equals: "=",
      pairs: "a=b ",
      backslashes: "\\",
      "one long word": "a",
      "one long id": "a1",
      NULs: "\0",
      "lone surrogates": "\ud800",
      "surrogates and digits": "\udc00x1 ",
      "angle brackets": "<",
      marks: "<number>",
      dots: ".",
      "dotted digits": "1.",
      colons: "a1:",
      slashes: "/a",
      "at signs": "a@",
      dashes: "a-1",
      commas: "a, ",
      dates: "2024-01-01 ",
      IPv6: "::1",
      months: "Jan 1 ",
      users: "user x ",
      "empty lines": "\n",
      frames: "\tat a.b(A.java:1)\n",
      "broken frames": "\nat a",
      spaces: " ",
      tabs: "\t",
      colours: "\u001b[3",
      ideographs: "日1",
      logfmt: "msg=a k=b ",
      SQL: "IN (VALUES (",
    }).map(([name, unit]) => [name, filled(unit)]),
  ),
  "deep JSON": `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`,
  "wide JSON": JSON.stringify(Object.fromEntries(Array.from({ length: 2_500 }, (_, i) => [`k${i}`, i]))),
  "open JSON": filled('{"a":'),
};

/** The fastest of several runs over a line in ms: the machine is shared, and a first run measures the compiler. */
function slowest(grouper: Grouper): { line: string; ms: number } {
  let worst = { line: "", ms: 0 };
  for (const [line, text] of Object.entries(HOSTILE)) {
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 7; run++) {
      // Another last character each time, so that no cache answers.
      const fresh = text.endsWith("}") ? text : text.slice(0, -1) + String.fromCharCode(103 + run);
      const begin = performance.now();
      grouper(fresh);
      best = Math.min(best, performance.now() - begin);
    }
    if (best > worst.ms) worst = { line, ms: best };
  }
  return worst;
}

/** Lines per second on this thread, template and SHA-256, the best of five passes. */
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

function isLabelled(value: unknown): value is LabelledLine {
  return (
    typeof value === "object" &&
    value !== null &&
    "content" in value &&
    "template" in value &&
    typeof value.content === "string" &&
    typeof value.template === "string"
  );
}

function readSet(file: string): LabelledLine[] {
  const rows: unknown[] = readFileSync(file, "utf8")
    .split("\n")
    .filter((row) => row.trim() !== "")
    .map((row) => JSON.parse(row));
  return rows.map((row, index) => {
    if (!isLabelled(row)) throw new Error(`${file}:${index + 1}: content and template are missing`);
    return row;
  });
}

/** Loads `FILE#EXPORT`; without `#EXPORT` the default export. */
async function loadGrouper(spec: string): Promise<Grouper> {
  const hash = spec.lastIndexOf("#");
  const file = hash < 0 ? spec : spec.slice(0, hash);
  const name = hash < 0 ? "default" : spec.slice(hash + 1);
  const loaded: Record<string, unknown> = await import(pathToFileURL(resolve(file)).href);
  const found = loaded[name];
  if (typeof found !== "function") throw new Error(`${file} exports no function ${name}`);
  return (content) => String(found(content));
}

interface Report {
  readonly engine: string;
  readonly sets: readonly ({ readonly name: string } & Accuracy)[];
  readonly mean: { readonly ga: number; readonly fga: number };
  readonly linesPerSecond: number;
  readonly slowestHostile: { readonly line: string; readonly ms: number };
}

function measure(engine: string, grouper: Grouper, sets: ReadonlyMap<string, readonly LabelledLine[]>): Report {
  const measured = [...sets].map(([name, lines]) => ({ name, ...accuracyOf(lines, grouper) }));
  const mean = (key: "ga" | "fga"): number =>
    measured.reduce((sum, set) => sum + set[key], 0) / Math.max(1, measured.length);
  return {
    engine,
    sets: measured,
    mean: { ga: mean("ga"), fga: mean("fga") },
    linesPerSecond: linesPerSecond([...sets.values()].flat(), grouper),
    slowestHostile: slowest(grouper),
  };
}

function print(report: Report): void {
  console.log(
    `${report.engine}\n${"set".padEnd(24)}${"GA".padStart(8)}${"FGA".padStart(8)}${"true".padStart(7)}${"found".padStart(7)}`,
  );
  for (const set of report.sets) {
    const counts = `${String(set.trueGroups).padStart(7)}${String(set.predictedGroups).padStart(7)}`;
    console.log(`${set.name.padEnd(24)}${set.ga.toFixed(4).padStart(8)}${set.fga.toFixed(4).padStart(8)}${counts}`);
  }
  console.log(`${"mean".padEnd(24)}${report.mean.ga.toFixed(4).padStart(8)}${report.mean.fga.toFixed(4).padStart(8)}`);
  console.log(`${report.linesPerSecond.toLocaleString("en")} lines/s on one thread with SHA-256`);
  console.log(`slowest hostile line: ${report.slowestHostile.line}, ${report.slowestHostile.ms.toFixed(2)} ms\n`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { corpus: { type: "string" }, module: { type: "string" }, json: { type: "boolean", default: false } },
  });
  if (values.corpus === undefined)
    throw new Error("usage: bench:grouping -- --corpus DIR [--json] [--module FILE#EXPORT]");
  const corpus = values.corpus;
  const files = readdirSync(corpus)
    .filter((file) => file.endsWith(".jsonl"))
    .sort();
  if (files.length === 0) throw new Error(`${corpus} holds no *.jsonl`);
  const sets = new Map(files.map((file) => [basename(file, ".jsonl"), readSet(join(corpus, file))]));
  const reports = [measure("log0", group, sets)];
  if (values.module !== undefined) reports.push(measure(values.module, await loadGrouper(values.module), sets));
  if (!values.json) return reports.forEach(print);
  const [own, other] = reports;
  console.log(JSON.stringify(other === undefined ? own : { ...own, compared: other }, null, 2));
}

const invoked = process.argv[1];
if (invoked !== undefined && import.meta.url === pathToFileURL(invoked).href) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
