import { beforeEach, expect, test } from "vitest";
import { MigratedDatabase } from "../../test/migrated-database.ts";
import { hour, now, numberedKey, tenantOf } from "./tenants.fixtures.ts";
import * as statements from "./tenants.ts";

let database: MigratedDatabase;
const run = (list: string[]) => database.run(list);

beforeEach(() => {
  database = new MigratedDatabase();
  run(tenantOf("acme", 1));
});

test("create makes a tenant, its owner, its source and its key, and keeps the key's hash only", () => {
  const { key } = numberedKey(1).key;
  expect(database.all("SELECT * FROM tenants")).toMatchObject([
    { id: "id-acme", name: "acme", plan: "starter", status: "active", shards: 2, settings: "{}", created_at: now },
  ]);
  expect(database.all("SELECT * FROM users")).toMatchObject([
    { tenant_id: "id-acme", email: "o'brien@acme.test", role: "owner", account_id: null },
  ]);
  expect(database.all("SELECT * FROM sources")).toMatchObject([{ id: "source-acme", name: "default", dedup: "none" }]);
  expect(database.all("SELECT * FROM api_keys")).toMatchObject([
    { name: "default", scopes: "ingest read", source_id: "source-acme", created_by: "operator", expires_at: null },
  ]);
  expect(JSON.stringify(database.all("SELECT * FROM api_keys"))).not.toContain(key);
});

test("a second tenant of the name is refused by the unique index, and leaves nothing behind", () => {
  expect(() => run(tenantOf("acme", 2, { id: "id-2", ownerId: "owner-2" }))).toThrow(
    "UNIQUE constraint failed: tenants.name",
  );
  expect(["tenants", "users", "sources", "api_keys", "audit_log"].map((table) => database.count(table))).toEqual([
    1, 1, 1, 1, 1,
  ]);
});

test("an owner, a source, a key or an entry of the audit log is never inserted without its tenant", () => {
  // Each for itself, after a statement that has changed a row.
  for (const statement of tenantOf("other", 2).slice(1)) {
    expect(database.run(["UPDATE tenants SET shards = 2", statement])).toEqual([[], []]);
  }
});

test("suspend and activate change the status once, and each change is on record once", () => {
  expect(run(statements.setTenantStatus("acme", "suspended", now + 1))[1]).toHaveLength(1);
  expect(run(statements.setTenantStatus("acme", "suspended", now + 2))).toMatchObject([
    [{ status: "suspended" }],
    [],
    [],
  ]);
  expect(run(statements.setTenantStatus("acme", "active", now + 3))[1]).toHaveLength(1);
  expect(run(statements.setTenantStatus("none", "active", now + 4))).toEqual([[], [], []]);
  expect(database.audit()).toEqual([
    entry(now, "tenant.created", { plan: "starter" }),
    entry(now + 1, "tenant.suspended", {}),
    entry(now + 3, "tenant.activated", {}),
  ]);
});

function entry(at: number, action: string, detail: object) {
  return { tenant_id: "id-acme", at, actor: "operator", action, target: "tenant", detail };
}

test("a tenant that is being deleted is neither activated nor given a plan, and is not in the way of a new one", () => {
  database.all("UPDATE tenants SET status = 'deleting'");
  expect(run(statements.setTenantStatus("acme", "active", now))).toEqual([[], [], []]);
  expect(run(statements.setTenantPlan("acme", "team", now)).slice(0, 3)).toEqual([[], [], []]);
  expect(database.count("audit_log")).toBe(1);
  run(tenantOf("acme", 2, { id: "id-2", ownerId: "owner-2", sourceId: "source-2" }));
  expect(run(statements.setTenantStatus("acme", "suspended", now))[0]).toMatchObject([{ id: "id-2" }]);
  expect(database.all("SELECT id, status FROM tenants ORDER BY id")).toEqual([
    { id: "id-2", status: "suspended" },
    { id: "id-acme", status: "deleting" },
  ]);
});

test("a plan changes once, and the answer says what it was and how many sources there are", () => {
  expect(run(statements.setTenantPlan("acme", "free", now + 1))).toMatchObject([
    [{ plan: "starter" }],
    [{ id: "id-acme" }],
    [{}],
    [{ sources: 1 }],
  ]);
  expect(run(statements.setTenantPlan("acme", "free", now + 2)).slice(1, 3)).toEqual([[], []]);
  expect(database.audit().slice(1)).toEqual([entry(now + 1, "tenant.plan-changed", { plan: "free" })]);
});

test("the list counts the keys that work", () => {
  database.all(`UPDATE api_keys SET expires_at = ${now + hour}`);
  const live = (at: number) => run(statements.listTenants(at))[0]?.[0]?.live_keys;
  expect([live(now + hour - 1), live(now + hour)]).toEqual([1, 0]);
});

test("show adds up the month of the tenant, over days, sources and shards", () => {
  run(tenantOf("other", 2));
  const day = (tenant: string, date: string, source: string, shard: number, bytes: number) =>
    database.all(`INSERT INTO usage_days VALUES ('${tenant}', '${date}', '${source}', ${shard}, 2, ${bytes}, 1, 1)`);
  day("id-acme", "2026-08-31", "a", 0, 1);
  day("id-acme", "2026-09-01", "a", 0, 10);
  day("id-acme", "2026-09-30", "b", 1, 100);
  day("id-acme", "2026-10-01", "a", 0, 1_000);
  day("id-other", "2026-09-01", "a", 0, 10_000);
  const [found, tenant, usage, members, sources, keys] = run(statements.showTenant("acme", "2026-09"));
  expect({ found, tenant, usage }).toMatchObject({
    found: [{ id: "id-acme" }],
    tenant: [{ name: "acme", shards: 2 }],
    usage: [{ bytes: 110, events: 4 }],
  });
  expect([members, sources, keys].map((rows) => rows?.length)).toEqual([1, 1, 1]);
});
