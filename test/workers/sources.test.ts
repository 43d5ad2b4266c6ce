import "./support/bindings.ts";
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { DEDUP_MODES, PARSER_HINTS, PLAN_LIMITS, PLANS, type Plan } from "../../schema/contracts/plans.ts";
import { sources, tenants } from "../../schema/tables/tenants.ts";
import { actsOf, api, must } from "./support/api.ts";
import { advance, stopClock } from "./support/clock.ts";
import { accepted, post, problemOf, storedLogs } from "./support/http.ts";
import { settle } from "./support/pipeline.ts";
import { createKey, createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

/** A change of a source holds for its logs within this time. */
const CACHE_MS = 10_000;

const Source = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  environment: z.string(),
  parserHint: z.enum(PARSER_HINTS),
  dedup: z.enum(DEDUP_MODES),
  createdAt: z.number(),
});
const List = z.strictObject({ sources: z.array(Source), plan: z.enum(PLANS), limit: z.number() });

const listOf = (tenant: Tenant) => must(List, tenant.key, "GET", "/sources");
const make = (tenant: Tenant, body: object) => must(Source, tenant.key, "POST", "/sources", body);
const tryMake = (tenant: Tenant, name: string) => api(tenant.key, "POST", "/sources", { name });

/** A key that administers and has nothing to do with any source. */
const adminOf = async (tenant: Tenant): Promise<Tenant> => ({
  ...tenant,
  key: await createKey(tenant.id, { scopes: ["admin"] }),
});

describe("a source", () => {
  test("is made with what is usual, changed, and listed by name with the plan's limit", async () => {
    const tenant = await createTenant({ source: { name: "b" } });
    const made = await make(tenant, { name: " a " });
    expect(made).toMatchObject({ name: "a", environment: "production", parserHint: "auto", dedup: "none" });
    const change = { environment: "staging", parserHint: "text", dedup: "content" };
    const changed = await must(Source, tenant.key, "PATCH", `/sources/${made.id}`, change);
    expect(changed).toEqual({ ...made, ...change });
    const { sources: listed, plan, limit } = await listOf(tenant);
    expect([plan, limit]).toEqual(["starter", 3]);
    expect(listed.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(listed[0]).toEqual(changed);
  });

  test("has a name of its own: of several at once, one is made", async () => {
    const tenant = await createTenant({ plan: "team" });
    const asked = await Promise.all([1, 2, 3].map(() => tryMake(tenant, "a")));
    expect(asked.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    const { id } = await make(tenant, { name: "b" });
    expect(await api(tenant.key, "PATCH", `/sources/${id}`, { name: "a" })).toMatchObject({
      status: 409,
      detail: "there is a source a already",
    });
    expect((await api(tenant.key, "PATCH", `/sources/${id}`, { name: "b" })).status).toBe(200);
  });

  test("of another tenant is out of reach", async () => {
    const tenant = await createTenant();
    const other = await createTenant();
    const path = `/sources/${other.sourceId}`;
    expect(await api(tenant.key, "PATCH", path, { name: "x" })).toMatchObject({ status: 404 });
    expect(await api(tenant.key, "DELETE", path)).toMatchObject({ status: 404 });
    expect((await listOf(tenant)).sources.map(({ id }) => id)).toEqual([tenant.sourceId]);
  });

  test.each([
    ["no name", "POST", "", {}],
    ["an empty name", "POST", "", { name: " " }],
    ["an unknown hint", "POST", "", { name: "a", parserHint: "xml" }],
    ["another field", "POST", "", { name: "a", tenantId: "b" }],
    ["nothing to change", "PATCH", "/x", {}],
    ["an environment too long", "PATCH", "/x", { environment: "e".repeat(201) }],
  ])("with %s is refused", async (_what, method, path, body) => {
    const tenant = await createTenant();
    expect(await api(tenant.key, method, `/sources${path}`, body)).toMatchObject({ status: 400 });
  });
});

describe("the plan's number of sources", () => {
  test.each<[Plan, string]>([
    ["free", "the plan free has 1 source, and you use all: delete one, or the plan starter has 3"],
    ["starter", "the plan starter has 3 sources, and you use all: delete one, or the plan team has 10"],
    ["team", "the plan team has 10 sources, and you use all: delete one, or ask who runs log0 here for more"],
  ])("%s is kept, also when many ask at once, and the refusal names the way up", async (plan, detail) => {
    const tenant = await createTenant({ plan });
    const asked = await Promise.all(Array.from({ length: 12 }, (_, index) => tryMake(tenant, `s${index}`)));
    const refused = asked.filter(({ status }) => status === 403);
    expect(refused).toHaveLength(12 - (PLAN_LIMITS[plan].sources - 1));
    expect(refused[0]).toMatchObject({ code: "plan_limit", detail });
    expect((await listOf(tenant)).sources).toHaveLength(PLAN_LIMITS[plan].sources);
    expect(await actsOf(tenant.key)).toHaveLength(PLAN_LIMITS[plan].sources - 1);
  });

  test("is that of the plan at the moment, not of the one that was remembered", async () => {
    const tenant = await createTenant({ plan: "free" });
    expect((await tryMake(tenant, "a")).status).toBe(403);
    await tenant.scope.db.update(tenants).set({ plan: "starter" }).where(eq(tenants.id, tenant.id));
    expect((await tryMake(tenant, "a")).status).toBe(201);
    await tenant.scope.db.update(tenants).set({ plan: "free" }).where(eq(tenants.id, tenant.id));
    expect((await tryMake(tenant, "b")).status).toBe(403);
  });

  test("does not count those that are deleted", async () => {
    const tenant = await adminOf(await createTenant({ plan: "free" }));
    expect((await api(tenant.key, "DELETE", `/sources/${tenant.sourceId}`)).status).toBe(204);
    expect((await tryMake(tenant, "a")).status).toBe(201);
  });
});

describe("a source that is deleted", () => {
  test("takes its keys along, keeps its row, and its name is free again", async () => {
    const tenant = await createTenant({ source: { name: "till" } });
    const admin = await adminOf(tenant);
    await accepted(tenant.key, [{ message: "a" }]);
    expect((await api(admin.key, "DELETE", `/sources/${tenant.sourceId}`)).status).toBe(204);
    const at = Date.now();
    advance(CACHE_MS);
    const refused = await post(tenant.key, [{ message: "b" }]);
    expect([refused.status, (await problemOf(refused)).code]).toEqual([401, "unauthorized"]);
    const row = await tenant.scope.db
      .select()
      .from(sources)
      .where(and(eq(sources.tenantId, tenant.id), eq(sources.id, tenant.sourceId)))
      .get();
    expect(row).toMatchObject({ name: "till", deletedAt: at });
    expect((await listOf(admin)).sources).toEqual([]);
    expect((await tryMake(admin, "till")).status).toBe(201);
    expect(await api(admin.key, "PATCH", `/sources/${tenant.sourceId}`, { name: "x" })).toMatchObject({ status: 404 });
    expect(await api(admin.key, "DELETE", `/sources/${tenant.sourceId}`)).toMatchObject({ status: 404 });
  });

  test("leaves the keys of other sources alone", async () => {
    const tenant = await createTenant();
    const { id } = await make(tenant, { name: "other" });
    const key = await createKey(tenant.id, { sourceId: id });
    await api(tenant.key, "DELETE", `/sources/${tenant.sourceId}`);
    advance(CACHE_MS);
    expect((await post(key, [{ message: "a" }])).status).toBe(202);
  });

  test("while a key for it is made leaves none that works", async () => {
    const tenant = await createTenant();
    const admin = await adminOf(tenant);
    const { id } = await make(tenant, { name: "other" });
    const [made] = await Promise.all([
      api(admin.key, "POST", "/keys", { name: "late", scopes: ["ingest"], sourceId: id }),
      api(admin.key, "DELETE", `/sources/${id}`),
    ]);
    const key = z.object({ key: z.string() }).safeParse(made.json).data?.key;
    const status = key === undefined ? made.status : (await post(key, [{ message: "a" }])).status;
    expect([400, 401]).toContain(status);
  });
});

describe("the parser's hint", () => {
  const body = '{"message":"a"}\n{"message":"b"}';
  const messages = async (hint: (typeof PARSER_HINTS)[number], headers: Record<string, string>) => {
    const tenant = await createTenant({ source: { parserHint: hint } });
    const response = await post(tenant.key, body, { headers });
    if (!response.ok) return (await problemOf(response)).code;
    await settle(tenant);
    return (await storedLogs(tenant)).map(({ message }) => message).toSorted();
  };

  const asJson = ["a", "b"];
  const asText = ['{"message":"a"}', '{"message":"b"}'];
  test.each<[(typeof PARSER_HINTS)[number], Record<string, string>, unknown]>([
    ["auto", {}, asJson],
    ["ndjson", {}, asJson],
    ["text", {}, asText],
    ["text", { "content-type": "application/octet-stream" }, asText],
    ["text", { "content-type": "application/x-www-form-urlencoded" }, asText],
    ["text", { "content-type": "application/x-ndjson" }, asJson],
    ["ndjson", { "content-type": "text/plain" }, asText],
  ])("%s, with the headers %j: the Content-Type comes first", async (hint, headers, expected) => {
    expect(await messages(hint, headers)).toEqual(expected);
  });

  test("that is changed holds within ten seconds", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, '{"message":"before"}');
    await must(Source, tenant.key, "PATCH", `/sources/${tenant.sourceId}`, {
      parserHint: "text",
      environment: "staging",
    });
    advance(CACHE_MS);
    await accepted(tenant.key, '{"message":"after"}');
    await settle(tenant);
    const logs = (await storedLogs(tenant)).map(({ message, environment }) => [message, environment]);
    expect(logs).toEqual([
      ['{"message":"after"}', "staging"],
      ["before", "production"],
    ]);
  });
});
