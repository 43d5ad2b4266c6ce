import "./support/segments.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { dayOf } from "../../core/usage/days.ts";
import { PLAN_LIMITS } from "../../schema/contracts/plans.ts";
import { retainSegments } from "../../services/logs/retain-segments.ts";
import { saveUsage } from "../../services/usage/save-usage.ts";
import { advance, setClock, stopClock } from "./support/clock.ts";
import { repair } from "./support/faults.ts";
import { accepted, call, problemOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { DAY_MS, flush, indexOf, platform } from "./support/segments.ts";
import { createKey, createSource, createTenant, type Tenant } from "./support/tenant.ts";
import { askUsage, bytesOf, pushUsage } from "./support/usage.ts";

beforeAll(stopClock);
afterEach(repair);

/** The tenth of a month, at noon. */
function tenth(): void {
  const now = new Date();
  setClock(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 10, 12));
}

const daysAgo = (days: number) => dayOf(Date.now() - days * DAY_MS);

function changePlan(tenant: Tenant, plan: string): Promise<unknown> {
  return env.DB.prepare("UPDATE tenants SET plan = ? WHERE id = ?").bind(plan, tenant.id).run();
}

/** Two sources that have sent on two days, and one shard more. */
async function used() {
  tenth();
  const tenant = await createTenant({ plan: "starter", source: { name: "first" } });
  const second = await createSource(tenant.id, { name: "second" });
  const row = (day: string, sourceId: string, chunks: number) => ({
    ...{ day, sourceId, chunks },
    ...{ events: chunks * 100, bytes: chunks * 30_000, requests: chunks * 2 },
  });
  await saveUsage(tenant.scope, 0, [row(daysAgo(1), tenant.sourceId, 1), row(daysAgo(0), tenant.sourceId, 2)]);
  await saveUsage(tenant.scope, 0, [row(daysAgo(0), second, 4), row(daysAgo(20), second, 8)]);
  await saveUsage(tenant.scope, 1, [row(daysAgo(0), second, 16)]);
  return { tenant, second };
}

const counts = (chunks: number) => ({ events: chunks * 100, bytes: chunks * 30_000, chunks, requests: chunks * 2 });

describe("GET /api/v1/usage", () => {
  test("tells per day and source what was stored this month", async () => {
    const { tenant, second } = await used();
    const usage = await askUsage(tenant);
    expect(usage).toMatchObject({ from: `${daysAgo(0).slice(0, 7)}-01`, to: daysAgo(0), total: counts(23) });
    expect(usage.rows).toHaveLength(3);
    expect(usage.rows).toEqual(
      expect.arrayContaining([
        { day: daysAgo(1), sourceId: tenant.sourceId, name: "first", deleted: false, ...counts(1) },
        { day: daysAgo(0), sourceId: tenant.sourceId, name: "first", deleted: false, ...counts(2) },
        { day: daysAgo(0), sourceId: second, name: "second", deleted: false, ...counts(20) },
      ]),
    );
  });

  test("adds up by day or by source", async () => {
    const { tenant, second } = await used();
    expect((await askUsage(tenant, "by=day")).rows).toEqual([
      { day: daysAgo(1), ...counts(1) },
      { day: daysAgo(0), ...counts(22) },
    ]);
    const bySource = await askUsage(tenant, `by=source&from=${daysAgo(20)}`);
    expect(bySource.rows.find(({ sourceId }) => sourceId === second)).toMatchObject(counts(28));
    expect(bySource.rows.find(({ sourceId }) => sourceId === tenant.sourceId)).toMatchObject(counts(3));
    expect(bySource.total).toEqual(counts(31));
  });

  test("counts the first and the last day that are asked for", async () => {
    const { tenant } = await used();
    const of = async (from: number, to: number) =>
      (await askUsage(tenant, `from=${daysAgo(from)}&to=${daysAgo(to)}`)).total.chunks;
    expect(await of(1, 1)).toBe(1);
    expect(await of(20, 1)).toBe(9);
    expect(await of(19, 2)).toBe(0);
  });

  test("measures the present month against the plan, whatever days are asked for", async () => {
    const { tenant } = await used();
    const { plan } = await askUsage(tenant, `from=${daysAgo(20)}&to=${daysAgo(20)}`);
    const now = new Date();
    expect(plan).toEqual({
      plan: "starter",
      month: daysAgo(0).slice(0, 7),
      limitBytes: 5_000_000_000,
      usedBytes: 23 * 30_000,
      percent: 0,
      resetsAt: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString(),
      sources: { used: 2, limit: 3 },
      retentionDays: 30,
    });
    await changePlan(tenant, "free");
    const { plan: smaller } = await askUsage(tenant);
    expect(smaller).toMatchObject({ plan: "free", limitBytes: 50_000_000, percent: 1.4, retentionDays: 7 });
  });

  test("begins a new month with nothing used", async () => {
    const { tenant } = await used();
    setClock(Date.parse((await askUsage(tenant)).plan.resetsAt) - 1);
    expect((await askUsage(tenant)).plan.usedBytes).toBe(690_000);
    advance(1);
    expect((await askUsage(tenant)).plan).toMatchObject({ usedBytes: 0, percent: 0, month: daysAgo(0).slice(0, 7) });
  });

  test("keeps what a source has used when it is deleted, and says so", async () => {
    const { tenant, second } = await used();
    const before = await askUsage(tenant);
    await env.DB.prepare("UPDATE sources SET deleted_at = ? WHERE id = ?").bind(Date.now(), second).run();
    const after = await askUsage(tenant);
    expect(after.total).toEqual(before.total);
    expect(after.plan.usedBytes).toBe(before.plan.usedBytes);
    expect(after.plan.sources.used).toBe(1);
    expect(after.rows.filter((row) => row.deleted).map((row) => row.name)).toEqual(["second"]);
  });

  test("shows no other tenant's usage, also of a source with the same id", async () => {
    const { tenant } = await used();
    const other = await createTenant();
    await saveUsage(other.scope, 0, [{ day: daysAgo(0), sourceId: tenant.sourceId, ...counts(3) }]);
    expect((await askUsage(tenant)).total).toEqual(counts(23));
    const seen = await askUsage(other);
    expect(seen.total).toEqual(counts(3));
    expect(seen.rows).toEqual([expect.objectContaining({ name: null, deleted: false })]);
  });

  test("is what was sent, once the stores have told it, and what lies in R2", async () => {
    tenth();
    const tenant = await createTenant();
    await flush(tenant, events(10));
    await accepted(tenant.key, events(5));
    await pushUsage(tenant);
    const usage = await askUsage(tenant);
    const bytes = bytesOf(events(10)) + bytesOf(events(5));
    expect(usage.total).toMatchObject({ events: 15, bytes, requests: 2 });
    expect(usage.plan.usedBytes).toBe(bytes);
    const stored = await env.BUCKET.list({ prefix: `logs/${tenant.id}/` });
    const size = stored.objects.reduce((sum, object) => sum + object.size, 0);
    expect(usage.stored).toEqual({ bytes: size, rawBytes: bytesOf(events(10)), logs: 10, segments: 1 });
  });

  test.each(["ingest", "read", "admin"] as const)("with a key of scope %s is as its permissions say", async (scope) => {
    const tenant = await createTenant();
    const key = await createKey(tenant.id, { scopes: [scope] });
    const response = await call("/v1/usage", { headers: { "x-api-key": key } });
    expect(response.status).toBe(scope === "ingest" ? 403 : 200);
    await response.text();
  });

  test.each([
    "from=2026-02-30",
    "from=yesterday",
    "from=2026-02-02&to=2026-02-01",
    "from=2024-01-01&to=2026-01-01",
    "by=key",
  ])("refuses %s", async (query) => {
    const tenant = await createTenant();
    const response = await call(`/api/v1/usage?${query}`, { headers: { "x-api-key": tenant.key } });
    expect(await problemOf(response)).toMatchObject({ status: 400, code: "invalid_query" });
  });
});

describe("the estimated cost", () => {
  test("is each unit times its price, and the sum of them", async () => {
    const { tenant } = await used();
    const { estimatedCost } = await askUsage(tenant);
    expect(estimatedCost.note).toContain("estimate");
    for (const { count, price, usd } of estimatedCost.lines) expect(usd).toBeCloseTo(count * price, 12);
    expect(estimatedCost.lines.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(estimatedCost.usd, 12);
    const units = estimatedCost.lines.map(({ unit }) => unit);
    for (const unit of ["requests", "cpuMs", "queueOperations", "durableObjectRequests", "sqliteRowsWritten"]) {
      expect(units).toContain(unit);
    }
    for (const unit of ["d1RowsWritten", "d1RowsRead", "r2ClassA", "r2GbMonths"]) expect(units).toContain(unit);
    expect(estimatedCost.lines.find(({ unit }) => unit === "requests")?.count).toBe(46);
  });

  test("of the sources together is the tenant's, storage included", async () => {
    const { tenant } = await used();
    await flush(tenant, events(50));
    await pushUsage(tenant);
    const { estimatedCost } = await askUsage(tenant);
    expect(estimatedCost.sources.map(({ name }) => name).toSorted()).toEqual(["first", "second"]);
    expect(estimatedCost.lines.find(({ unit }) => unit === "r2GbMonths")?.count).toBeGreaterThan(0);
    for (const { unit, count } of estimatedCost.lines) {
      const parts = estimatedCost.sources.map((source) => source.lines.find((line) => line.unit === unit)?.count ?? 0);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(count, 9);
    }
  });

  test("of nothing is nothing", async () => {
    const tenant = await createTenant();
    expect((await askUsage(tenant)).estimatedCost).toMatchObject({ usd: 0, sources: [] });
  });
});

describe("a change of plan takes effect on what is kept", () => {
  test("at the next sweep: a smaller one removes what is past its days, a larger one keeps it", async () => {
    tenth();
    const [down, up] = [await createTenant({ plan: "team" }), await createTenant({ plan: "free" })];
    await flush(down);
    await flush(up);
    await changePlan(up, "starter");
    advance((PLAN_LIMITS.free.retentionDays + 1) * DAY_MS);
    await retainSegments(platform());
    expect(await indexOf(down)).toHaveLength(1);
    expect(await indexOf(up)).toHaveLength(1);
    await changePlan(down, "free");
    await retainSegments(platform());
    expect(await indexOf(down)).toEqual([]);
    expect(await indexOf(up)).toHaveLength(1);
  });
});
