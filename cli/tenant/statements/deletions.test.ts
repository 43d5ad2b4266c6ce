import { beforeEach, expect, test } from "vitest";
import { FIRST_STEP } from "../../../core/tenants/deletion.ts";
import { MigratedDatabase } from "../../test/migrated-database.ts";
import * as statements from "./deletions.ts";
import { now, tenantOf } from "./tenants.fixtures.ts";

let database: MigratedDatabase;
const run = (list: string[]) => database.run(list);

beforeEach(() => {
  database = new MigratedDatabase();
  run([...tenantOf("acme", 1), ...tenantOf("other", 2)]);
  for (const tenant of ["acme", "other"]) {
    database.all(`INSERT INTO sessions (id, account_id, tenant_id, method, device, created_at, last_used_at, expires_at)
      VALUES ('session-${tenant}', 'a', 'id-${tenant}', 'password', '', 0, 0, ${now * 2})`);
  }
});

const remove = (at: number) => run(statements.requestDeletion("acme", at));
const deletions = () => run(statements.listDeletions())[0];
const requests = () => database.audit().filter(({ action }) => action === "tenant.deletion-requested");

test("a deletion marks the tenant, begins at the first step, ends its sessions and is on record", () => {
  expect(remove(now + 1).slice(0, 4)).toMatchObject([
    [{ id: "id-acme" }],
    [{ id: "id-acme" }],
    [{}],
    [{ tenant_id: "id-acme" }],
  ]);
  expect(deletions()).toEqual([
    {
      ...{ tenant_id: "id-acme", name: "acme", actor: "operator", requested_at: now + 1, step: FIRST_STEP },
      ...{ finished_at: null, proof: null },
    },
  ]);
  expect(database.all("SELECT shards, lease_until, cursor FROM tenant_deletions")).toEqual([
    { shards: 2, lease_until: 0, cursor: null },
  ]);
  expect(database.all("SELECT id, revoked_at FROM sessions ORDER BY id")).toEqual([
    { id: "session-acme", revoked_at: now + 1 },
    { id: "session-other", revoked_at: null },
  ]);
  expect(requests()).toMatchObject([{ tenant_id: "id-acme", actor: "operator", target: "tenant", detail: {} }]);
});

test("of two requests one wins, and the other changes nothing", () => {
  remove(now + 1);
  const before = [deletions(), database.audit()];
  expect(remove(now + 2).slice(0, 4)).toEqual([[], [], [], []]);
  expect([deletions(), database.audit()]).toEqual(before);
});

test("a tenant of the same name is deleted beside one that is still on its way out", () => {
  remove(now + 1);
  run(tenantOf("acme", 3, { id: "id-2", ownerId: "owner-2", sourceId: "source-2" }));
  expect(remove(now + 2)[1]).toEqual([{ id: "id-2" }]);
  expect(deletions()).toMatchObject([
    { tenant_id: "id-2", requested_at: now + 2 },
    { tenant_id: "id-acme", requested_at: now + 1 },
  ]);
  expect(requests().map(({ tenant_id }) => tenant_id)).toEqual(["id-acme", "id-2"]);
});

test("a suspended tenant can be deleted; one that is not there cannot", () => {
  database.all("UPDATE tenants SET status = 'suspended' WHERE name = 'acme'");
  expect(remove(now)[1]).toHaveLength(1);
  expect(run(statements.requestDeletion("none", now)).slice(0, 4)).toEqual([[], [], [], []]);
});
