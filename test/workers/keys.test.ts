import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod";
import { SCOPES, type Scope } from "../../schema/contracts/roles.ts";
import { apiKeys } from "../../schema/tables/tenants.ts";
import { createKey as createKeyAs } from "../../services/keys/create-key.ts";
import { actsOf, api, must } from "./support/api.ts";
import { signedIn } from "./support/auth.ts";
import { advance, stopClock } from "./support/clock.ts";
import { post } from "./support/http.ts";
import { fillKeys, keysOf, makeKey, Page, withKey, works } from "./support/keys.ts";
import { createKey, createSource, createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const HOUR_MS = 3600_000;
/** A revoked key is refused everywhere within this time. */
const CACHE_MS = 10_000;

describe("a key", () => {
  test("is shown once, works at once, and is never shown again", async () => {
    const tenant = await createTenant();
    const made = await makeKey(tenant.key, { name: "ci", scopes: ["admin", "read"], expiresInDays: 2 });
    expect(made).toMatchObject({
      ...{ name: "ci", scopes: ["read", "admin"], source: null, lastUsedAt: null, revokedAt: null },
      expiresAt: Date.now() + 48 * HOUR_MS,
    });
    expect(made.key.startsWith(made.prefix)).toBe(true);
    expect(await works(made.key)).toBe(200);
    const seen = JSON.stringify([
      await keysOf(tenant.key),
      await actsOf(tenant.key),
      await tenant.scope.db.select().from(apiKeys).where(eq(apiKeys.tenantId, tenant.id)),
    ]);
    expect(seen).toContain(made.prefix);
    expect(seen).not.toContain(made.key.slice(11));
  });

  test("of a source sends for it", async () => {
    const tenant = await createTenant();
    const sourceId = await createSource(tenant.id, { name: "till" });
    const made = await makeKey(tenant.key, { name: "till", scopes: ["ingest"], sourceId });
    expect(made.source).toEqual({ id: sourceId, name: "till" });
    expect((await post(made.key, [{ message: "a" }])).status).toBe(202);
    expect(await works(made.key)).toBe(403);
  });

  test("names whoever made it, by e-mail as long as they are a member", async () => {
    const tenant = await createTenant();
    const admin = await signedIn(tenant, "admin");
    const { id } = await makeKey(admin.accessToken, { name: "ci", scopes: ["admin"] });
    const listed = (await keysOf(tenant.key)).find((key) => key.id === id);
    expect(listed).toMatchObject({ createdBy: `user:${admin.userId}`, createdByEmail: admin.email });
  });

  test("ends with its days", async () => {
    const { made } = await withKey({ expiresInDays: 1 });
    expect(await works(made.key)).toBe(200);
    advance(24 * HOUR_MS);
    expect(await works(made.key)).toBe(401);
  });

  test.each([
    ["that sends, without a source", { scopes: ["ingest"] }],
    ["that does not send, with a source", { scopes: ["read"], sourceId: crypto.randomUUID() }],
    ["that sends for a source that is not there", { scopes: ["ingest"], sourceId: crypto.randomUUID() }],
    ["without scopes", { scopes: [] }],
    ["of an unknown scope", { scopes: ["root"] }],
    ["of no days", { scopes: ["read"], expiresInDays: 0 }],
    ["of more than ten years", { scopes: ["read"], expiresInDays: 3_651 }],
    ["of a name with spaces", { scopes: ["read"], name: "a key" }],
  ])("%s is refused", async (_what, body) => {
    const tenant = await createTenant();
    expect(await api(tenant.key, "POST", "/keys", { name: "ci", ...body })).toMatchObject({
      status: 400,
      code: "invalid_query",
    });
    expect(await actsOf(tenant.key)).toEqual([]);
  });

  test("for a source of another tenant is refused", async () => {
    const tenant = await createTenant();
    const { sourceId } = await createTenant();
    const body = { name: "ci", scopes: ["ingest"], sourceId };
    expect(await api(tenant.key, "POST", "/keys", body)).toMatchObject({
      status: 400,
      detail: "sourceId: no such source",
    });
  });

  test("has a name that no other key has that works: of several at once, one is made", async () => {
    const tenant = await createTenant();
    const body = { name: "ci", scopes: ["read"] };
    const asked = await Promise.all([1, 2, 3, 4].map(() => api(tenant.key, "POST", "/keys", body)));
    expect(asked.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409]);
    const [first] = (await keysOf(tenant.key)).filter(({ name }) => name === "ci");
    expect((await api(tenant.key, "DELETE", `/keys/${first?.id}`)).status).toBe(204);
    expect((await api(tenant.key, "POST", "/keys", body)).status).toBe(201);
  });
});

describe("who may make which", () => {
  test.each<readonly Scope[]>([["read"], ["ingest"], ["ingest", "read"]])("a key of %s: none", async (...scopes) => {
    const tenant = await createTenant();
    const key = await createKey(tenant.id, { scopes, sourceId: tenant.sourceId });
    const body = { name: "ci", scopes: ["read"] };
    expect(await api(key, "POST", "/keys", body)).toMatchObject({ status: 403, code: "forbidden" });
  });

  test("a key of the scope admin: every scope, also that of sending, which it lacks", async () => {
    const tenant = await createTenant();
    const admin = await createKey(tenant.id, { scopes: ["admin"] });
    await makeKey(admin, { name: "all", scopes: SCOPES, sourceId: tenant.sourceId });
  });

  test("nobody one that may do more than they may", async () => {
    const { scope, key } = await createTenant();
    const by = {
      actor: "user:1",
      credential: "session:1",
      permissions: new Set(["keys.manage", "logs.read"] as const),
    };
    await expect(createKeyAs(scope, { name: "ci", scopes: ["admin"] }, by)).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await actsOf(key)).toEqual([]);
  });
});

describe("a credential that has just come to an end, and is remembered still, leaves no key behind:", () => {
  /** Tries to make a key, and to rotate one, with a credential that was in use until now. */
  async function afterEnding(tenant: Tenant, credential: string, end: () => Promise<unknown>): Promise<void> {
    const { id } = await makeKey(credential, { name: "before", scopes: ["read"] });
    await end();
    const before = await keysOf(tenant.key);
    const refused = { status: 403, detail: "you may not make keys any more" };
    const body = { name: "after", scopes: ["admin"] };
    expect(await api(credential, "POST", "/keys", body)).toMatchObject(refused);
    expect(await api(credential, "POST", `/keys/${id}/rotate`)).toMatchObject(refused);
    expect(await keysOf(tenant.key)).toEqual(before);
  }

  test("a key that is revoked", async () => {
    const { tenant, made } = await withKey({ scopes: ["admin"] });
    await afterEnding(tenant, made.key, () => api(tenant.key, "DELETE", `/keys/${made.id}`));
  });

  test.each([
    ["is demoted", "UPDATE users SET role = 'member' WHERE tenant_id = ?"],
    ["is removed", "DELETE FROM users WHERE tenant_id = ?"],
    ["is signed out", "UPDATE sessions SET revoked_at = 1 WHERE tenant_id = ?"],
  ])("an admin who %s", async (_what, sql) => {
    const tenant = await createTenant();
    const { accessToken } = await signedIn(tenant, "admin");
    await afterEnding(tenant, accessToken, () => env.DB.prepare(sql).bind(tenant.id).run());
  });
});

describe("a key that is revoked", () => {
  test("is refused everywhere within ten seconds, and stays in the list", async () => {
    const { tenant, made } = await withKey();
    expect(await works(made.key)).toBe(200);
    expect((await api(tenant.key, "DELETE", `/keys/${made.id}`)).status).toBe(204);
    const revokedAt = Date.now();
    advance(CACHE_MS);
    expect(await works(made.key)).toBe(401);
    expect((await keysOf(tenant.key)).find(({ id }) => id === made.id)).toMatchObject({ revokedAt });
    expect(await api(tenant.key, "DELETE", `/keys/${made.id}`)).toMatchObject({ status: 404 });
  });

  test("is one's own tenant's", async () => {
    const { made } = await withKey();
    const other = await createTenant();
    expect(await api(other.key, "DELETE", `/keys/${made.id}`)).toMatchObject({ status: 404 });
    expect(await works(made.key)).toBe(200);
  });
});

test("keys are listed newest first, page by page, and nobody else's", async () => {
  const tenant = await createTenant();
  await createTenant();
  await fillKeys(tenant, 5);
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${cursor}`;
    const page: z.infer<typeof Page> = await must(Page, tenant.key, "GET", `/keys?limit=2${query}`);
    ids.push(...page.keys.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(new Set(ids).size).toBe(5);
  expect(ids).toHaveLength(5);
});
