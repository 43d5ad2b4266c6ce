import { expect, test } from "vitest";
import { MigratedDatabase } from "../../test/migrated-database.ts";
import { listAudit } from "./audit.ts";
import { now, tenantOf } from "./tenants.fixtures.ts";
import { setTenantStatus } from "./tenants.ts";

test("the newest acts of the tenant come first, with the e-mail of a user who did one", () => {
  const database = new MigratedDatabase();
  database.run([...tenantOf("acme", 1), ...tenantOf("other", 2)]);
  database.run([...setTenantStatus("acme", "active", now + 1), ...setTenantStatus("acme", "suspended", now + 1)]);
  database.all(`INSERT INTO audit_log (id, tenant_id, at, actor, action, target, detail)
    VALUES ('x', 'id-acme', ${now + 2}, 'user:owner-acme', 'settings.changed', 'settings', '{"a":1}')`);
  // A user of another tenant is a stranger here.
  database.all(`INSERT INTO audit_log (id, tenant_id, at, actor, action, target, detail)
    VALUES ('y', 'id-acme', ${now + 3}, 'user:owner-other', 'settings.changed', 'settings', '{}')`);
  expect(database.run(listAudit("acme", 3))[1]).toMatchObject([
    { actor: "user:owner-other", email: null },
    { actor: "user:owner-acme", email: "o'brien@acme.test", detail: '{"a":1}' },
    { actor: "operator", email: null, action: "tenant.suspended" },
  ]);
  expect(database.run(listAudit("acme", 10))[1]).toHaveLength(4);
  expect(database.run(listAudit("none", 3))).toEqual([[], []]);
});
