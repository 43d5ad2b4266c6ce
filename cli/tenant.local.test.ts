import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApiKey, hashApiKey } from "../core/auth/api-key.ts";
import { hashToken } from "../core/auth/opaque-token.ts";
import { createKey, revokeKey } from "./tenant/statements/keys.ts";
import { createSource, deleteSource } from "./tenant/statements/sources.ts";
import { setTenantPlan, setTenantStatus } from "./tenant/statements/tenants.ts";
import { executeD1 } from "./wrangler.ts";

// The real wrangler, on a state of its own.

const cli = fileURLToPath(new URL("tenant.ts", import.meta.url));
const databaseId = "00000000-0000-0000-0000-000000000000"; // as in wrangler.toml
const state = mkdtempSync(join(tmpdir(), "log0-state-"));
let system: Miniflare;

function tenant(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [cli, ...args],
      { env: { ...process.env, LOG0_STATE: state } },
      (error, stdout, stderr) =>
        resolve({ status: typeof error?.code === "number" ? error.code : error === null ? 0 : 1, stdout, stderr }),
    );
  });
}

/** As the running system sees it. */
async function query(statement: string) {
  const database = await system.getD1Database("DB");
  return (await database.prepare(statement).all()).results;
}

const create = (name: string, ...more: string[]) =>
  tenant("create", name, "--plan", "starter", "--admin-email", `o'brien@${name}.test`, ...more);

beforeAll(async () => {
  // The first command finds no database: it migrates.
  expect(await create("first")).toMatchObject({ status: 0, stderr: "" });
  system = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: "export default {}",
      resourcePersistencePath: join(state, "v3"),
      d1Databases: { DB: databaseId },
    }),
  );
  await query("SELECT 1");
}, 60_000);

afterAll(async () => {
  await system?.dispose();
  rmSync(state, { recursive: true, force: true });
});

test("a tenant made while the system runs is there at once, with its owner, its invitation and its key's hash", async () => {
  const { status, stdout } = await create("second", "--shards", "3");
  expect(status).toBe(0);
  const key = /API key "default": (\S+)/.exec(stdout)?.[1] ?? "";
  const token = /\/join#(\S+)/.exec(stdout)?.[1] ?? "";
  expect(
    await query(`SELECT t.plan, t.status, t.shards, u.email, u.role, i.hash AS invited, k.hash FROM tenants t
      JOIN users u ON u.tenant_id = t.id JOIN api_keys k ON k.tenant_id = t.id
      JOIN invitations i ON i.tenant_id = t.id AND i.email = u.email AND i.role = u.role WHERE t.name = 'second'`),
  ).toEqual([
    {
      plan: "starter",
      status: "active",
      shards: 3,
      email: "o'brien@second.test",
      role: "owner",
      invited: hashToken("invitation", token),
      hash: hashApiKey(key),
    },
  ]);
});

test("of two creations of one name at once one wins, and the loser leaves nothing", async () => {
  const results = await Promise.all([create("twin"), create("twin")]);
  expect(results.map(({ status }) => status).sort()).toEqual([0, 1]);
  expect(results.map(({ stderr }) => stderr).sort()).toEqual(["", 'error: a tenant is named "twin" already\n']);
  expect(await query("SELECT COUNT(*) AS n FROM users WHERE email LIKE '%twin%'")).toEqual([{ n: 1 }]);
});

test("neither the system, which writes meanwhile, nor the command loses a thing", async () => {
  const making = create("third");
  let done = false;
  void making.then(() => {
    done = true;
  });
  let writes = 0;
  for (; !done; writes += 1) await enqueue(String(writes));
  expect(await making).toMatchObject({ status: 0, stderr: "" });
  expect(await query("SELECT COUNT(*) AS n FROM outbox")).toEqual([{ n: writes }]);
});

/** Writes like a consumer: again when it failed. workerd does not wait for another process's lock (1 write in 1,000). */
async function enqueue(id: string, attempts = 5): Promise<void> {
  try {
    await query(
      `INSERT OR IGNORE INTO outbox (id, tenant_id, queue, body, created_at) VALUES ('${id}', 't', 'jobs', '', 0)`,
    );
  } catch (error) {
    if (attempts === 1) throw error;
    await enqueue(id, attempts - 1);
  }
}

test("suspending, and a rotated key, are seen by the system at once", async () => {
  expect(await tenant("suspend", "first")).toMatchObject({ status: 0 });
  expect(await tenant("key", "rotate", "first", "default")).toMatchObject({ status: 0 });
  expect(
    await query(`SELECT t.status, COUNT(*) AS n, COUNT(k.expires_at) AS ending FROM tenants t
      JOIN api_keys k ON k.tenant_id = t.id WHERE t.name = 'first'`),
  ).toEqual([{ status: "suspended", n: 2, ending: 1 }]);
  expect((await tenant("list")).stdout).toMatch(/first +starter +suspended +o'brien@first.test +1 +2 /);
});

test("every act is on record once, and what changed nothing is not", async () => {
  expect(await create("fourth")).toMatchObject({ status: 0, stderr: "" });
  const now = Date.now();
  const hostile = "'; DROP TABLE users; -- /*\n\"`[";
  const web = { name: "web", environment: "e", parserHint: "ndjson", dedup: "content" } as const;
  const webKey = { name: "web", scopes: ["ingest"], source: "web", key: createApiKey(new Uint8Array(32)) } as const;
  // What the commands send, in one batch: each of them would start wrangler for itself.
  await executeD1(
    [
      ...setTenantStatus("fourth", "active", now),
      ...setTenantPlan("fourth", "free", now),
      ...createSource("fourth", "s1", web, now),
      ...setTenantPlan("fourth", "team", now),
      ...createSource("fourth", "s2", web, now),
      ...createSource("fourth", "s3", { ...web, name: hostile }, now),
      ...createKey({ ...webKey, id: "k1", tenant: "fourth", now, expiresAt: null }),
      ...createKey({ ...webKey, id: "k2", tenant: "fourth", now, expiresAt: null }),
      ...deleteSource("fourth", "web", now),
      ...revokeKey("fourth", "web", now),
    ],
    { remote: false, persistTo: state },
  );
  expect(await tenant("invite", "fourth", "b@fourth.test", "--role", "viewer")).toMatchObject({
    status: 0,
    stderr: "",
  });
  expect(
    await query(`SELECT action, actor FROM audit_log l JOIN tenants t ON t.id = l.tenant_id WHERE t.name = 'fourth'
      ORDER BY l.rowid`),
  ).toEqual(
    [
      "tenant.created",
      "member.invited",
      "tenant.plan-changed",
      "tenant.plan-changed",
      "source.created",
      "source.created",
      "key.created",
      "source.deleted",
      "member.invited",
    ].map((action) => ({ action, actor: "operator" })),
  );
  expect(await query("SELECT name FROM sources WHERE id = 's3'")).toEqual([{ name: hostile }]);
  const { stdout } = await tenant("show", "fourth");
  expect(stdout).toMatch(/^ {2}'; DROP TABLE users; -- \/\*\\u\{a\}"`\[ +e +ndjson +content /m);
  expect(stdout).toMatch(/^Use in \d{4}-\d\d \(UTC\): 0 bytes of 50 GB, 0 %, 0 events$/m);
  expect(stdout).toMatch(/^ {2}b@fourth.test +viewer +- +.* invited until /m);
  expect(stdout).toMatch(/^ {2}web +\S+ +ingest +web \(deleted\) .* revoked /m);
});

test("a deleted tenant's name can be used again, and its deletion is listed", async () => {
  expect(await create("fifth")).toMatchObject({ status: 0 });
  const remove = () => tenant("delete", "fifth", "--confirm", "fifth");
  const results = await Promise.all([remove(), remove()]);
  expect(results.map(({ status }) => status).sort()).toEqual([0, 1]);
  expect(results.map(({ stderr }) => stderr).sort()).toEqual(["", 'error: no tenant is named "fifth"\n']);
  expect(await create("fifth")).toMatchObject({ status: 0, stderr: "" });
  expect(
    await query(`SELECT t.status, d.step, d.actor, COUNT(l.id) AS requests FROM tenants t
      LEFT JOIN tenant_deletions d ON d.tenant_id = t.id
      LEFT JOIN audit_log l ON l.tenant_id = t.id AND l.action = 'tenant.deletion-requested'
      WHERE t.name = 'fifth' GROUP BY t.id ORDER BY t.status`),
  ).toEqual([
    { status: "active", step: null, actor: null, requests: 0 },
    { status: "deleting", step: "caches", actor: "operator", requests: 1 },
  ]);
  expect((await tenant("deletions")).stdout).toMatch(/^fifth +\S+ +.* operator +at step caches$/m);
});
