import "./support/bindings.ts";
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { apiKeys } from "../../schema/tables/tenants.ts";
import { noteUse } from "../../services/keys/note-use.ts";
import worker from "../../workers/index.ts";
import { actsOf, api } from "./support/api.ts";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { fillKeys, keysOf, makeKey, rotateKey, withKey, works } from "./support/keys.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A key is believed so long without a look at D1. */
const CACHE_MS = 10_000;

describe("a hundred keys", () => {
  test("are the most that work: of several made at once at the edge, one is", async () => {
    const tenant = await createTenant();
    await fillKeys(tenant, 99);
    const names = ["a", "b", "c"];
    const asked = await Promise.all(names.map((name) => api(tenant.key, "POST", "/keys", { name, scopes: ["read"] })));
    expect(asked.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    expect(asked.find(({ status }) => status === 409)?.detail).toBe("there are 100 keys that work already");
  });

  test("are rotated one by one without an overlap, but not with one", async () => {
    const tenant = await createTenant();
    const { id } = await makeKey(tenant.key, { name: "ci", scopes: ["read"] });
    await fillKeys(tenant, 99);
    expect(await api(tenant.key, "POST", `/keys/${id}/rotate`, { overlapHours: 1 })).toMatchObject({ status: 409 });
    await rotateKey(tenant.key, id, { overlapHours: 0 });
    const rows = await keysOf(tenant.key);
    expect(rows.filter(({ expiresAt }) => expiresAt === null || expiresAt > Date.now())).toHaveLength(100);
  });
});

describe("a rotation", () => {
  test("gives a key of the same name, scopes, source and lifetime; the old one goes on for a day", async () => {
    const tenant = await createTenant();
    const body = { name: "till", scopes: ["ingest", "read"], sourceId: tenant.sourceId, expiresInDays: 30 };
    const old = await makeKey(tenant.key, body);
    advance(HOUR_MS);
    const fresh = await rotateKey(tenant.key, old.id);
    const { name, scopes, source } = old;
    expect(fresh).toMatchObject({ name, scopes, source, revokedAt: null, expiresAt: Date.now() + 30 * 24 * HOUR_MS });
    expect([fresh.id, fresh.key]).not.toEqual([old.id, old.key]);
    expect([await works(old.key), await works(fresh.key)]).toEqual([200, 200]);
    advance(24 * HOUR_MS);
    expect([await works(old.key), await works(fresh.key)]).toEqual([401, 200]);
  });

  test("without an overlap ends the old key", async () => {
    const { tenant, made } = await withKey();
    const fresh = await rotateKey(tenant.key, made.id, { overlapHours: 0 });
    expect([await works(made.key), await works(fresh.key)]).toEqual([401, 200]);
  });

  test("never makes the old key live longer than it would have", async () => {
    const { tenant, made } = await withKey({ expiresInDays: 1 });
    await rotateKey(tenant.key, made.id, { overlapHours: 720 });
    const old = (await keysOf(tenant.key)).find(({ id }) => id === made.id);
    expect(old?.expiresAt).toBe(made.expiresAt);
  });

  test("by two at once gives one key, and one of them is told", async () => {
    const { tenant, made } = await withKey();
    const asked = await Promise.all([1, 2, 3].map(() => api(tenant.key, "POST", `/keys/${made.id}/rotate`)));
    expect(asked.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    expect(asked.find(({ status }) => status === 409)?.detail).toBe(
      "the key ci was rotated already: rotate the new one",
    );
    expect((await keysOf(tenant.key)).filter(({ name }) => name === "ci")).toHaveLength(2);
    expect((await actsOf(tenant.key)).filter(({ action }) => action === "key.rotated")).toHaveLength(1);
  });

  test("again, of the new key, ends every older one with the overlap", async () => {
    const { tenant, made } = await withKey();
    advance(1);
    const second = await rotateKey(tenant.key, made.id, { overlapHours: 720 });
    advance(1);
    const third = await rotateKey(tenant.key, second.id, { overlapHours: 1 });
    const listed = (await keysOf(tenant.key)).filter(({ name }) => name === "ci");
    const until = Date.now() + HOUR_MS;
    expect(listed.map(({ id, expiresAt }) => [id, expiresAt])).toEqual([
      [third.id, null],
      [second.id, until],
      [made.id, until],
    ]);
  });

  test("of a key that is revoked, or of another tenant, is refused", async () => {
    const { tenant, made } = await withKey();
    const other = await createTenant();
    const asked = () => api(tenant.key, "POST", `/keys/${made.id}/rotate`);
    expect(await api(other.key, "POST", `/keys/${made.id}/rotate`)).toMatchObject({ status: 404 });
    await api(tenant.key, "DELETE", `/keys/${made.id}`);
    expect(await asked()).toMatchObject({ status: 404, detail: "the key does not work any more" });
  });

  test.each([-1, 0.5, 721])("with an overlap of %s hours is refused", async (overlapHours) => {
    const { tenant, made } = await withKey();
    expect(await api(tenant.key, "POST", `/keys/${made.id}/rotate`, { overlapHours })).toMatchObject({ status: 400 });
  });
});

describe("the last use of a key", () => {
  const usedAt = async (keyId: string) =>
    (await drizzle(env.DB).select({ at: apiKeys.lastUsedAt }).from(apiKeys).where(eq(apiKeys.id, keyId)).get())?.at;

  /** A request, and what comes after its answer. */
  async function use(key: string): Promise<number> {
    const context = createExecutionContext();
    const headers = { "x-api-key": key };
    const request = new Request<unknown, IncomingRequestCfProperties>("http://log0.test/api/v1/incidents", { headers });
    const { status } = await worker.fetch(request, env, context);
    await waitOnExecutionContext(context);
    return status;
  }

  test("is noted with the first request, and then at most every five minutes", async () => {
    const { made } = await withKey();
    const first = Date.now();
    expect(await use(made.key)).toBe(200);
    expect(await usedAt(made.id)).toBe(first);
    advance(CACHE_MS);
    expect(await use(made.key)).toBe(200);
    expect(await usedAt(made.id)).toBe(first);
    advance(5 * MINUTE_MS);
    expect(await use(made.key)).toBe(200);
    expect(await usedAt(made.id)).toBe(Date.now());
  });

  test("is noted though the request is refused, and not of a key that is refused itself", async () => {
    const { tenant, made } = await withKey({ expiresInDays: 1 });
    const sends = await makeKey(tenant.key, { name: "till", scopes: ["ingest"], sourceId: tenant.sourceId });
    expect(await use(sends.key)).toBe(403);
    expect(await usedAt(sends.id)).toBe(Date.now());
    advance(24 * HOUR_MS);
    expect(await use(made.key)).toBe(401);
    expect(await usedAt(made.id)).toBeNull();
  });

  test("is noted once in five minutes, whatever the number of isolates", async () => {
    const { tenant, made } = await withKey();
    const noted = Date.now() - MINUTE_MS;
    const mine = and(eq(apiKeys.tenantId, tenant.id), eq(apiKeys.id, made.id));
    await tenant.scope.db.update(apiKeys).set({ lastUsedAt: noted }).where(mine);
    await noteUse(tenant.platform, tenant.id, made.id);
    expect(await usedAt(made.id)).toBe(noted);
    expect(noteUse(tenant.platform, tenant.id, made.id)).toBeUndefined();
    advance(5 * MINUTE_MS);
    await noteUse(tenant.platform, tenant.id, made.id);
    expect(await usedAt(made.id)).toBe(Date.now());
  });

  test("that cannot be written fails no request", async () => {
    const { made } = await withKey();
    const fault = fail("db", 'update "api_keys" set "last_used_at"');
    expect(await use(made.key)).toBe(200);
    expect(fault.tripped).toBe(1);
    expect(await usedAt(made.id)).toBeNull();
  });
});
