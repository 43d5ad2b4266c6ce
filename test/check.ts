import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Counts, countTests } from "../cli/check/vitest-report.ts";
import { runWrangler } from "../cli/wrangler.ts";

// What `npm test` and CI run: every check there is. The last line counts them, and the exit status tells if one failed.
//   npm test -- --only lint,types,generated,build,unit,grouping

const root = fileURLToPath(new URL("..", import.meta.url));
const corpus = join(root, "../shared/corpus");
const temporary = mkdtempSync(join(tmpdir(), "log0-check-"));

interface Outcome {
  ok: boolean;
  output: string;
}

/** Runs a program of node_modules/.bin (or node). With `stream`, its output is shown as it comes, and not returned. */
function run(
  command: string,
  args: string[],
  options: { stream?: boolean } = {},
): Promise<Outcome & { status: number | null }> {
  const executable = command === "node" ? process.execPath : join(root, "node_modules/.bin", command);
  return new Promise((resolve) => {
    const output: Buffer[] = [];
    const stdio = options.stream === true ? "inherit" : "pipe";
    const child = spawn(executable, args, { cwd: root, stdio: ["ignore", stdio, stdio], env: environment });
    child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("error", (error) => resolve({ ok: false, status: null, output: error.message }));
    child.on("close", (status) => resolve({ ok: status === 0, status, output: Buffer.concat(output).toString() }));
  });
}

const environment = { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" };

/** Neither command of drizzle-kit can be trusted to fail by its exit status, so what it says is read. */
async function checkMigrations(): Promise<Outcome> {
  const check = await run("drizzle-kit", ["check"]);
  if (!check.ok || !check.output.includes("Everything's fine")) return { ok: false, output: check.output };
  // `check` looks at the migrations alone. Whether the tables have moved on shows when more are generated, into a copy.
  const copy = join(temporary, "migrations");
  cpSync(join(root, "schema/migrations"), copy, { recursive: true });
  const tables = ["--dialect", "sqlite", "--schema", "./schema/tables/index.ts", "--out", relative(root, copy)];
  const { output } = await run("drizzle-kit", ["generate", ...tables]);
  return output.includes("No schema changes")
    ? { ok: true, output }
    : { ok: false, output: `${output}\nschema/tables and schema/migrations differ: run npm run migrations\n` };
}

/** Builds as a deployment would, and uploads nothing. The default environment has an empty name. */
async function build(environmentName: string): Promise<Outcome> {
  const target = ["--outdir", join(temporary, `dist-${environmentName}`), "--env", environmentName];
  const { status, stdout, stderr } = await runWrangler(["deploy", "--dry-run", ...target]);
  // To a missing environment wrangler only warns, and takes the default.
  const missing = stderr.includes("No environment found") || stdout.includes("No environment found");
  return { ok: status === 0 && !missing, output: stdout + stderr };
}

/** One check a step: its output is shown when it failed. */
async function step(title: string, check: () => Promise<Outcome>): Promise<Counts> {
  const start = performance.now();
  const { ok, output } = await check();
  if (!ok) console.log(output.trimEnd());
  console.log(`${ok ? "✓" : "✗"} ${title} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, remarks: ok ? [] : [title] };
}

async function tests(projects: readonly string[], flags: readonly string[] = []): Promise<Counts> {
  const file = join(temporary, `${projects.join("-")}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const chosen = projects.flatMap((project) => ["--project", project]);
  const { status } = await run("vitest", ["run", ...chosen, ...flags, ...reporters], { stream: true });
  return countTests(readJson(file), status);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** The figures are for the reader; only a crash or a fall below what the bench itself demands is a failure. */
function grouping(): Promise<Counts> {
  const labelled = existsSync(corpus) ? ["--corpus", corpus] : [];
  return step("grouping", () => run("node", ["bench/grouping.ts", ...labelled], { stream: true }));
}

const steps: Record<string, (() => Promise<Counts>)[]> = {
  lint: [() => step("lint: biome check", () => run("biome", ["check", "."]))],
  types: [() => step("types: tsc --build", () => run("tsc", ["--build"]))],
  generated: [
    () => step("generated: migrations match the tables", checkMigrations),
    () => step("generated: AsyncAPI matches the contracts", () => run("node", ["cli/docs.ts", "--check"])),
  ],
  build: [
    () => step("build: wrangler deploy --dry-run", () => build("")),
    () => step("build: wrangler deploy --dry-run --env production", () => build("production")),
  ],
  unit: [
    // By itself vitest leaves one core idle, which is half of a small machine.
    () => tests(["unit", "workers"], [`--maxWorkers=${availableParallelism()}`]),
    // They run the whole system, and one of them measures how long it takes: nothing else at the same time.
    () => tests(["e2e"]),
  ],
  grouping: [grouping],
};

async function main(args: string[]): Promise<Counts> {
  const [flag, value = ""] = args;
  const only = flag === undefined ? Object.keys(steps) : value.split(",");
  const chosen = only.flatMap((name) => (Object.hasOwn(steps, name) ? [steps[name] ?? []] : []));
  if ((flag !== undefined && flag !== "--only") || args.length > 2 || chosen.length !== only.length) {
    return { passed: 0, failed: 1, remarks: [`usage: npm test [-- --only ${Object.keys(steps).join(",")}]`] };
  }
  const total: Counts = { passed: 0, failed: 0, remarks: [] };
  for (const check of chosen.flat()) {
    const { passed, failed, remarks } = await check();
    total.passed += passed;
    total.failed += failed;
    total.remarks.push(...remarks);
  }
  return total;
}

try {
  const { passed, failed, remarks } = await main(process.argv.slice(2));
  for (const remark of remarks) console.log(`✗ ${remark}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
