import { beforeEach, expect, test } from "vitest";
import { MigratedDatabase } from "../../test/migrated-database.ts";
import * as statements from "./members.ts";
import { hour, now, tenantOf } from "./tenants.fixtures.ts";

let database: MigratedDatabase;
const run = (list: string[]) => database.run(list);

beforeEach(() => {
  database = new MigratedDatabase();
  run([...tenantOf("acme", 1), ...tenantOf("other", 2)]);
});

function invite(id: string, email: string, overrides: Partial<statements.NewInvitation> = {}) {
  const usual = { tenant: "acme", hash: `hash-${id}`, role: "member", now, expiresAt: now + hour } as const;
  return run(statements.invite({ id, email, ...usual, ...overrides }));
}
const members = () => run(statements.listMembers("acme"))[1];
const acts = () =>
  database
    .audit()
    .slice(2)
    .map(({ tenant_id, action, target, detail }) => ({ tenant_id, action, target, detail }));

test("an invitation is stored by its hash, and is on record without it", () => {
  expect(invite("i1", "a@acme.test").slice(1)).toMatchObject([[], [], [{ id: "i1" }], [{}]]);
  expect(database.all("SELECT * FROM invitations")).toMatchObject([
    { tenant_id: "id-acme", hash: "hash-i1", role: "member", invited_by: "operator", expires_at: now + hour },
  ]);
  const detail = { email: "a@acme.test", role: "member" };
  expect(acts()).toEqual([{ tenant_id: "id-acme", action: "member.invited", target: "invitation:i1", detail }]);
});

test("a second invitation takes the place of the first, of this tenant and address alone", () => {
  invite("i1", "a@acme.test");
  invite("i2", "b@acme.test");
  invite("i3", "a@acme.test", { tenant: "other" });
  expect(invite("i4", "a@acme.test", { role: "admin", now: now + 1 })[2]).toEqual([{ id: "i1" }]);
  expect(database.all("SELECT id FROM invitations WHERE revoked_at IS NULL ORDER BY id")).toEqual([
    { id: "i2" },
    { id: "i3" },
    { id: "i4" },
  ]);
});

test("who has joined is not invited again; who was named only, is", () => {
  database.all("UPDATE users SET account_id = 'account' WHERE tenant_id = 'id-acme'");
  expect(invite("i1", "o'brien@acme.test").slice(1)).toMatchObject([[{ role: "owner" }], [], [], []]);
  expect(invite("i2", "o'brien@other.test", { tenant: "other" })[3]).toEqual([{ id: "i2" }]);
  expect(acts()).toHaveLength(1);
});

test("nobody is invited into a tenant that is not there, or on its way out", () => {
  database.all("UPDATE tenants SET status = 'deleting' WHERE name = 'other'");
  for (const tenant of ["none", "other"]) {
    expect(invite("i1", "a@acme.test", { tenant })).toEqual([[], [], [], [], []]);
  }
  expect(database.count("invitations")).toBe(0);
});

test("members are those who have joined, who was named, and who is invited, each once", () => {
  database.all(
    `INSERT INTO accounts (id, email, name, created_at, updated_at) VALUES ('a1', 'm@acme.test', 'Mia', 0, 0)`,
  );
  database.all(`INSERT INTO users (id, tenant_id, email, role, account_id, created_at)
    VALUES ('u1', 'id-acme', 'm@acme.test', 'admin', 'a1', ${now})`);
  invite("i1", "o'brien@acme.test", { role: "owner" });
  invite("i2", "x@acme.test", { role: "viewer" });
  invite("i3", "y@other.test", { tenant: "other" });
  expect(members()).toEqual([
    { email: "m@acme.test", role: "admin", name: "Mia", joined: 1, created_at: now, invited_until: null },
    { email: "o'brien@acme.test", role: "owner", name: null, joined: 0, created_at: now, invited_until: now + hour },
    { email: "x@acme.test", role: "viewer", name: null, joined: 0, created_at: now, invited_until: now + hour },
  ]);
});
