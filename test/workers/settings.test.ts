import "./support/bindings.ts";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { ShownSettings, TenantSettings } from "../../schema/contracts/tenant-settings.ts";
import { tenants } from "../../schema/tables/tenants.ts";
import { actsOf, api, must } from "./support/api.ts";
import { stopClock } from "./support/clock.ts";
import { accepted, incidentsOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { settle } from "./support/pipeline.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

const Shown = ShownSettings.strict();

const show = (tenant: Tenant) => must(Shown, tenant.key, "GET", "/settings");
const patch = (tenant: Tenant, body: object) => must(Shown, tenant.key, "PATCH", "/settings", body);

async function storedOf(tenant: Tenant) {
  const row = await tenant.scope.db
    .select({ settings: tenants.settings })
    .from(tenants)
    .where(eq(tenants.id, tenant.id))
    .get();
  return TenantSettings.parse(JSON.parse(row?.settings ?? ""));
}

describe("settings", () => {
  test("are shown with what is usual, and without the model's endpoint", async () => {
    const tenant = await createTenant({ settings: { ai: { baseUrl: "https://x.test", model: "m", sealedKey: "s" } } });
    expect(await show(tenant)).toEqual(TenantSettings.parse({ slackChannel: tenant.channel }));
  });

  test("are changed one by one; what is not named stays, the endpoint too", async () => {
    const ai = { baseUrl: "https://x.test", model: "m", sealedKey: "s" };
    const tenant = await createTenant({ settings: { ai, threshold: 7 } });
    const changed = await patch(tenant, { windowMs: 60_000, newPatternAlerts: true });
    expect(changed).toMatchObject({ windowMs: 60_000, newPatternAlerts: true, threshold: 7 });
    expect(await show(tenant)).toEqual(changed);
    expect((await storedOf(tenant)).ai).toEqual(ai);
  });

  test("null is never for the time of resolving, and the platform's for the Slack channel", async () => {
    const tenant = await createTenant();
    expect(await patch(tenant, { autoResolveMs: null })).toMatchObject({ autoResolveMs: null });
    expect((await storedOf(tenant)).autoResolveMs).toBeNull();
    expect(await patch(tenant, { slackChannel: null })).not.toHaveProperty("slackChannel");
    expect(await patch(tenant, { slackChannel: "#ours" })).toMatchObject({ slackChannel: "#ours" });
  });

  test("by severity are replaced as a whole", async () => {
    const tenant = await createTenant();
    await patch(tenant, { thresholdBySeverity: { HIGH: 2, LOW: 50 } });
    expect(await patch(tenant, { thresholdBySeverity: { HIGH: 3 } })).toMatchObject({
      thresholdBySeverity: { HIGH: 3 },
    });
    expect((await storedOf(tenant)).thresholdBySeverity).toEqual({ HIGH: 3 });
  });

  test("that two change at once are both kept", async () => {
    const tenant = await createTenant();
    await Promise.all([patch(tenant, { threshold: 3 }), patch(tenant, { windowMs: 60_000 })]);
    expect(await show(tenant)).toMatchObject({ threshold: 3, windowMs: 60_000 });
  });

  test("take effect in the pipeline", async () => {
    const tenant = await createTenant();
    await patch(tenant, { threshold: 2 });
    await accepted(tenant.key, events(2));
    await settle(tenant);
    expect(await incidentsOf(tenant)).toHaveLength(1);
  });

  test("are on record by the names of what was changed, not by their values", async () => {
    const tenant = await createTenant();
    await patch(tenant, { threshold: 3, slackChannel: "#secret-project" });
    expect(await actsOf(tenant.key)).toMatchObject([
      { action: "settings.changed", target: "tenant", detail: { fields: "slackChannel, threshold" } },
    ]);
  });

  test.each([
    ["nothing", {}],
    ["a window that divides no hour", { windowMs: 7 * 60_000 }],
    ["a threshold of none", { threshold: 0 }],
    ["a threshold that is a text", { threshold: "5" }],
    ["a threshold that is null", { threshold: null }],
    ["an unknown field", { plan: "team" }],
    ["the model's endpoint", { ai: { baseUrl: "https://x.test", model: "m" } }],
    ["more tokens than are usual", { aiDailyTokens: 500_001 }],
    ["a field of a name like a path", { "ai.sealedKey": "x" }],
  ])("refuse %s, and nothing is changed", async (_what, body) => {
    const tenant = await createTenant();
    const before = await storedOf(tenant);
    expect(await api(tenant.key, "PATCH", "/settings", body)).toMatchObject({ status: 400, code: "invalid_query" });
    expect(await storedOf(tenant)).toEqual(before);
    expect(await actsOf(tenant.key)).toEqual([]);
  });
});
