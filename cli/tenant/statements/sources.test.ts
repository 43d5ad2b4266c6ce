import { beforeEach, expect, test } from "vitest";
import { MigratedDatabase } from "../../test/migrated-database.ts";
import * as statements from "./sources.ts";
import { now, tenantOf } from "./tenants.fixtures.ts";

let database: MigratedDatabase;
const run = (list: string[]) => database.run(list);

beforeEach(() => {
  database = new MigratedDatabase();
  run([...tenantOf("acme", 1), ...tenantOf("other", 2)]);
});

const create = (name: string, tenant = "acme") => {
  const source = { name, environment: "staging", parserHint: "ndjson", dedup: "content" } as const;
  return run(statements.createSource(tenant, `source-${name}`, source, now));
};
const names = () => run(statements.listSources("acme"))[1]?.map(({ name }) => name);
const acts = () =>
  database
    .audit()
    .slice(2)
    .map(({ action, target, detail }) => ({ action, target, detail }));

test("a source has what was asked for, and is on record", () => {
  expect(create("it's").slice(1)).toMatchObject([[], [{ id: "source-it's" }], [{}]]);
  expect(run(statements.listSources("acme"))[1]?.[1]).toMatchObject({
    ...{ name: "it's", environment: "staging", parser_hint: "ndjson", dedup: "content" },
  });
  const detail = { name: "it's", environment: "staging", parserHint: "ndjson", dedup: "content" };
  expect(acts()).toEqual([{ action: "source.created", target: "source:source-it's", detail }]);
});

test("no more sources are made than the plan gives; deleted ones do not count", () => {
  expect(["a", "b", "c"].map((name) => create(name)[2]?.length)).toEqual([1, 1, 0]);
  expect(acts()).toHaveLength(2);
  run(statements.deleteSource("acme", "a", now + 1));
  expect(create("c")[2]).toHaveLength(1);
  database.all("UPDATE tenants SET plan = 'free'");
  expect(create("d")[2]).toEqual([]);
  database.all("UPDATE tenants SET plan = 'team'");
  expect(create("d")[2]).toHaveLength(1);
});

test("a source of the name is in the way, until it is deleted", () => {
  expect(create("default").slice(1)).toEqual([[{ id: "source-acme" }], [], []]);
  run(statements.deleteSource("acme", "default", now + 1));
  expect(create("default").slice(1, 3)).toEqual([[], [{ id: "source-default" }]]);
  expect(names()).toEqual(["default"]);
});

test.each(["none", "gone"])("no source is made for the tenant %s", (tenant) => {
  database.all("UPDATE tenants SET status = 'deleting', name = 'gone' WHERE name = 'other'");
  expect(create("a", tenant)).toEqual([[], [], [], []]);
});

test("deleting a source revokes its keys, and nobody else's", () => {
  create("a");
  expect(run(statements.deleteSource("acme", "default", now + 1))).toMatchObject([
    [{ id: "id-acme" }],
    [{ id: "source-acme" }],
    [{}],
    [{ name: "default" }],
  ]);
  expect(run(statements.deleteSource("acme", "default", now + 1)).slice(1, 3)).toEqual([[], []]);
  expect(database.all("SELECT tenant_id, revoked_at FROM api_keys ORDER BY tenant_id")).toEqual([
    { tenant_id: "id-acme", revoked_at: now + 1 },
    { tenant_id: "id-other", revoked_at: null },
  ]);
  expect(acts().slice(1)).toEqual([
    { action: "source.deleted", target: "source:source-acme", detail: { name: "default" } },
  ]);
});
