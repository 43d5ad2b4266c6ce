import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const runner = new URL("run.mjs", import.meta.url);
const lock = { packages: { "": { name: "x" }, "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } } };

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "log0-run-"));
  mkdirSync(join(root, "cli"));
  mkdirSync(join(root, "node_modules"));
  copyFileSync(runner, join(root, "cli/run.mjs"));
  writeFileSync(join(root, "package-lock.json"), JSON.stringify(lock));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Puts an `npm` into PATH that leaves a trace and the given hidden lockfile. */
function stubNpm(exitStatus: number): { PATH: string } {
  const bin = join(root, "stub-bin");
  mkdirSync(bin);
  const hidden = join(root, "node_modules/.package-lock.json");
  writeFileSync(
    join(bin, "npm"),
    `#!/bin/sh\necho "$@" >> '${root}/npm-calls'\n[ ${exitStatus} = 0 ] && cp '${root}/package-lock.json' '${hidden}'\nexit ${exitStatus}\n`,
  );
  chmodSync(join(bin, "npm"), 0o755);
  return { PATH: `${bin}:${process.env.PATH}` };
}

function runScript(source: string, args: string[] = [], env: Record<string, string> = {}) {
  writeFileSync(join(root, "script.ts"), source);
  return spawnSync(process.execPath, ["cli/run.mjs", "script.ts", ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
}

const installed = (packages: object) =>
  writeFileSync(join(root, "node_modules/.package-lock.json"), JSON.stringify({ packages }));

test("runs TypeScript with its arguments, with node_modules/.bin first in PATH, and passes the exit status on", () => {
  installed(lock.packages);
  const result = runScript(
    `const value: string = process.argv.slice(2).join("|");\nconsole.log(value);\nconsole.log(process.env.PATH?.split(":")[0]);\nprocess.exit(7);`,
    ["--flag", "a b"],
    stubNpm(0),
  );
  expect(result.stdout).toBe(`--flag|a b\n${join(root, "node_modules/.bin")}\n`);
  expect(result.status).toBe(7);
  expect(existsSync(join(root, "npm-calls"))).toBe(false);
});

test.each([
  ["nothing is installed", undefined],
  ["another version is installed", { "node_modules/a": { version: "0.9.0", integrity: "sha512-a" } }],
  ["other bytes are installed", { "node_modules/a": { version: "1.0.0", integrity: "sha512-b" } }],
  ["a package is missing", {}],
])("runs npm ci first when %s", (_name, packages) => {
  if (packages !== undefined) installed(packages);
  const result = runScript(`console.log("ran")`, [], stubNpm(0));
  expect(result).toMatchObject({ status: 0, stdout: "ran\n" });
  expect(readFileSync(join(root, "npm-calls"), "utf8")).toMatch(/^ci --include=dev .*\n$/);
});

test("installs nothing when only an optional package of another platform is missing", () => {
  const optional = { "node_modules/b": { version: "2.0.0", integrity: "sha512-b", optional: true } };
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages: { ...lock.packages, ...optional } }));
  installed(lock.packages);
  expect(runScript("", [], stubNpm(1))).toMatchObject({ status: 0, stderr: "" });
});

test("stops with npm's exit status when npm ci fails", () => {
  const result = runScript(`console.log("ran")`, [], stubNpm(5));
  expect(result).toMatchObject({ status: 5, stdout: "" });
  expect(result.stderr).toContain("npm ci failed");
});

test("forwards SIGTERM and takes over the exit status", async () => {
  installed(lock.packages);
  writeFileSync(
    join(root, "script.ts"),
    `process.on("SIGTERM", () => process.exit(9)); setInterval(() => {}, 1000); console.log("ready");`,
  );
  const child = spawn(process.execPath, ["cli/run.mjs", "script.ts"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([9, null]);
});

test("reports 128 + n when a signal ended the script", () => {
  installed(lock.packages);
  expect(runScript(`process.kill(process.pid, "SIGKILL")`).status).toBe(137);
});
