/**
 * Measures grouping on labelled log sets: `npm run bench:grouping -- [--corpus DIR] [--json] [--module FILE#EXPORT]
 * [--modern-seed N] [--families a,b,c] [--show FAMILY]`.
 * DIR holds *.jsonl with `content`, `template` (the true group) and `originalEvent`. The modern families are generated,
 * and always measured; `--show` tells what a grouper does wrong in one of them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { group } from "../core/normalize/index.ts";
import type { Grouper, LabelledLine } from "./grouping/accuracy.ts";
import type { Family } from "./grouping/modern/family.ts";
import { FAMILIES, modernLines } from "./grouping/modern/index.ts";
import { type Material, measure, print, type Sets } from "./grouping/report.ts";

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

function readCorpus(folder: string): Sets {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".jsonl"))
    .sort();
  if (files.length === 0) throw new Error(`${folder} holds no *.jsonl`);
  return new Map(files.map((file) => [basename(file, ".jsonl"), readSet(join(folder, file))]));
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

function familyNamed(name: string): Family {
  const family = FAMILIES.find((candidate) => candidate.name === name);
  if (family === undefined) {
    throw new Error(`no family ${name}; there are ${FAMILIES.map((candidate) => candidate.name).join(", ")}`);
  }
  return family;
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) throw new Error(`--modern-seed ${text}: not a whole number`);
  return seed;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      corpus: { type: "string" },
      module: { type: "string" },
      json: { type: "boolean", default: false },
      "modern-seed": { type: "string", default: "1" },
      families: { type: "string" },
      show: { type: "string" },
    },
  });
  const seed = seedOf(values["modern-seed"]);
  const families = values.families === undefined ? FAMILIES : values.families.split(",").map(familyNamed);
  const material: Material = {
    corpus: values.corpus === undefined ? new Map() : readCorpus(values.corpus),
    modern: new Map(families.map((family) => [family.name, modernLines(family, { seed })])),
    ...(values.show === undefined
      ? {}
      : { show: { name: values.show, lines: modernLines(familyNamed(values.show), { seed }) } }),
  };
  const reports = [measure("log0", group, material)];
  if (values.module !== undefined) reports.push(measure(values.module, await loadGrouper(values.module), material));
  if (!values.json) return reports.forEach(print);
  const [own, other] = reports;
  console.log(JSON.stringify(other === undefined ? own : { ...own, compared: other }, null, 2));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
