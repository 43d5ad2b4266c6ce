import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { WINDOWS_END_MS } from "../../core/tenants/deletion.ts";
import { accounts, passwordResets, refreshTokens, sessions } from "../../schema/tables/accounts.ts";
import { users } from "../../schema/tables/tenants.ts";
import { startSession } from "../../services/auth/start-session.ts";
import { saveInstall } from "../../services/slack/save-install.ts";
import { TENANT_TABLES } from "../../services/tenants/deletion/places.ts";
import { signedIn } from "./support/auth.ts";
import { objects } from "./support/bindings.ts";
import { withChannel } from "./support/channels.ts";
import { advance, stopClock } from "./support/clock.ts";
import {
  deleted,
  deletionOf,
  everythingOf,
  fillTables,
  MINUTE_MS,
  nothingOf,
  request,
  sweepOnce,
  sweepToTheEnd,
  sweepUntil,
  tablesOf,
} from "./support/deletion.ts";
import { crashAt, fail, repair } from "./support/faults.ts";
import { burst, fingerprintOf, merged } from "./support/grouping.ts";
import { accepted, call, incidentsOf, post, problemOf } from "./support/http.ts";
import { tailAlarm, watch } from "./support/live-tail.ts";
import { events, noise } from "./support/logs.ts";
import { exhaust, messagesAt, restart, settle, storeOf, windowsOf } from "./support/pipeline.ts";
import { queued } from "./support/queues.ts";
import { allLogs, flush } from "./support/segments.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

/** Outlives the tenant. */
const KEPT = "tenant_deletions";

const db = () => drizzle(env.DB);

function ask(member: { accessToken: string }, method: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${member.accessToken}`, "content-type": "application/json" };
  return call("/api/v1/tenant", { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

/** A request so large that it goes by way of R2. */
async function spool(tenant: Tenant): Promise<void> {
  await accepted(
    tenant.key,
    Array.from({ length: 90 }, () => ({ message: noise(9_900) })),
  );
}

/** A tenant with everything that a tenant can have, everywhere. */
async function furnished(): Promise<Tenant> {
  const tenant = await createTenant();
  await withChannel(tenant, "webhook");
  const install = { kind: "token", teamId: "T1", teamName: "own", botUserId: "U", botToken: "xoxb-1-2" } as const;
  await saveInstall(tenant.scope, { ...install, signingSecret: "0".repeat(32), actor: "operator" });
  await burst(tenant, "payment was refused after", 12);
  await burst(tenant, "gateway did not answer for", 12);
  const [one, other] = [await fingerprintOf(tenant, "payment"), await fingerprintOf(tenant, "gateway")];
  await merged(tenant, one, other);
  await flush(tenant, events(20, { message: "disk is full since" }));
  await accepted(tenant.key, events(3));
  const [message] = await messagesAt("normalized-logs", tenant);
  if (message === undefined) throw new Error("no message");
  fail("store", tenant.id);
  await exhaust("normalized-logs", message);
  repair();
  await burst(tenant, "hot line of", 12);
  await spool(tenant);
  await signedIn(tenant, "owner");
  await fillTables(tenant);
  return tenant;
}

describe("a tenant that is deleted", () => {
  test("is gone everywhere, and its neighbour with the same data has all of its own", async () => {
    const tenant = await furnished();
    const neighbour = await furnished();
    const owner = await signedIn(tenant, "owner");
    const client = await watch(tenant);
    const before = await everythingOf(tenant);
    for (const [name, rows] of Object.entries(before.rows)) expect(rows, name).not.toEqual([]);
    expect(before.windows.length).toBeGreaterThan(1);
    expect(before.single).toEqual({ liveTail: expect.any(Number), limits: expect.any(Number) });
    expect(new Set(before.objects.map(([key = ""]) => key.split("/")[0]))).toEqual(
      new Set(["logs", "dead-letters", "spool"]),
    );
    const theirs = await everythingOf(neighbour);
    const logs = await allLogs(neighbour);

    expect((await ask(owner, "DELETE", { confirm: tenant.name })).status).toBe(202);
    await sweepUntil(tenant, "idle");
    await client.isClosed(4401, /deleted/);
    expect(nothingOf(await everythingOf(tenant))).toBe(true);

    const proof = await sweepToTheEnd(tenant);
    expect(proof.found.stores).toEqual({ asked: 1, holding: 0 });
    expect(proof.found.objects).toEqual({ liveTail: 0, limits: 0 });
    expect(Object.keys(proof.found.rows).sort()).toEqual([...TENANT_TABLES, "tenants"].sort());
    expect([...Object.values(proof.found.rows), ...Object.values(proof.found.bucket)].some((count) => count > 0)).toBe(
      false,
    );
    expect(proof.removed.windows).toBeGreaterThanOrEqual(before.windows.length);
    expect(proof.removed).toMatchObject({ stores: 1, objects: 2, keys: before.objects.length, accounts: 2 });
    expect(proof.provenAt).toBeGreaterThanOrEqual(proof.windowsEndedBy);
    expect(await deletionOf(tenant)).toMatchObject({ step: "done", name: tenant.name, actor: `user:${owner.userId}` });
    expect(JSON.stringify(await deletionOf(tenant))).not.toContain("@");

    expect(await everythingOf(neighbour)).toEqual(theirs);
    expect(await allLogs(neighbour)).toEqual(logs);
  });

  test("lets nobody in after ten seconds, and closes its sockets after fifteen", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const client = await watch(tenant);
    await request(tenant);
    advance(10_001);
    expect((await post(tenant.key, { message: "m" })).status).toBe(401);
    expect((await ask(owner, "GET")).status).toBe(401);
    advance(5_000);
    await tailAlarm(tenant);
    await client.isClosed(4403, /suspended/);
  });

  test("loses nothing in the first minute: requests are under way", async () => {
    const tenant = await createTenant();
    await burst(tenant, "line of", 12);
    await request(tenant);
    advance(59_000);
    await sweepOnce();
    expect(await deletionOf(tenant)).toMatchObject({ step: "caches" });
    expect(await storeOf(tenant).held()).toBeGreaterThan(0);
    advance(1_000);
    await sweepOnce();
    expect((await deletionOf(tenant)).step).not.toBe("caches");
  });

  test("leaves its name to a new tenant at once, which has its own data only", async () => {
    const old = await createTenant();
    await burst(old, "old line of", 12);
    await request(old);
    const heir = await createTenant();
    await env.DB.prepare("UPDATE tenants SET name = ? WHERE id = ?").bind(old.name, heir.id).run();
    await burst(heir, "new line of", 12);
    const theirs = await everythingOf(heir);
    await sweepToTheEnd(old);
    expect(await everythingOf(heir)).toEqual(theirs);
    expect(await allLogs(heir)).toHaveLength(12);
    expect(await incidentsOf(heir)).toHaveLength(1);
    // And may go itself, under the same name.
    await requestDeletionOf(heir, old.name);
    await sweepToTheEnd(heir);
    expect(nothingOf(await everythingOf(heir))).toBe(true);
  });

  test("with 12,000 rows in one table goes in portions, and what is gone stays so", async () => {
    const tenant = await createTenant();
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
       INSERT INTO outbox (id, tenant_id, queue, body, created_at) SELECT ?1 || i, ?1, 'jobs', '{}', 0 FROM n`,
    )
      .bind(tenant.id)
      .run();
    const count = () =>
      env.DB.prepare("SELECT count(*) AS n FROM outbox WHERE tenant_id = ?").bind(tenant.id).first<number>("n");
    await request(tenant);
    fail("db", 'DELETE FROM "outbox"');
    advance(MINUTE_MS);
    await expect(sweepOnce()).rejects.toThrow();
    expect(await count()).toBe(12_000);
    repair();
    // Some tables before it, then several portions, each with its record.
    crashAt(24, "before");
    advance(3 * MINUTE_MS);
    await expect(sweepOnce()).rejects.toThrow();
    const left = await count();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(10_000);
    repair();
    const { removed } = await sweepToTheEnd(tenant);
    expect(await count()).toBe(0);
    expect(removed.rows).toBeGreaterThanOrEqual(12_000);
  });

  test("ends though others have spooled on more days than one turn goes through", async () => {
    const tenant = await createTenant();
    const days = Array.from({ length: 25 }, (_, n) => `spool/2025-01-${String(n + 1).padStart(2, "0")}`);
    const theirs = days.map((day) => `${day}/${crypto.randomUUID()}/1`);
    for (const key of [...theirs, `${days.at(-1)}/${tenant.id}/1`]) await env.BUCKET.put(key, "spooled");
    const { removed } = await deleted(tenant);
    expect(removed.keys).toBe(1);
    expect((await env.BUCKET.list({ prefix: "spool/2025-01" })).objects.map(({ key }) => key)).toEqual(theirs);
    await env.BUCKET.delete(theirs);
  });

  test("is counted no more by a request that was under way", async () => {
    const tenant = await createTenant();
    const limits = objects.limits.getByName(tenant.id);
    const lease = () => limits.leaseBytes(tenant.id, { limit: 1_000, want: 10, atLeast: 1 });
    await lease();
    expect(await limits.held()).toBeGreaterThan(0);
    await limits.wipe();
    expect((await lease()).granted).toBe(10);
    expect(await limits.held()).toBe(0);
  });

  test("has all of its stores wiped, also those of shards that it has no more", async () => {
    const tenant = await createTenant({ shards: 3 });
    for (let n = 0; n < 12; n++) await accepted(tenant.key, events(1));
    await settle(tenant, 3);
    const held = () => Promise.all([0, 1, 2].map((shard) => storeOf(tenant, shard).held()));
    const kept = (await held()).filter((count) => count > 0).length;
    expect(kept).toBeGreaterThan(1);
    await fillTables(tenant);
    await env.DB.batch([
      env.DB.prepare("UPDATE tenants SET shards = 1 WHERE id = ?").bind(tenant.id),
      env.DB.prepare("UPDATE segments SET shard = 2 WHERE tenant_id = ?").bind(tenant.id),
    ]);
    const { found } = await deleted(tenant);
    expect(found.stores).toEqual({ asked: 3, holding: 0 });
    expect(await held()).toEqual([0, 0, 0]);
  });
});

async function requestDeletionOf(tenant: Tenant, name: string): Promise<void> {
  await request({ ...tenant, name });
}

describe("what a tenant's deletion finds", () => {
  test("is every table with a tenant_id, as the database has them", async () => {
    const found = (await tablesOf()).filter(({ name, columns }) => columns.includes("tenant_id") && name !== KEPT);
    expect(found.map(({ name }) => name)).toEqual(TENANT_TABLES);
  });

  test("is all that tables hold of tenants: of the others it is known why they need no tenant_id", async () => {
    const others = (await tablesOf()).filter(({ columns }) => !columns.includes("tenant_id"));
    expect(others.map(({ name }) => name)).toEqual([
      "accounts", // People, who belong to no tenant: accounts.ts.
      "bucket_sweeps", // Of the platform.
      "d1_migrations",
      "password_resets", // Of people.
      "refresh_tokens", // Of sessions: accounts.ts.
      "sign_in_attempts", // Hashes, for hours.
      "tenants", // By its own id: rows.ts.
    ]);
  });

  test("sends it back when something has come back: an object in R2, rows, a store", async () => {
    const tenant = await createTenant();
    await burst(tenant, "line of", 12);
    await request(tenant);
    await sweepUntil(tenant, "idle");
    const { silentSince } = z
      .object({ silentSince: z.number() })
      .parse(JSON.parse((await deletionOf(tenant)).cursor ?? ""));

    await env.BUCKET.put(`logs/${tenant.id}/2026/01/01/late.parquet`, "late");
    await fillTables(tenant);
    advance(silentSince + WINDOWS_END_MS - Date.now());
    await sweepOnce();
    const proof = await sweepToTheEnd(tenant);
    expect(proof.silentSince).toBe(silentSince);
    expect(nothingOf(await everythingOf(tenant))).toBe(true);
  });

  test("waits a day again after a store that had come back: it may have told windows", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    const [late] = await messagesAt("normalized-logs", tenant);
    if (!(late?.body instanceof ArrayBuffer)) throw new Error("no envelope");
    await request(tenant);
    await sweepUntil(tenant, "idle");
    const before = (await deletionOf(tenant)).cursor;
    // Past the consumer's check, as in an outage of D1: the object began anew, and knows nothing of its end.
    await restart(storeOf(tenant));
    await storeOf(tenant).append(tenant.id, 0, [new Uint8Array(late.body)]);
    expect(await storeOf(tenant).held()).toBeGreaterThan(0);
    advance(WINDOWS_END_MS);
    await sweepOnce();
    await sweepUntil(tenant, "idle");
    expect((await deletionOf(tenant)).cursor).not.toBe(before);
    const proof = await sweepToTheEnd(tenant);
    expect(proof.silentSince).toBeGreaterThan(JSON.parse(before ?? "{}").silentSince + WINDOWS_END_MS - 1);
    expect(await storeOf(tenant).held()).toBe(0);
  });
});

describe("windows", () => {
  test("that nobody can name end at their own alarm, and say nothing more", async () => {
    const tenant = await createTenant();
    await burst(tenant, "line of", 12);
    const [window] = windowsOf(tenant);
    if (window === undefined) throw new Error("no window");
    await request(tenant);
    advance(16_000);
    expect(await runDurableObjectAlarm(window)).toBe(true);
    expect(await window.held()).toBe(0);
    expect(queued("incident-events", tenant.id)).toEqual([]);
  });

  test("of incidents are wiped, though no store knows them any more", async () => {
    const tenant = await createTenant();
    await burst(tenant, "line of", 12);
    const [window] = windowsOf(tenant);
    await storeOf(tenant).wipe();
    expect(await window?.held()).toBeGreaterThan(0);
    await request(tenant);
    await sweepUntil(tenant, "idle");
    expect(await window?.held()).toBe(0);
  });

  test("below the threshold are named by their store", async () => {
    const tenant = await createTenant({ settings: { threshold: 100 }, shards: 2 });
    await accepted(tenant.key, events(3));
    await settle(tenant, 2);
    const [window] = windowsOf(tenant);
    expect(await window?.held()).toBeGreaterThan(0);
    expect(await incidentsOf(tenant)).toEqual([]);
    await request(tenant);
    await sweepUntil(tenant, "idle");
    expect(await window?.held()).toBe(0);
  });

  test("more than a page of them are all wiped", async () => {
    const tenant = await createTenant({ settings: { threshold: 1_000 }, shards: 2 });
    const letters = (n: number) =>
      `${String.fromCharCode(97 + (n % 26))}${String.fromCharCode(97 + Math.floor(n / 26))}`;
    const lines = Array.from({ length: 120 }, (_, n) => ({ message: `reason ${letters(n)}`, level: "ERROR" }));
    await accepted(tenant.key, lines);
    await settle(tenant, 2);
    const windows = windowsOf(tenant);
    expect(windows.length).toBeGreaterThan(110);
    await request(tenant);
    await sweepUntil(tenant, "idle");
    expect(new Set(await Promise.all(windows.map((window) => window.held())))).toEqual(new Set([0]));
  });
});

describe("people", () => {
  /** An account that is a member of both. */
  async function shared(one: Tenant, other: Tenant): Promise<Awaited<ReturnType<typeof signedIn>>> {
    const member = await signedIn(one, "owner");
    const { accountId, email } = member;
    await db()
      .insert(users)
      .values({ id: crypto.randomUUID(), tenantId: other.id, email, role: "viewer", accountId, createdAt: 1 });
    await startSession(one.platform, { accountId, tenantId: other.id, method: "password", device: "" });
    return member;
  }

  async function traces(accountId: string) {
    const own = await db().select({ id: sessions.id }).from(sessions).where(eq(sessions.accountId, accountId));
    const tokens = await db().select({ sessionId: refreshTokens.sessionId }).from(refreshTokens);
    return {
      accounts: (await db().select().from(accounts).where(eq(accounts.id, accountId))).length,
      sessions: own.length,
      tokens: tokens.filter(({ sessionId }) => own.some(({ id }) => id === sessionId)).length,
      resets: (await db().select().from(passwordResets).where(eq(passwordResets.accountId, accountId))).length,
    };
  }

  const reset = (accountId: string) =>
    db().insert(passwordResets).values({ hash: crypto.randomUUID(), accountId, createdAt: 1, expiresAt: 2 });

  test("who are members nowhere else go, with sessions, tokens and resets; the others stay", async () => {
    const [tenant, other] = [await createTenant(), await createTenant()];
    const lonely = await signedIn(tenant, "member");
    const both = await shared(tenant, other);
    for (const { accountId } of [lonely, both]) await reset(accountId);
    const tokens = async () => (await db().select().from(refreshTokens)).length;
    const before = await tokens();
    await deleted(tenant);
    expect(await traces(lonely.accountId)).toEqual({ accounts: 0, sessions: 0, tokens: 0, resets: 0 });
    expect(await traces(both.accountId)).toEqual({ accounts: 1, sessions: 1, tokens: 1, resets: 1 });
    // Those of the lonely one, and the other's for this tenant.
    expect(await tokens()).toBe(before - 2);
  });

  test("who are members of two tenants that both go, go with the second", async () => {
    const [tenant, other] = [await createTenant(), await createTenant()];
    const both = await shared(tenant, other);
    await request(tenant);
    await request(other);
    await Promise.all([sweepToTheEnd(tenant)]);
    await sweepToTheEnd(other);
    expect(await traces(both.accountId)).toEqual({ accounts: 0, sessions: 0, tokens: 0, resets: 0 });
  });

  test("have their sessions revoked at once", async () => {
    const tenant = await createTenant();
    await signedIn(tenant, "owner");
    await request(tenant);
    const [session] = await db().select().from(sessions).where(eq(sessions.tenantId, tenant.id));
    expect(session?.revokedAt).toBe(Date.now());
  });
});

describe("the request", () => {
  test("shows the tenant first: its plan and state, and one's role", async () => {
    const tenant = await createTenant();
    const member = await signedIn(tenant, "viewer");
    const shown = {
      id: tenant.id,
      name: tenant.name,
      plan: "starter",
      status: "active",
      createdAt: expect.any(Number),
    };
    expect(await (await ask(member, "GET")).json()).toEqual({ ...shown, role: "viewer" });
    const byKey = await call("/api/v1/tenant", { headers: { "x-api-key": tenant.key } });
    expect(await byKey.json()).toEqual({ ...shown, role: null });
  });

  test("is the owner's alone", async () => {
    const tenant = await createTenant();
    for (const role of ["admin", "member", "viewer"] as const) {
      expect((await ask(await signedIn(tenant, role), "DELETE", { confirm: tenant.name })).status).toBe(403);
    }
    const headers = { "x-api-key": tenant.key, "content-type": "application/json" };
    const byKey = await call("/api/v1/tenant", { method: "DELETE", headers, body: `{"confirm":"${tenant.name}"}` });
    expect(byKey.status).toBe(403);
  });

  test.each([
    { name: "another name", body: { confirm: "other" } },
    { name: "no name", body: {} },
    { name: "nothing", body: undefined },
  ])("with $name changes nothing: 400", async ({ body }) => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const { rows } = await everythingOf(tenant);
    const response = await ask(owner, "DELETE", body);
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({ code: "invalid_query" });
    expect((await everythingOf(tenant)).rows).toEqual(rows);
    await expect(deletionOf(tenant)).rejects.toThrow("no deletion");
  });

  test("is made once: of two at once one wins, and later there is nobody who could ask", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    const responses = await Promise.all([1, 2].map(() => ask(owner, "DELETE", { confirm: tenant.name })));
    expect(responses.map((response) => response.status).sort()).toEqual([202, 409]);
    const winner = responses.find((response) => response.status === 202);
    expect(await winner?.json()).toEqual({
      tenantId: tenant.id,
      step: "caches",
      requestedAt: Date.now(),
      finishedAt: null,
    });
    advance(30_001);
    expect((await ask(owner, "DELETE", { confirm: tenant.name })).status).toBe(401);
    await sweepToTheEnd(tenant);
    await expect(request(tenant)).rejects.toMatchObject({ code: "not_found" });
  });

  test("is on record, with who asked", async () => {
    const tenant = await createTenant();
    const owner = await signedIn(tenant, "owner");
    await ask(owner, "DELETE", { confirm: tenant.name });
    const { results } = await env.DB.prepare("SELECT actor, action, target FROM audit_log WHERE tenant_id = ?")
      .bind(tenant.id)
      .all();
    expect(results).toEqual([{ actor: `user:${owner.userId}`, action: "tenant.deletion-requested", target: "tenant" }]);
  });
});
