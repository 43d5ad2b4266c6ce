import { beforeEach, expect, test } from "vitest";
import { timeOfUuid } from "../../../core/ids.ts";
import { MigratedDatabase } from "../../test/migrated-database.ts";
import { fragment } from "../sql.ts";
import { auditEach, auditIfChanged } from "./common.ts";
import { now, tenantOf } from "./tenants.fixtures.ts";

let database: MigratedDatabase;

beforeEach(() => {
  database = new MigratedDatabase();
  database.run([...tenantOf("acme", 1), ...tenantOf("other", 2)]);
});

const act = auditIfChanged({
  tenant: "acme",
  action: "tenant.suspended",
  target: "tenant",
  detail: { a: "it's" },
  now,
});
const before = () => Number(database.count("audit_log"));

test("an act is on record when the statement before has changed something, also with a SELECT between", () => {
  const count = before();
  database.run(["UPDATE tenants SET shards = 3 WHERE name = 'acme'", "SELECT * FROM tenants", act]);
  expect(before()).toBe(count + 1);
  expect(database.audit().at(-1)).toMatchObject({ tenant_id: "id-acme", actor: "operator", detail: { a: "it's" } });
});

test("what changed nothing is not on record", () => {
  const count = before();
  database.run(["UPDATE tenants SET shards = 3", "UPDATE tenants SET shards = 3 WHERE name = 'nobody'", act]);
  expect(before()).toBe(count);
});

test("each row gets a UUIDv7 of its own, of the time of the act", () => {
  const rows = fragment`SELECT id AS tenant_id, 'tenant' AS target, '{}' AS detail FROM tenants`;
  const list = ["UPDATE tenants SET shards = 3", auditEach({ action: "tenant.suspended", now, rows })];
  const ids = database.run(list)[1]?.map(({ id }) => String(id)) ?? [];
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(timeOfUuid(id)).toBe(now);
  }
});
