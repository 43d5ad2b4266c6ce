import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashApiKey } from "../core/auth/api-key.ts";

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

test("a tenant made while the system runs is there at once, with its owner and its key's hash", {
  timeout: 30_000,
}, async () => {
  const { status, stdout } = await create("second", "--shards", "3");
  expect(status).toBe(0);
  const key = /API key "default": (\S+)/.exec(stdout)?.[1] ?? "";
  expect(
    await query(`SELECT t.plan, t.status, t.shards, u.email, u.role, k.hash FROM tenants t
      JOIN users u ON u.tenant_id = t.id JOIN api_keys k ON k.tenant_id = t.id WHERE t.name = 'second'`),
  ).toEqual([
    {
      plan: "starter",
      status: "active",
      shards: 3,
      email: "o'brien@second.test",
      role: "owner",
      hash: hashApiKey(key),
    },
  ]);
});

test("of two creations of one name at once one wins, and the loser leaves nothing", { timeout: 30_000 }, async () => {
  const results = await Promise.all([create("twin"), create("twin")]);
  expect(results.map(({ status }) => status).sort()).toEqual([0, 1]);
  expect(results.map(({ stderr }) => stderr).sort()).toEqual(["", 'error: a tenant is named "twin" already\n']);
  expect(await query("SELECT COUNT(*) AS n FROM users WHERE email LIKE '%twin%'")).toEqual([{ n: 1 }]);
});

test("neither the system, which writes meanwhile, nor the command loses a thing", { timeout: 30_000 }, async () => {
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

test("suspending, and a rotated key, are seen by the system at once", { timeout: 30_000 }, async () => {
  expect(await tenant("suspend", "first")).toMatchObject({ status: 0 });
  expect(await tenant("key", "rotate", "first", "default")).toMatchObject({ status: 0 });
  expect(
    await query(`SELECT t.status, COUNT(*) AS n, COUNT(k.expires_at) AS ending FROM tenants t
      JOIN api_keys k ON k.tenant_id = t.id WHERE t.name = 'first'`),
  ).toEqual([{ status: "suspended", n: 2, ending: 1 }]);
  expect((await tenant("list")).stdout).toMatch(/first +starter +suspended +o'brien@first.test +1 +2 /);
});
