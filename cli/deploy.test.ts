import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Account, emptyAccount } from "./test/cloudflare-account.ts";
import { StubWrangler } from "./test/stub-wrangler.ts";
import { projectRoot } from "./wrangler.ts";

const cli = fileURLToPath(new URL("deploy.ts", import.meta.url));
const TOKEN = "xoxb-the-secret-token";

let directory: string;
let config: string;
let secretsFile: string;
let stub: StubWrangler<Account>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "log0-deploy-"));
  config = join(directory, "wrangler.toml");
  secretsFile = join(directory, "secrets.env");
  copyFileSync(join(projectRoot, "wrangler.toml"), config);
  writeFileSync(secretsFile, `SLACK_BOT_TOKEN=${TOKEN}\n`);
  stub = new StubWrangler(directory, "cloudflare-account", emptyAccount);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the command line on a copy of the project's wrangler.toml. */
function run(...args: string[]) {
  const env = { ...process.env, LOG0_WRANGLER: stub.path };
  const command = [cli, "--config", config, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8", env });
  return { status, stdout, stderr };
}

const toml = () => readFileSync(config, "utf8");

test("deploys, names the address, and says what comes next", () => {
  const { status, stdout, stderr } = run("--secrets-file", secretsFile);
  expect({ status, stderr: stderr.replaceAll(/^warning: .*\n/gm, "") }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("Deployed: https://log0.sub.workers.dev\n");
  expect(stdout).toContain('set PUBLIC_URL to "https://log0.sub.workers.dev" in [env.production.vars]');
  expect(stdout).toMatch(/Next: npm run tenant -- create acme .* --remote\n$/);
  expect(stdout).not.toContain(TOKEN);
  expect(stub.state().worker).toMatchObject({ code: "deployed", secrets: { SLACK_BOT_TOKEN: TOKEN } });
});

test("an address that is still the example is a warning; one that is set is none", () => {
  expect(run("--dry-run").stderr).toMatch(/^warning: PUBLIC_URL is still the example https:.*: set it in \[env/m);
  writeFileSync(
    config,
    toml().replace(/log0\.example\.workers\.dev|log0@example\.com/g, (text) => text.replace("example", "mine")),
  );
  expect(run("--dry-run").stderr).toBe("");
});

test("a dry run prints every command, runs none and changes nothing", () => {
  const before = toml();
  const { status, stdout } = run("--dry-run", "--secrets-file", secretsFile);
  const commands = stdout.trimEnd().split("\n");
  expect({ status, calls: stub.calls(), toml: toml() }).toEqual({ status: 0, calls: [], toml: before });
  expect(commands).toContain(`npx wrangler d1 migrations apply log0 --remote --env production --config ${config}`);
  expect(commands.filter((command) => !command.startsWith("npx wrangler "))).toEqual([]);
  expect(commands.at(-1)).toBe(`npx wrangler deploy --env production --config ${config}`);
  expect(stdout).toContain("# from standard input: SLACK_BOT_TOKEN, SECRET_KEYS (made here) if there is none yet");
  expect(stdout).not.toContain(TOKEN);
});

test("a dry run needs no wrangler", () => {
  rmSync(stub.path);
  expect(run("--dry-run").status).toBe(0);
});

test("--prepare does everything but the deployment", () => {
  expect(run("--prepare").stdout).toMatch(/nothing is deployed\.\n$/);
  expect(stub.state().databases).toMatchObject([{ migrated: true }]);
  expect(stub.state().worker?.code).toBe("empty");
  expect(run("--prepare", "--dry-run").stdout).not.toContain("wrangler deploy");
});

test.each(["d1 create", "secret bulk", "deploy"])("a failing %s is one line on stderr and exit status 1", (command) => {
  const stderr = "✘ [ERROR] A request to the Cloudflare API (/x) failed.\n\n  No permission [code: 9]\n";
  stub.setState({ ...emptyAccount, fail: { command, answer: { status: 1, stderr } } });
  const result = run();
  expect(result.status).toBe(1);
  expect(result.stderr.replaceAll(/^warning: .*\n/gm, "")).toMatch(
    /^error: wrangler [a-z0-9 ]+: A request to the Cloudflare API \(\/x\) failed\. No permission \[code: 9\]\n$/,
  );
  expect(result.stdout).not.toContain("Deployed");
});

test("who is not logged in is told how to", () => {
  const words = "In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN.";
  const stderr = `✘ [ERROR] ${words}\n\n  To continue without logging in, rerun this command with \`--temporary\`.\n`;
  stub.setState({ ...emptyAccount, fail: { command: "d1 list", answer: { status: 1, stderr } } });
  expect(run().stderr).toContain(`error: wrangler d1 list: ${words.slice(0, -1)}; or, once: npx wrangler login\n`);
});

test.each([1, 2, 10])("Ctrl-C after %i runs leaves wrangler.toml whole, and a repeated run completes", (runsLeft) => {
  stub.setState({ ...emptyAccount, runsLeft, lastSignal: "SIGINT" });
  const before = toml();
  const { status, stderr } = run();
  expect(status).toBe(130);
  expect(stderr).toMatch(/^interrupted: run it again/m);
  expect(toml()).toHaveLength(before.length);
  expect(readdirSync(directory).filter((name) => name.endsWith(".toml"))).toEqual(["wrangler.toml"]);
  stub.setState({ ...stub.state(), runsLeft: null, lastSignal: null });
  expect(run().status).toBe(0);
  expect(stub.state()).toMatchObject({ databases: [{ migrated: true }], worker: { code: "deployed" } });
});

test.each([
  ["a secrets file that is not there", () => ["--secrets-file", join(directory, "none")], "cannot be read: ENOENT"],
  ["a secrets file without secrets", () => ["--secrets-file", stub.path], "is neither"],
  ["a configuration that is not there", () => ["--config", join(directory, "none.toml")], "none.toml"],
  ["an unknown option", () => ["--force"], "unknown option '--force'"],
])("%s is one line, and nothing is run", (_what, args, message) => {
  writeFileSync(stub.path, '{"a": 1}');
  const { status, stdout, stderr } = run(...args());
  expect({ status, stdout, calls: stub.calls() }).toEqual({ status: 1, stdout: "", calls: [] });
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr).toContain(message);
});

test.each([
  ["without environments", "", "has no [env.production]"],
  ["of another environment", "[env.staging]\n", 'No environment found in configuration with name "production"'],
])("a configuration %s is one line", (_what, environment, message) => {
  writeFileSync(config, `name = "log0"\ncompatibility_date = "2026-10-01"\n${environment}`);
  const { status, stderr } = run();
  expect({ status, calls: stub.calls() }).toEqual({ status: 1, calls: [] });
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr).toContain(message);
});
