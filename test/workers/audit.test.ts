import "./support/bindings.ts";
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { auditLog, tenants } from "../../schema/tables/tenants.ts";
import { auditIfChanged } from "../../services/audit/record.ts";
import { Acts, actsOf, api, must } from "./support/api.ts";
import { signedIn } from "./support/auth.ts";
import { advance, stopClock } from "./support/clock.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

test("an act is on record when it changed something, and only then", async () => {
  const { scope } = await createTenant();
  const { db, tenantId } = scope;
  const rename = (from: string, to: string) =>
    db.batch([
      db
        .update(tenants)
        .set({ adminEmail: to })
        .where(and(eq(tenants.id, tenantId), eq(tenants.adminEmail, from))),
      auditIfChanged(scope, { actor: "user:1", action: "settings.changed", target: "tenant", detail: { to } }),
    ]);
  await rename("a@acme.test", "b@acme.test");
  await rename("a@acme.test", "c@acme.test");
  const rows = await db.select().from(auditLog).where(eq(auditLog.tenantId, tenantId)).all();
  expect(rows).toMatchObject([{ actor: "user:1", detail: '{"to":"b@acme.test"}', requestId: null }]);
});

/** Acts of three kinds, a minute apart, the oldest first: a setting, a key that is made, and the same key revoked. */
async function busyTenant() {
  const tenant = await createTenant();
  const admin = await signedIn(tenant, "admin");
  const begun = Date.now();
  await api(admin.accessToken, "PATCH", "/settings", { threshold: 3 });
  advance(60_000);
  const { json } = await api(tenant.key, "POST", "/keys", { name: "ci", scopes: ["read"] });
  const keyId = z.object({ id: z.string() }).parse(json).id;
  advance(60_000);
  await api(admin.accessToken, "DELETE", `/keys/${keyId}`);
  return { tenant, admin, begun, keyId };
}

const actions = async (tenant: Tenant, query = "") => (await actsOf(tenant.key, query)).map(({ action }) => action);

describe("the audit log", () => {
  test("tells who did what to what and when, newest first, and whose request it was", async () => {
    const { tenant, admin, begun, keyId } = await busyTenant();
    const [revoked, created, changed, ...more] = await actsOf(tenant.key);
    expect(revoked).toMatchObject({
      ...{ actor: `user:${admin.userId}`, actorEmail: admin.email, action: "key.revoked", target: `key:${keyId}` },
      at: begun + 120_000,
    });
    expect(created).toMatchObject({ actorEmail: null, detail: { name: "ci", scopes: "read", sourceId: null } });
    expect(changed).toMatchObject({ action: "settings.changed", at: begun, detail: { fields: "threshold" } });
    expect(more).toEqual([]);
    expect(new Set([revoked, created, changed].map((act) => act?.requestId)).size).toBe(3);
  });

  test("is narrowed by action, actor, target and time, the end of which is not in it", async () => {
    const { tenant, admin, begun, keyId } = await busyTenant();
    expect(await actions(tenant, "action=key.created")).toEqual(["key.created"]);
    expect(await actions(tenant, `actor=user:${admin.userId}`)).toEqual(["key.revoked", "settings.changed"]);
    expect(await actions(tenant, `target=key:${keyId}`)).toEqual(["key.revoked", "key.created"]);
    expect(await actions(tenant, `target=key:${keyId}&actor=user:${admin.userId}`)).toEqual(["key.revoked"]);
    expect(await actions(tenant, `from=${begun + 60_000}`)).toEqual(["key.revoked", "key.created"]);
    expect(await actions(tenant, `to=${new Date(begun + 60_000).toISOString()}`)).toEqual(["settings.changed"]);
  });

  test("comes page by page, each act once, though many are of one millisecond", async () => {
    const tenant = await createTenant();
    for (let index = 1; index <= 7; index++) await api(tenant.key, "PATCH", "/settings", { threshold: index });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${cursor}`;
      const page: z.infer<typeof Acts> = await must(Acts, tenant.key, "GET", `/audit?limit=3${query}`);
      seen.push(...page.acts.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
  });

  test("is nobody else's", async () => {
    const { tenant } = await busyTenant();
    const { tenant: other } = await busyTenant();
    const { acts, nextCursor } = await must(Acts, tenant.key, "GET", "/audit?limit=1");
    expect(nextCursor).not.toBeNull();
    const ids = new Set([...(await actsOf(tenant.key)), ...acts].map(({ id }) => id));
    const theirs = await actsOf(other.key, `cursor=${nextCursor}`);
    expect(theirs.filter(({ id }) => ids.has(id))).toEqual([]);
  });

  test.each(["action=key.stolen", "from=yesterday", "cursor=x", "limit=0"])("refuses ?%s", async (query) => {
    const { key } = await createTenant();
    expect(await api(key, "GET", `/audit?${query}`)).toMatchObject({ status: 400 });
  });

  test.each(["viewer", "member"] as const)("is not for a %s", async (role) => {
    const { accessToken } = await signedIn(await createTenant(), role);
    expect(await api(accessToken, "GET", "/audit")).toMatchObject({ status: 403, code: "forbidden" });
  });
});
