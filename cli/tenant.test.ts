import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { hashToken } from "../core/auth/opaque-token.ts";
import { acme, create, created, directory, living, one, refusal, rows, shown, tenant } from "./test/tenant-command.ts";

const cli = fileURLToPath(new URL("tenant.ts", import.meta.url));

test("create drives one d1 execute on the local state, with no prompts and no metrics", async () => {
  const { status, calls } = await tenant(create, [created]);
  expect(status).toBe(0);
  expect(calls).toHaveLength(1);
  expect(calls[0]?.args.slice(0, -1)).toEqual([
    ...["d1", "execute", "log0", "--json", "--yes", "--local", "--persist-to", join(directory, "state")],
  ]);
  expect(calls[0]?.args.at(-1)).toMatch(
    /^--command=INSERT INTO tenants [^;]*;\nINSERT INTO audit_log [^;]*;\nINSERT INTO users [^;]*;\nINSERT INTO sources [^;]*;\nINSERT INTO api_keys/,
  );
  expect(calls[0]?.env).toEqual({ CI: "1", WRANGLER_SEND_METRICS: "false" });
});

test.each([
  ["create", create, created],
  ["list", ["list"], rows([])],
  ["show", ["show", "acme"], rows(acme, shown, [{ bytes: 5, events: 1 }], [], [], [])],
  ["suspend", ["suspend", "acme"], rows(acme, one, one)],
  ["activate", ["activate", "acme"], rows(acme, [], [])],
  ["plan", ["plan", "acme", "team"], rows(acme, one, one, [{ sources: 1 }])],
  ["invite", ["invite", "acme", "b@acme.test", "--role", "viewer"], rows(acme, [], [], one, one)],
  ["members", ["members", "acme"], rows(acme, [])],
  ["source create", ["source", "create", "acme", "web"], rows(acme, [], one, one)],
  ["source delete", ["source", "delete", "acme", "web"], rows(acme, one, one, [])],
  ["source list", ["source", "list", "acme"], rows(acme, [])],
  ["key create", ["key", "create", "acme", "a"], rows(acme, living, one, one)],
  ["key revoke", ["key", "revoke", "acme", "a"], rows(acme, [{ prefix: "l0_" }], one)],
  [
    "key rotate",
    ["key", "rotate", "acme", "a"],
    rows(acme, [{ living: 1 }], one, one, [], [{ scopes: "ingest", expires_at: null }]),
  ],
  ["key list", ["key", "list", "acme"], rows(acme, [])],
  ["audit", ["audit", "acme"], rows(acme, [])],
  ["delete", ["delete", "acme", "--confirm", "acme"], rows(acme, one, one, one, [])],
  ["deletions", ["deletions"], rows([])],
])("%s --remote works on production and not on the local state", async (_name, args, answer) => {
  const { status, stderr, calls } = await tenant([...args, "--remote"], [answer]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(calls[0]?.args.slice(2, -1)).toEqual(["log0", "--json", "--yes", "--remote", "--env", "production"]);
});

test("create prints the key once, says so, and stores its hash only", async () => {
  const { stdout, calls } = await tenant(create, [created]);
  const key = /API key "default": (l0_[\w-]{43})\n/.exec(stdout)?.[1] ?? "none";
  expect(stdout).toContain("shown this once");
  expect(stdout).toMatch(new RegExp(`curl .* 'X-API-Key: ${key}'`));
  expect(JSON.stringify(calls)).not.toContain(key);
  expect(stdout).toContain("owner a@acme.test");
});

test.each([
  ["create", create, created],
  ["invite", ["invite", "acme", "A@acme.test", "--role", "owner"], rows(acme, [], [], one, one)],
])(
  "%s prints the invitation's token behind a #, and in a body, and stores its hash only",
  async (_name, args, answer) => {
    const { stdout, calls } = await tenant(args, [answer]);
    const token = /\/join#(l0i_[\w-]{43})\n/.exec(stdout)?.[1] ?? "none";
    expect(stdout).toContain("Invitation for a@acme.test, until ");
    expect(stdout).toMatch(
      new RegExp(
        `curl -i http://127.0.0.1:8787/api/v1/auth/invitations/accept -H '[^']*' -d '{"token":"${token}","name":"[^']*","password":"[^']*"}'`,
      ),
    );
    expect(JSON.stringify(calls)).not.toContain(token);
    expect(JSON.stringify(calls)).toContain(hashToken("invitation", token));
  },
);

test.each([
  ["with scopes of its own", ["--scopes", "admin, ingest"], "'ingest admin', (SELECT id FROM sources"],
  ["with the usual scopes", [], "'ingest read', (SELECT id FROM sources"],
])("a key %s has each once, in their order", async (_name, options, part) => {
  const { calls } = await tenant(["key", "create", "acme", "a", ...options], [rows(acme, living, one, one)]);
  expect(calls[0]?.args.at(-1)?.replaceAll(/\s+/g, " ")).toContain(part);
});

test("a key that cannot send is shown without the way to send", async () => {
  const args = ["key", "create", "acme", "a", "--scopes", "read"];
  const { status, stdout, calls } = await tenant(args, [rows(acme, [{ source_id: null, living: 1 }], one, one)]);
  expect(status).toBe(0);
  expect(stdout).toContain("API key");
  expect(stdout).not.toContain("curl");
  expect(calls[0]?.args.at(-1)).toContain("name = NULL");
});

test("show compares the month with the plan, and what is in the lists can do nothing to the terminal", async () => {
  const source = { name: "a\u001b[2J\u202eb", environment: "e", parser_hint: "auto", dedup: "none", created_at: 0 };
  const usage = [{ bytes: 41_000_000, events: 12_345 }];
  const { stdout } = await tenant(["show", "acme"], [rows(acme, shown, usage, [], [source], [])]);
  expect(stdout).toContain(": 41 MB of 50 MB, 82 %, 12,345 events\n");
  expect(stdout).toContain("Sources: 1 of 1\n");
  expect(stdout).toContain("  a\\u{1b}[2J\\u{202e}b  e");
});

test("a smaller plan says what it takes away, and what stays", async () => {
  const { stdout } = await tenant(["plan", "acme", "free"], [rows(acme, one, one, [{ sources: 3 }])]);
  expect(stdout).toContain("older than 7 days will be removed");
  expect(stdout).toContain("keeps its 3 sources");
  const larger = await tenant(["plan", "acme", "team"], [rows(acme, one, one, [{ sources: 3 }])]);
  expect(larger.stdout).toMatch(/^Tenant acme has a new plan[^\n]*\n$/);
});

test("deletions show how far each is, and what proves its end", async () => {
  const proof = '{"provenAt":2,"found":{}}';
  const deletion = (name: string, rest: object) => ({
    ...{ tenant_id: `id-${name}`, name, actor: "operator", requested_at: 0, finished_at: null, proof: null },
    ...rest,
  });
  const list = [deletion("one", { step: "stores" }), deletion("two", { step: "done", finished_at: 60_000, proof })];
  const { stdout } = await tenant(["deletions"], [rows(list)]);
  expect(stdout).toMatch(/^one +id-one +1970-01-01 00:00 UTC +operator +at step stores$/m);
  expect(stdout).toMatch(/^two +id-two .* finished 1970-01-01 00:01 UTC$/m);
  expect(stdout).toContain(`id-two  ${proof}\n`);
});

test("the audit log shows who did what, with the e-mail of a user", async () => {
  const act = { at: 0, actor: "user:u1", email: "a@acme.test", action: "key.created", target: "key:k", detail: "{}" };
  const { stdout, calls } = await tenant(["audit", "acme", "--limit", "7"], [rows(acme, [act])]);
  expect(stdout).toMatch(/^1970-01-01 00:00 UTC +user:u1 \(a@acme.test\) +key.created +key:k$/m);
  expect(calls[0]?.args.at(-1)).toMatch(/LIMIT 7$/);
});

test("a local database without tables is migrated, and the command runs again", async () => {
  const { status, calls } = await tenant(
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

test.each(["database is locked: SQLITE_BUSY", "internal error; reference = 2a3hc0pgmfgfsue9ebgeo3gm"])(
  "a local database that another process has locked is tried again: %s",
  async (text) => {
    const { status, calls } = await tenant(["list"], [refusal(text), rows([])]);
    expect({ status, calls: calls.length }).toEqual({ status: 0, calls: 2 });
  },
);

test("an internal error in production, which may have changed something, is not tried again", async () => {
  const answers = [refusal("internal error; reference = 2a3hc0pgmfgfsue9ebgeo3gm"), rows([])];
  const { status, calls } = await tenant(["list", "--remote"], answers);
  expect({ status, calls: calls.length }).toEqual({ status: 1, calls: 1 });
});

test("production is never migrated on the way", async () => {
  const { status, calls } = await tenant(["list", "--remote"], [refusal("no such table: tenants: SQLITE_ERROR")]);
  expect({ status, calls: calls.length }).toEqual({ status: 1, calls: 1 });
});

test.each([
  ["a wrangler that is not there", ["list"], /^error: wrangler could not be started: [^\n]*\n$/],
  ["a command line that is wrong", ["create", "ab"], /^error: required option [^\n]*\n$/],
])("%s is one line and exit status 1, from outside, too", (_name, args, message) => {
  const env = { ...process.env, LOG0_WRANGLER: join(directory, "nowhere") };
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: "utf8", env });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(message);
});
