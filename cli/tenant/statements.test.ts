import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, expect, test } from "vitest";
import { createApiKey } from "../../core/auth/api-key.ts";
import * as statements from "./statements.ts";

const migrations = new URL("../../schema/migrations/", import.meta.url);
const now = 1_790_000_000_000;
const hour = 3_600_000;

let database: DatabaseSync;
let serial: number;

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  serial = 0;
  for (const file of readdirSync(migrations)
    .filter((name) => name.endsWith(".sql"))
    .sort()) {
    database.exec(readFileSync(new URL(file, migrations), "utf8"));
  }
  run(tenant("acme"));
});

/** What D1 does with a list: one transaction, the rows of each statement. */
function run(list: string[]) {
  database.exec("BEGIN");
  try {
    const rows = list.map((statement) => database.prepare(statement).all());
    database.exec("COMMIT");
    return rows;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function newKey() {
  serial += 1;
  return { id: `key-${serial}`, key: createApiKey(new Uint8Array(32).fill(serial)) };
}

function tenant(name: string, overrides: Partial<statements.NewTenant> = {}) {
  const { id, key } = newKey();
  return statements.createTenant({
    id: `id-${name}`,
    name,
    plan: "starter",
    adminEmail: `o'brien@${name}.test`,
    shards: 2,
    ownerId: `owner-${name}`,
    sourceId: `source-${name}`,
    keyId: id,
    scopes: ["ingest", "read"],
    key,
    now,
    ...overrides,
  });
}

const create = (name: string, at = now, expiresAt: number | null = null) =>
  run(statements.createKey({ ...newKey(), tenant: "acme", name, dedup: "content", now: at, expiresAt }));
const rotate = (name: string, at: number, overlapMs = 24 * hour) =>
  run(statements.rotateKey({ ...newKey(), tenant: "acme", name, now: at, overlapMs }));
const keys = () => run(statements.listKeys("acme"))[1];
const count = (table: string) => database.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()?.n;

test("create makes a tenant, its owner and its key, and keeps the key's hash only", () => {
  const { key } = createApiKey(new Uint8Array(32).fill(1));
  expect(database.prepare("SELECT * FROM tenants").all()).toMatchObject([
    { id: "id-acme", name: "acme", plan: "starter", status: "active", shards: 2, settings: "{}", created_at: now },
  ]);
  expect(database.prepare("SELECT * FROM users").all()).toMatchObject([
    { tenant_id: "id-acme", email: "o'brien@acme.test", role: "owner" },
  ]);
  expect(keys()).toMatchObject([{ name: "default", dedup: "none", expires_at: null, revoked_at: null }]);
  expect(JSON.stringify(database.prepare("SELECT * FROM api_keys").all())).not.toContain(key);
});

test("a second tenant of the name is refused by the unique index, and leaves nothing behind", () => {
  expect(() => run(tenant("acme", { id: "id-2", ownerId: "owner-2" }))).toThrow(
    "UNIQUE constraint failed: tenants.name",
  );
  expect([count("tenants"), count("users"), count("api_keys")]).toEqual([1, 1, 1]);
});

test("an owner or a key is never inserted without its tenant", () => {
  for (const statement of tenant("other").slice(1)) expect(run([statement])).toEqual([[]]);
});

test("suspend and activate change the status once", () => {
  expect(run(statements.setTenantStatus("acme", "suspended"))[1]).toHaveLength(1);
  expect(run(statements.setTenantStatus("acme", "suspended"))).toMatchObject([[{ status: "suspended" }], []]);
  expect(run(statements.setTenantStatus("acme", "active"))[1]).toHaveLength(1);
  expect(run(statements.setTenantStatus("none", "active"))).toEqual([[], []]);
});

test("a key's name is free again when the key has expired or was revoked", () => {
  expect(create("agent", now, now + hour)[1]).toHaveLength(1);
  expect(create("agent", now + hour - 1)[1]).toEqual([]);
  expect(create("agent", now + hour)[1]).toHaveLength(1);
  expect(create("agent", now + hour)[1]).toEqual([]);
  expect(run(statements.revokeKey("acme", "agent", now + hour))[1]).toHaveLength(1);
  expect(create("agent", now + hour)[1]).toHaveLength(1);
});

test("no key is made for a tenant that is not there", () => {
  const list = statements.createKey({ ...newKey(), tenant: "none", name: "a", dedup: "none", now, expiresAt: null });
  expect(run(list)).toEqual([[], []]);
  expect(count("api_keys")).toBe(1);
});

test("a rotated key lives until the overlap ends; the new one takes its deduplication and never expires", () => {
  create("agent");
  expect(rotate("agent", now + hour)).toMatchObject([
    [{ id: "id-acme" }],
    [{ id: "key-3" }],
    [{ expires_at: now + 25 * hour }],
    [{ dedup: "content", expires_at: null }],
  ]);
  expect(keys()?.slice(1)).toMatchObject([
    { name: "agent", expires_at: now + 25 * hour, revoked_at: null },
    { name: "agent", expires_at: null, revoked_at: null },
  ]);
});

test("rotating twice in an overlap keeps the earlier end of the first key", () => {
  create("agent");
  rotate("agent", now + hour);
  rotate("agent", now + 2 * hour);
  expect(keys()?.slice(1)).toMatchObject([
    { expires_at: now + 25 * hour },
    { expires_at: now + 26 * hour },
    { expires_at: null, dedup: "content" },
  ]);
});

test("a rotated key that expires passes its lifetime on, not its end", () => {
  create("agent", now, now + 48 * hour);
  expect(rotate("agent", now + 40 * hour)[3]).toMatchObject([{ expires_at: now + 88 * hour }]);
  expect(keys()?.[1]).toMatchObject({ expires_at: now + 48 * hour });
});

test("an overlap of 0 ends the old key at once", () => {
  rotate("default", now + hour, 0);
  expect(keys()).toMatchObject([{ expires_at: now + hour }, { expires_at: null }]);
});

test.each([
  ["a name that is not there", "nobody"],
  ["a key that was revoked", "default"],
])("rotating %s makes no key", (_name, name) => {
  run(statements.revokeKey("acme", "default", now));
  expect(rotate(name, now + 1).slice(1)).toEqual([[], [], []]);
  expect(count("api_keys")).toBe(1);
});

test("revoke ends every working key of the name, and no other tenant's", () => {
  run(tenant("other"));
  rotate("default", now + hour);
  expect(run(statements.revokeKey("acme", "default", now + 2 * hour))[1]).toHaveLength(2);
  expect(run(statements.revokeKey("acme", "default", now + 2 * hour))[1]).toEqual([]);
  expect(run(statements.listKeys("other"))[1]).toMatchObject([{ revoked_at: null }]);
});

test("the list counts the keys that work", () => {
  rotate("default", now + hour);
  const live = (at: number) => run(statements.listTenants(at))[0]?.[0]?.live_keys;
  expect([live(now + 2 * hour), live(now + 25 * hour)]).toEqual([2, 1]);
});
