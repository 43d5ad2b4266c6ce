import "./support/bindings.ts";
import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { monthEnd } from "../../core/limits/ledger.ts";
import type { Plan } from "../../schema/contracts/plans.ts";
import { usageDays } from "../../schema/tables/tenants.ts";
import { advance, setClock, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { post, storedLogs } from "./support/http.ts";
import { fieldOf, limitsOf, settleLedger } from "./support/limits.ts";
import { settle } from "./support/pipeline.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(repair);

const FREE = 50_000_000;
/** What one character of a message stands for beside itself, in service checkout and environment production. */
const FRAME = 100 + "checkout".length + "production".length;

/** A tenant whose stores have counted so much this month, of which its object knows. */
async function tenantWith(storedBytes: number, plan: Plan = "free"): Promise<Tenant> {
  const tenant = await createTenant({ plan });
  await countStored(tenant, storedBytes);
  await settleLedger(tenant);
  return tenant;
}

/** The stores' count of today: absolute. */
async function countStored(tenant: Tenant, bytes: number): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const counts = { events: 1, bytes, chunks: 1, requests: 1 };
  await tenant.scope.db
    .insert(usageDays)
    .values({ tenantId: tenant.id, day, sourceId: tenant.sourceId, shard: 0, ...counts })
    .onConflictDoUpdate({
      target: [usageDays.tenantId, usageDays.day, usageDays.sourceId, usageDays.shard],
      set: { bytes },
    });
}

/** Sends one log that counts as so many bytes. */
const send = (tenant: Tenant, bytes: number) => post(tenant.key, { message: "x".repeat(bytes - FRAME) });

const Refusal = z.object({
  code: z.literal("quota_exceeded"),
  detail: z.string(),
  plan: z.string(),
  usedBytes: z.number(),
  limitBytes: z.number(),
  resetsAt: z.string(),
  nextPlan: z.object({ name: z.string(), bytesPerMonth: z.number() }).nullable(),
});

async function refusalOf(response: Response) {
  expect(response.status).toBe(429);
  return Refusal.parse(await response.json());
}

describe("a month's quota", () => {
  test("admits to the byte, a request whole or not at all, and keeps nothing of a refused one", async () => {
    const tenant = await tenantWith(FREE - 10_000);
    expect((await send(tenant, 6_000)).status).toBe(202);
    await refusalOf(await send(tenant, 4_001));
    expect((await send(tenant, 3_000)).status).toBe(202);
    const exact = await send(tenant, 1_000);
    expect(exact.status).toBe(202);
    expect(fieldOf(exact, "RateLimit").month?.r).toBe(0);
    await refusalOf(await send(tenant, FRAME + 1));
    await settle(tenant);
    expect((await storedLogs(tenant)).map(({ message }) => message.length + FRAME).sort()).toEqual([
      ...[1_000, 3_000, 6_000],
    ]);
  });

  test("that is used up is said with plan, use, limit, the day it starts anew, and the way up", async () => {
    const tenant = await tenantWith(FREE);
    const response = await send(tenant, 5_000);
    expect(Number(response.headers.get("retry-after"))).toBeLessThanOrEqual(3_600);
    expect(fieldOf(response, "RateLimit-Policy").month).toMatchObject({ q: FREE, qu: "content-bytes" });
    const anew = new Date(monthEnd(Date.now()));
    const refusal = await refusalOf(response);
    expect(refusal).toMatchObject({
      ...{ plan: "free", usedBytes: FREE, limitBytes: FREE, resetsAt: anew.toISOString() },
      nextPlan: { name: "starter", bytesPerMonth: 5_000_000_000 },
    });
    expect(refusal.detail).toContain("50 MB");
    expect(refusal.detail).toContain(anew.toISOString().slice(0, 10));
  });

  test("grows at once with the plan", async () => {
    const tenant = await tenantWith(FREE);
    await refusalOf(await send(tenant, 5_000));
    await env.DB.prepare("UPDATE tenants SET plan = 'starter' WHERE id = ?").bind(tenant.id).run();
    // The key is remembered for ten seconds.
    advance(10_001);
    const response = await send(tenant, 5_000);
    expect(response.status).toBe(202);
    expect(fieldOf(response, "RateLimit-Policy").month?.q).toBe(5_000_000_000);
  });

  test("outlives the object", async () => {
    const tenant = await tenantWith(FREE - 10_000);
    await send(tenant, 8_000);
    await evictDurableObject(limitsOf(tenant));
    await refusalOf(await send(tenant, 2_001));
  });

  test("is not taken from a tenant by what isolates lose: two hours later it is what was stored", async () => {
    const tenant = await tenantWith(FREE);
    await refusalOf(await send(tenant, 5_000));
    // All that was granted but 1 MB was never used: the stores say so.
    await countStored(tenant, FREE - 1_000_000);
    advance(2 * 60 * 60_000);
    expect((await send(tenant, 5_000)).status).toBe(202);
  });

  test("starts anew with the month", async () => {
    const tenant = await tenantWith(FREE);
    await refusalOf(await send(tenant, 5_000));
    setClock(monthEnd(Date.now()) + 60_000);
    expect((await send(tenant, 5_000)).status).toBe(202);
  });
});

describe("what cannot be asked", () => {
  test("an object that does not answer loses no logs: they are let through, and counted when they are stored", async () => {
    const tenant = await tenantWith(FREE - 1_000);
    fail("limits", tenant.id);
    expect((await send(tenant, 9_000)).status).toBe(202);
    repair();
    await countStored(tenant, FREE + 8_000);
    advance(10 * 60_000);
    await refusalOf(await send(tenant, 5_000));
  });

  test("without D1 the ledger stays as it is", async () => {
    const tenant = await createTenant({ plan: "free" });
    expect((await send(tenant, 5_000)).status).toBe(202);
    fail("db", "usage_days");
    const never = { limit: FREE, want: 1, atLeast: FREE + 1 };
    expect(await limitsOf(tenant).leaseBytes(tenant.id, never)).toMatchObject({ granted: 0, remaining: FREE - 50_000 });
  });
});
