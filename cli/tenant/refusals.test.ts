import { expect, test } from "vitest";
import { acme, create, living, one, refusal, rows, tenant } from "../test/tenant-command.ts";

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
  ["an unknown deduplication", ["source", "create", "acme", "a", "--dedup", "x"], 'unknown deduplication "x"'],
  ["an unknown parser", ["source", "create", "acme", "a", "--parser", "x"], 'unknown parser "x"'],
  ["a source without a name", ["source", "create", "acme", " "], '" " is no source name'],
  ["an environment of nothing", ["source", "create", "acme", "a", "--environment", ""], '"" is no environment'],
  ["an unknown scope", ["key", "create", "acme", "a", "--scopes", "read,root"], 'unknown scope "root"'],
  ["no scope", ["key", "create", "acme", "a", "--scopes", ""], 'unknown scope ""'],
  [
    "a source for a key that cannot send",
    ["key", "create", "acme", "a", "--scopes", "read", "--source", "default"],
    "--source is for keys with the scope ingest",
  ],
  ["an unknown role", ["invite", "acme", "a@b.test", "--role", "root"], 'unknown role "root": choose owner, admin'],
  ["no role", ["invite", "acme", "a@b.test"], "required option '--role <role>' not specified"],
  ["another unknown plan", ["plan", "acme", "gold"], 'unknown plan "gold"'],
  ["no entries of the audit log", ["audit", "acme", "--limit", "0"], "--limit must be a whole number from 1 to 1000"],
  ["a deletion that is not confirmed", ["delete", "acme"], "required option '--confirm <name>' not specified"],
  [
    "a deletion of another name",
    ["delete", "acme", "--confirm", "acne"],
    '--confirm must be the tenant\'s name again: "acme"',
  ],
  ["an expiry of no days", ["key", "create", "acme", "a", "--expires-in-days", "0"], "--expires-in-days must be"],
  ["a negative overlap", ["key", "rotate", "acme", "a", "--overlap-hours", "-1"], "--overlap-hours must be"],
  ["an unknown command", ["frob"], "unknown command 'frob'"],
])("refuses %s with one line and asks no database", async (_name, args, message) => {
  const { status, stdout, stderr, calls } = await tenant(args);
  expect({ status, stdout, calls }).toEqual({ status: 1, stdout: "", calls: [] });
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr).toContain(message);
});

const invite = ["invite", "acme", "B@acme.test", "--role", "viewer"];
const nobody = 'no tenant is named "acme"';

test.each([
  ["a double", create, refusal("UNIQUE constraint failed: tenants.name: SQLITE_CONSTRAINT"), 'named "acme" already'],
  [
    "a double in production",
    [...create, "--remote"],
    refusal("A request to the Cloudflare API failed.", "UNIQUE constraint failed: tenants.name [code: 7500]"),
    'named "acme" already',
  ],
  ["a tenant that was stored in part", create, rows(one, one, one, one, [], acme, [], [], one, one), "is incomplete"],
  ["a tenant without an invitation", create, rows(one, one, one, one, one, acme, [], [], [], []), "is incomplete"],
  ["suspending an unknown tenant", ["suspend", "acme"], rows([], [], []), nobody],
  ["showing an unknown tenant", ["show", "acme"], rows([], [], [], [], [], []), nobody],
  ["a plan for an unknown tenant", ["plan", "acme", "team"], rows([], [], [], []), nobody],
  ["inviting into an unknown tenant", invite, rows([], [], [], [], []), nobody],
  [
    "inviting who is a member",
    invite,
    rows(acme, [{ id: "u", role: "admin" }], [], [], []),
    "b@acme.test is a member of tenant acme already: admin",
  ],
  ["members of an unknown tenant", ["members", "acme"], rows([], []), nobody],
  ["a source of an unknown tenant", ["source", "create", "acme", "web"], rows([], [], [], []), nobody],
  ["a source's double", ["source", "create", "acme", "web"], rows(acme, one, [], []), 'a source "web" already'],
  [
    "a source above the plan",
    ["source", "create", "acme", "web"],
    rows(acme, [], [], []),
    "the plan starter has 3 sources, and you use all: delete one, or the plan team has 10",
  ],
  ["deleting an unknown source", ["source", "delete", "acme", "web"], rows(acme, [], [], []), 'no source "web"'],
  ["a key of an unknown tenant", ["key", "create", "acme", "a"], rows([], living, [], []), nobody],
  ["a key's double", ["key", "create", "acme", "a"], rows(acme, living, [], []), 'a working key "a" already'],
  [
    "a key for an unknown source",
    ["key", "create", "acme", "a", "--source", "web"],
    rows(acme, [{ source_id: null, living: 1 }], [], []),
    'tenant acme has no source "web"',
  ],
  [
    "a key too many",
    ["key", "create", "acme", "a"],
    rows(acme, [{ source_id: "s", living: 100 }], [], []),
    "tenant acme has 100 working keys: revoke some",
  ],
  ["revoking an unknown key", ["key", "revoke", "acme", "a"], rows(acme, [], []), 'no working key "a"'],
  [
    "rotating an unknown key",
    ["key", "rotate", "acme", "a"],
    rows(acme, [{ living: 1 }], [], [], [], []),
    'no working key "a"',
  ],
  ["listing an unknown tenant's keys", ["key", "list", "acme"], rows([], []), nobody],
  ["the audit log of an unknown tenant", ["audit", "acme"], rows([], []), nobody],
  ["deleting an unknown tenant", ["delete", "acme", "--confirm", "acme"], rows([], [], [], [], []), nobody],
  ["another failure of D1", ["list"], refusal("disk I/O error"), "disk I/O error"],
  ["a wrangler that says nothing", ["list"], { status: 0, stdout: "" }, "said nothing"],
  ["a wrangler that answers too little", ["suspend", "acme"], rows([]), "1 results to 3 statements"],
])("%s is one line, exit status 1, and no key is shown", async (_name, args, answer, message) => {
  const { status, stdout, stderr } = await tenant(args, [answer]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr).toContain(message);
});
