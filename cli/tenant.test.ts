import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";

const cli = fileURLToPath(new URL("tenant.ts", import.meta.url));
const CallLog = z.array(z.object({ args: z.array(z.string()), env: z.record(z.string(), z.string().optional()) }));

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "log0-tenant-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the command line with a stub for wrangler that records its calls and gives the answers in turn. */
function tenant(args: string[], answers: { status?: number; stdout: string }[] = []) {
  const stub = join(directory, "wrangler");
  const calls = join(directory, "calls.json");
  writeFileSync(
    stub,
    `#!${process.execPath}
const fs = require("node:fs");
const calls = fs.existsSync(${JSON.stringify(calls)}) ? JSON.parse(fs.readFileSync(${JSON.stringify(calls)}, "utf8")) : [];
const { CI, WRANGLER_SEND_METRICS } = process.env;
fs.writeFileSync(${JSON.stringify(calls)}, JSON.stringify([...calls, { args: process.argv.slice(2), env: { CI, WRANGLER_SEND_METRICS } }]));
const answer = ${JSON.stringify(answers)}[calls.length];
process.stdout.write(answer.stdout);
process.exit(answer.status ?? 0);
`,
  );
  chmodSync(stub, 0o755);
  const env = { ...process.env, LOG0_WRANGLER: stub, LOG0_STATE: join(directory, "state") };
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: "utf8", env });
  return {
    status,
    stdout,
    stderr,
    calls: existsSync(calls) ? CallLog.parse(JSON.parse(readFileSync(calls, "utf8"))) : [],
  };
}

const rows = (...results: object[][]) => ({
  stdout: JSON.stringify(
    results.map((list) => ({ results: list, success: true, meta: {} })),
    null,
    2,
  ),
});
const refusal = (text: string, ...notes: string[]) => ({
  status: 1,
  stdout: JSON.stringify({ error: { text, notes: notes.map((note) => ({ text: note })) } }, null, 2),
});
const created = rows([{ id: "t" }], [{ id: "u" }], [{ id: "k" }]);
const create = ["create", "acme", "--plan", "starter", "--admin-email", "A@acme.test"];

test("create drives one d1 execute on the local state, with no prompts and no metrics", () => {
  const { status, calls } = tenant(create, [created]);
  expect(status).toBe(0);
  expect(calls).toHaveLength(1);
  expect(calls[0]?.args.slice(0, -1)).toEqual([
    ...["d1", "execute", "log0", "--json", "--yes", "--local", "--persist-to", join(directory, "state")],
  ]);
  expect(calls[0]?.args.at(-1)).toMatch(
    /^--command=INSERT INTO tenants [^;]*;\nINSERT INTO users [^;]*;\nINSERT INTO api_keys/,
  );
  expect(calls[0]?.env).toEqual({ CI: "1", WRANGLER_SEND_METRICS: "false" });
});

test.each([
  ["create", create, created],
  ["list", ["list"], rows([])],
  ["suspend", ["suspend", "acme"], rows([{ id: "t" }], [{ id: "t" }])],
  ["activate", ["activate", "acme"], rows([{ id: "t" }], [])],
  ["key create", ["key", "create", "acme", "a"], rows([{ id: "t" }], [{ id: "k" }])],
  ["key revoke", ["key", "revoke", "acme", "a"], rows([{ id: "t" }], [{ prefix: "l0_" }])],
  [
    "key rotate",
    ["key", "rotate", "acme", "a"],
    rows([{ id: "t" }], [{ id: "k" }], [], [{ dedup: "none", expires_at: null }]),
  ],
  ["key list", ["key", "list", "acme"], rows([{ id: "t" }], [])],
])("%s --remote works on production and not on the local state", (_name, args, answer) => {
  const { status, stderr, calls } = tenant([...args, "--remote"], [answer]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(calls[0]?.args.slice(2, -1)).toEqual(["log0", "--json", "--yes", "--remote", "--env", "production"]);
});

test("create prints the key once, says so, and stores its hash only", () => {
  const { stdout, calls } = tenant(create, [created]);
  const key = /API key "default": (l0_[\w-]{43})\n/.exec(stdout)?.[1] ?? "none";
  expect(stdout).toContain("shown this once");
  expect(stdout).toMatch(new RegExp(`curl .* 'X-API-Key: ${key}'`));
  expect(JSON.stringify(calls)).not.toContain(key);
  expect(stdout).toContain("owner a@acme.test");
});

const withPlan = (name: string, plan: string, email: string) => [
  "create",
  name,
  "--plan",
  plan,
  "--admin-email",
  email,
];

test.each([
  ["a short name", withPlan("ab", "free", "a@b.test"), '"ab" is no tenant name'],
  ["an upper-case name", withPlan("Acme", "free", "a@b.test"), '"Acme" is no tenant name'],
  ["a name that ends with a hyphen", withPlan("acme-", "free", "a@b.test"), '"acme-" is no tenant name'],
  ["a name of 41 characters", withPlan("a".repeat(41), "free", "a@b.test"), "is no tenant name"],
  ["a name with a line break", withPlan("acme\nx", "free", "a@b.test"), '"acme\\nx" is no tenant name'],
  ["a name with SQL", withPlan("a'; DROP TABLE tenants; --", "free", "a@b.test"), "is no tenant name"],
  ["an unknown plan", withPlan("acme", "gold", "a@b.test"), 'unknown plan "gold": choose free, starter, team'],
  ["a plan that objects inherit", withPlan("acme", "toString", "a@b.test"), 'unknown plan "toString"'],
  ["a bad e-mail", withPlan("acme", "free", "a@b"), '"a@b" is no e-mail'],
  ["no plan", ["create", "acme", "--admin-email", "a@b.test"], "required option '--plan <plan>' not specified"],
  ["no shards", [...create, "--shards", "0"], "--shards must be a whole number from 1 to 1024"],
  ["a fraction of a shard", [...create, "--shards", "1.5"], "--shards must be a whole number"],
  ["a bad key name", ["key", "create", "acme", "a b"], '"a b" is no key name'],
  ["an unknown deduplication", ["key", "create", "acme", "a", "--dedup", "x"], 'unknown deduplication "x"'],
  ["an expiry of no days", ["key", "create", "acme", "a", "--expires-in-days", "0"], "--expires-in-days must be"],
  ["a negative overlap", ["key", "rotate", "acme", "a", "--overlap-hours", "-1"], "--overlap-hours must be"],
  ["an unknown command", ["frob"], "unknown command 'frob'"],
])("refuses %s with one line and asks no database", (_name, args, message) => {
  const { status, stdout, stderr, calls } = tenant(args);
  expect({ status, stdout, calls }).toEqual({ status: 1, stdout: "", calls: [] });
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr).toContain(message);
});

const nobody = 'no tenant is named "acme"';

test.each([
  ["a double", create, refusal("UNIQUE constraint failed: tenants.name: SQLITE_CONSTRAINT"), 'named "acme" already'],
  [
    "a double in production",
    [...create, "--remote"],
    refusal("A request to the Cloudflare API failed.", "UNIQUE constraint failed: tenants.name [code: 7500]"),
    'named "acme" already',
  ],
  ["a tenant that was stored in part", create, rows([{ id: "t" }], [], []), "tenant acme is incomplete"],
  ["suspending an unknown tenant", ["suspend", "acme"], rows([], []), nobody],
  ["a key of an unknown tenant", ["key", "create", "acme", "a"], rows([], []), nobody],
  ["a key's double", ["key", "create", "acme", "a"], rows([{ id: "t" }], []), 'a working key "a" already'],
  ["revoking an unknown key", ["key", "revoke", "acme", "a"], rows([{ id: "t" }], []), 'no working key "a"'],
  ["rotating an unknown key", ["key", "rotate", "acme", "a"], rows([{ id: "t" }], [], [], []), 'no working key "a"'],
  ["listing an unknown tenant's keys", ["key", "list", "acme"], rows([], []), nobody],
  ["another failure of D1", ["list"], refusal("disk I/O error"), "disk I/O error"],
  ["a wrangler that says nothing", ["list"], { status: 0, stdout: "" }, "said nothing"],
  ["a wrangler that answers too little", ["suspend", "acme"], rows([]), "1 results to 2 statements"],
])("%s is one line, exit status 1, and no key is shown", (_name, args, answer, message) => {
  const { status, stdout, stderr } = tenant(args, [answer]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr).toContain(message);
});

test("a local database without tables is migrated, and the command runs again", () => {
  const { status, calls } = tenant(
    ["list"],
    [refusal("no such table: tenants: SQLITE_ERROR"), { stdout: "" }, rows([])],
  );
  expect(status).toBe(0);
  expect(calls.map(({ args }) => args.slice(0, 3).join(" "))).toEqual([
    "d1 execute log0",
    "d1 migrations apply",
    "d1 execute log0",
  ]);
  expect(calls[1]?.args).toEqual([
    ...["d1", "migrations", "apply", "log0", "--local", "--persist-to", join(directory, "state")],
  ]);
});

test("a local database that another process has locked is tried again", () => {
  const { status, calls } = tenant(["list"], [refusal("database is locked: SQLITE_BUSY"), rows([])]);
  expect({ status, calls: calls.length }).toEqual({ status: 0, calls: 2 });
});

test("production is never migrated on the way", () => {
  const { status, calls } = tenant(["list", "--remote"], [refusal("no such table: tenants: SQLITE_ERROR")]);
  expect({ status, calls: calls.length }).toEqual({ status: 1, calls: 1 });
});

test("a wrangler that is not there is one line", () => {
  const env = { ...process.env, LOG0_WRANGLER: join(directory, "nowhere") };
  const { status, stderr } = spawnSync(process.execPath, [cli, "list"], { encoding: "utf8", env });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: wrangler could not be started: [^\n]*\n$/);
});
