import { beforeEach, expect, test } from "vitest";
import { MAX_LIVING_KEYS } from "../../../core/auth/key-rules.ts";
import { MigratedDatabase } from "../../test/migrated-database.ts";
import * as statements from "./keys.ts";
import { hour, now, numberedKey, tenantOf } from "./tenants.fixtures.ts";

let database: MigratedDatabase;
let serial: number;
const run = (list: string[]) => database.run(list);

beforeEach(() => {
  database = new MigratedDatabase();
  run(tenantOf("acme", 1));
  serial = 1;
});

function newKey() {
  serial += 1;
  return numberedKey(serial);
}

function creation(name: string, at = now, overrides: Partial<statements.NewKey> = {}) {
  const usual = { tenant: "acme", name, scopes: ["ingest"] as const, source: "default", now: at, expiresAt: null };
  return statements.createKey({ ...newKey(), ...usual, ...overrides });
}
const create = (...args: Parameters<typeof creation>) => run(creation(...args));
const rotation = (name: string, at: number, overlapHours = 24) =>
  statements.rotateKey({ ...newKey(), tenant: "acme", name, now: at, overlapHours });
const rotate = (...args: Parameters<typeof rotation>) => run(rotation(...args));
const keys = () => run(statements.listKeys("acme"))[1];
const acts = () =>
  database
    .audit()
    .slice(1)
    .map(({ action, target, detail }) => ({ action, target, detail }));

test("a key has its scopes and the tenant's own source of the name, and is on record without its hash", () => {
  run(tenantOf("other", 9));
  expect(create("agent", now + 1, { expiresAt: now + hour })).toMatchObject([
    [{ id: "id-acme" }],
    [{ source_id: "source-acme", living: 1 }],
    [{ id: "key-2" }],
    [{}],
  ]);
  expect(keys()?.[1]).toMatchObject({ name: "agent", scopes: "ingest", source: "default", last_used_at: null });
  const { prefix, hash } = numberedKey(2).key;
  // After the other tenant's creation.
  expect(acts().slice(1)).toEqual([
    {
      action: "key.created",
      target: "key:key-2",
      detail: { name: "agent", prefix, scopes: "ingest", sourceId: "source-acme", expiresAt: now + hour },
    },
  ]);
  expect(JSON.stringify(database.audit())).not.toContain(hash);
});

test("a key that cannot send has no source", () => {
  expect(create("reader", now, { scopes: ["read"], source: null })[2]).toHaveLength(1);
  expect(keys()?.[1]).toMatchObject({ scopes: "read", source: null });
});

test.each([
  ["is not there", "nowhere"],
  ["was deleted", "default"],
  ["is another tenant's", "elsewhere"],
])("no key is made for a source that %s", (_name, source) => {
  run(tenantOf("other", 9));
  database.all("UPDATE sources SET name = 'elsewhere' WHERE tenant_id = 'id-other'");
  database.all("UPDATE sources SET deleted_at = 1 WHERE tenant_id = 'id-acme'");
  expect(create("agent", now, { source }).slice(1)).toEqual([[{ source_id: null, living: 1 }], [], []]);
  expect(acts().map(({ action }) => action)).toEqual(["tenant.created"]);
});

test("a key's name is free again when the key has expired or was revoked", () => {
  expect(create("agent", now, { expiresAt: now + hour })[2]).toHaveLength(1);
  expect(create("agent", now + hour - 1).slice(2)).toEqual([[], []]);
  expect(create("agent", now + hour)[2]).toHaveLength(1);
  expect(create("agent", now + hour)[2]).toEqual([]);
  expect(run(statements.revokeKey("acme", "agent", now + hour))[1]).toHaveLength(1);
  expect(create("agent", now + hour)[2]).toHaveLength(1);
});

test.each([
  ["is not there", "none"],
  ["is being deleted", "gone"],
])("no key is made for a tenant that %s", (_name, tenant) => {
  run(tenantOf("gone", 9));
  database.all("UPDATE tenants SET status = 'deleting' WHERE name = 'gone'");
  expect(create("a", now, { tenant })).toEqual([[], [{ source_id: null, living: 0 }], [], []]);
  expect(create("a", now, { tenant, scopes: ["read"], source: null }).slice(2)).toEqual([[], []]);
  expect(database.count("api_keys")).toBe(2);
});

test("a tenant has only so many working keys, also while one is rotated", () => {
  for (let made = 1; made < MAX_LIVING_KEYS; made += 1) create(`key${made}`);
  expect(create("one-more").slice(1)).toMatchObject([[{ living: MAX_LIVING_KEYS }], [], []]);
  expect(rotate("default", now + 1).slice(1)).toEqual([[{ living: MAX_LIVING_KEYS }], [], [], [], []]);
  expect(rotate("default", now + 1, 0)[2]).toHaveLength(1);
  run(statements.revokeKey("acme", "key1", now + 2));
  expect(create("one-more", now + 2)[2]).toHaveLength(1);
});

test("a rotated key lives until the overlap ends; the new one takes its scopes and source and never expires", () => {
  create("agent");
  expect(rotate("agent", now + hour)).toMatchObject([
    [{ id: "id-acme" }],
    [{ living: 2 }],
    [{ id: "key-3" }],
    [{}],
    [{ expires_at: now + 25 * hour }],
    [{ scopes: "ingest", expires_at: null }],
  ]);
  expect(keys()?.slice(1)).toMatchObject([
    { name: "agent", source: "default", expires_at: now + 25 * hour, revoked_at: null },
    { name: "agent", source: "default", expires_at: null, revoked_at: null },
  ]);
  const { prefix } = numberedKey(3).key;
  const detail = { name: "agent", newKey: "key:key-3", prefix, overlapHours: 24 };
  expect(acts().slice(1)).toEqual([{ action: "key.rotated", target: "key:key-2", detail }]);
});

test("rotating twice in an overlap keeps the earlier end of the first key, and names the newest on record", () => {
  create("agent");
  rotate("agent", now + hour);
  rotate("agent", now + 2 * hour);
  expect(keys()?.slice(1)).toMatchObject([
    { expires_at: now + 25 * hour },
    { expires_at: now + 26 * hour },
    { expires_at: null, scopes: "ingest" },
  ]);
  expect(acts().map(({ target }) => target)).toEqual(["key:key-2", "key:key-2", "key:key-3"]);
});

test("a rotated key that expires passes its lifetime on, not its end", () => {
  create("agent", now, { expiresAt: now + 48 * hour });
  expect(rotate("agent", now + 40 * hour)[5]).toMatchObject([{ expires_at: now + 88 * hour }]);
  expect(keys()?.[1]).toMatchObject({ expires_at: now + 48 * hour });
});

test("an overlap of 0 ends the old key at once", () => {
  rotate("default", now + hour, 0);
  expect(keys()).toMatchObject([{ expires_at: now + hour }, { expires_at: null }]);
});

test.each([
  ["a name that is not there", "nobody"],
  ["a key that was revoked", "default"],
])("rotating %s makes no key and no entry", (_name, name) => {
  run(statements.revokeKey("acme", "default", now));
  expect(rotate(name, now + 1).slice(2)).toEqual([[], [], [], []]);
  expect(database.count("api_keys")).toBe(1);
  expect(acts().map(({ action }) => action)).toEqual(["key.revoked"]);
});

test("revoke ends every working key of the name, and no other tenant's; each is on record once", () => {
  run(tenantOf("other", 9));
  rotate("default", now + hour);
  const before = acts().length;
  expect(run(statements.revokeKey("acme", "default", now + 2 * hour))[1]).toHaveLength(2);
  expect(run(statements.revokeKey("acme", "default", now + 2 * hour)).slice(1)).toEqual([[], []]);
  expect(run(statements.listKeys("other"))[1]).toMatchObject([{ revoked_at: null }]);
  expect(acts().slice(before)).toEqual([
    { action: "key.revoked", target: "key:key-1", detail: { name: "default" } },
    { action: "key.revoked", target: "key:key-2", detail: { name: "default" } },
  ]);
});
