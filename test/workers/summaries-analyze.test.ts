import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { storedIds } from "../../services/summaries/gather-logs.ts";
import { advance, stopClock } from "./support/clock.ts";
import { accepted, call, incidentOf, incidentsOf, problemOf, storedLogs } from "./support/http.ts";
import { fakeModel, llmBaseUrl, noModel, platformModel, summaryOf } from "./support/llm.ts";
import { events } from "./support/logs.ts";
import { deliver, messagesAt, settle } from "./support/pipeline.ts";
import { queued } from "./support/queues.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
beforeEach(() => {
  Object.assign(env, { ALLOW_LOCAL_URLS: "true" });
});
afterEach(noModel);

async function request(tenant: Tenant, method: string, path: string, body?: unknown): Promise<Response> {
  return await call(`/api/v1${path}`, {
    method,
    headers: { "x-api-key": tenant.key, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function analyze(tenant: Tenant, body?: unknown, id?: string): Promise<Response> {
  const incidentId = id ?? (await incidentsOf(tenant))[0]?.id;
  return await request(tenant, "POST", `/incidents/${incidentId}/analyze`, body);
}

/** A tenant whose incident is open, and whose summary is still to come. */
async function opened(settings = {}): Promise<Tenant> {
  const tenant = await createTenant({ settings });
  await accepted(tenant.key, events(12));
  await messagesAt("jobs", tenant);
  return tenant;
}

async function summarized(): Promise<Tenant> {
  const tenant = await createTenant();
  await accepted(tenant.key, events(12));
  await settle(tenant);
  return tenant;
}

const Accepted = z.object({
  job: z.object({ id: z.uuid(), type: z.literal("SUMMARIZE"), status: z.literal("QUEUED") }),
});

describe("analyze by hand", () => {
  test("answers 202 with a job that writes the summary, and the history says who asked", async () => {
    const model = platformModel();
    const tenant = await opened();
    const response = await analyze(tenant);
    expect(response.status).toBe(202);
    Accepted.parse(await response.json());
    await settle(tenant);
    expect(await model.calls()).toHaveLength(1);
    const [incident] = await incidentsOf(tenant);
    const { history } = await incidentOf(tenant, incident?.id ?? "");
    expect(history.map(({ change, actor }) => [change, actor.split(":")[0]])).toEqual([
      ["OPENED", "system"],
      ["SUMMARIZED", "key"],
    ]);
  });

  test("answers 200 with the summary that there is", async () => {
    const model = platformModel();
    const tenant = await summarized();
    const response = await analyze(tenant, {});
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ summary: { model: model.name } });
    expect(queued("jobs", tenant.id)).toEqual([]);
  });

  test("asks anew when forced, even where the prompt is the same", async () => {
    const model = platformModel();
    const tenant = await summarized();
    await model.script({ usage: { prompt_tokens: 7, completion_tokens: 7 } });
    expect((await analyze(tenant, { force: true })).status).toBe(202);
    await settle(tenant);
    expect(await model.calls()).toHaveLength(2);
    expect((await summaryOf(tenant)).usage).toMatchObject({ tokensIn: 7, cached: false });
  });

  test("twice at once is one job; the same job five times is one call", async () => {
    const model = platformModel();
    const tenant = await summarized();
    const [first, second] = await Promise.all([analyze(tenant, { force: true }), analyze(tenant, { force: true })]);
    const ids = await Promise.all(
      [first, second].map(async (response) => Accepted.parse(await response.json()).job.id),
    );
    expect(ids[0]).toBe(ids[1]);
    const [job] = queued("jobs", tenant.id);
    if (job === undefined) throw new Error("no job");
    for (let n = 0; n < 5; n++) await deliver("jobs", [job]);
    await settle(tenant);
    expect(await model.calls()).toHaveLength(2);
    const [incident] = await incidentsOf(tenant);
    const { history } = await incidentOf(tenant, incident?.id ?? "");
    expect(history.map(({ change }) => change)).toEqual(["OPENED", "SUMMARIZED"]);
  });

  test("leaves a model's summary as it is when the model fails now", async () => {
    const model = platformModel();
    const tenant = await summarized();
    const before = await incidentsOf(tenant);
    await model.script({ status: 400 });
    await analyze(tenant, { force: true });
    await settle(tenant);
    expect(await model.calls()).toHaveLength(2);
    expect(await incidentsOf(tenant)).toEqual(before);
  });

  test("is refused when forced and the day's tokens are used up, until midnight", async () => {
    platformModel();
    const tenant = await summarized();
    await env.DB.prepare("UPDATE ai_usage SET tokens = 500000 WHERE tenant_id = ?").bind(tenant.id).run();
    const response = await analyze(tenant, { force: true });
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(10);
    expect(await problemOf(response)).toMatchObject({ status: 429, code: "rate_limited" });
    expect((await analyze(tenant)).status).toBe(200);
  });

  test("refuses another tenant's incident, one that is not there, and a wrong body", async () => {
    const tenant = await summarized();
    const [theirs] = await incidentsOf(await summarized());
    expect((await analyze(tenant, {}, theirs?.id)).status).toBe(404);
    expect((await analyze(tenant, {}, crypto.randomUUID())).status).toBe(404);
    expect((await analyze(tenant, { force: "yes" })).status).toBe(400);
  });
});

describe("citations", () => {
  test("are looked for in the tenant's own store: another's logs do not count", async () => {
    const [mine, other] = [await summarized(), await summarized()];
    const cited = (await storedLogs(other)).map(({ eventId, timestamp }) => ({
      eventId,
      timestamp: Date.parse(timestamp),
    }));
    expect((await storedIds(other.scope, cited)).size).toBe(cited.length);
    expect(await storedIds(mine.scope, cited)).toEqual(new Set());
  });
});

describe("a tenant's own endpoint", () => {
  async function withEndpoint(key: string | null = "sk-tenant") {
    const tenant = await createTenant();
    const model = fakeModel();
    const body = { baseUrl: llmBaseUrl(), model: model.name, ...(key === null ? {} : { key }) };
    expect((await request(tenant, "PUT", "/settings/ai", body)).status).toBe(204);
    return { tenant, model };
  }

  async function incidentIn(tenant: Tenant): Promise<void> {
    await accepted(tenant.key, events(12));
    await settle(tenant);
  }

  test("writes its summaries with its key; the platform's is never sent there, nor the logs to the platform's", async () => {
    const platform = platformModel();
    const { tenant, model } = await withEndpoint();
    await incidentIn(tenant);
    expect((await model.calls()).map(({ authorization }) => authorization)).toEqual(["Bearer sk-tenant"]);
    expect(await platform.calls()).toEqual([]);
    expect((await summaryOf(tenant)).model).toBe(model.name);
  });

  test.each([
    ["fails", { key: "sk-tenant", script: { status: 400 } }],
    ["has no key where one is asked for", { key: null, script: {} }],
  ])(
    "that %s leaves the extractive summarizer, and not the platform's model or key",
    async (_name, { key, script }) => {
      const platform = platformModel();
      const { tenant, model } = await withEndpoint(key);
      await model.script(script);
      await incidentIn(tenant);
      expect(await summaryOf(tenant)).toMatchObject({ model: "extractive", partialReason: "model_failed" });
      expect(await platform.calls()).toEqual([]);
      for (const { authorization } of await model.calls()) expect(authorization).not.toContain("platform");
    },
  );

  test("is called only while its address may be called", async () => {
    const { tenant, model } = await withEndpoint();
    Object.assign(env, { ALLOW_LOCAL_URLS: "false" });
    await incidentIn(tenant);
    expect(await model.calls()).toEqual([]);
    expect(await summaryOf(tenant)).toMatchObject({ model: "extractive", partialReason: "model_failed" });
  });

  test.each([
    "http://example.com/v1",
    "https://10.0.0.1/v1",
    "https://[::1]/v1",
    "https://169.254.169.254/v1",
    "ftp://x",
    "x",
  ])("cannot be %s", async (baseUrl) => {
    Object.assign(env, { ALLOW_LOCAL_URLS: "false" });
    const response = await request(await createTenant(), "PUT", "/settings/ai", { baseUrl, model: "m" });
    expect(response.status).toBe(400);
  });

  test("has a key that is kept sealed and never shown, and can be taken away", async () => {
    const platform = platformModel();
    const { tenant, model } = await withEndpoint();
    const row = await env.DB.prepare("SELECT settings FROM tenants WHERE id = ?")
      .bind(tenant.id)
      .first<{ settings: string }>();
    expect(row?.settings).toContain("sealedKey");
    expect(row?.settings).not.toContain("sk-tenant");
    const shown = await (await request(tenant, "GET", "/settings/ai")).json();
    expect(shown).toEqual({
      endpoint: { baseUrl: llmBaseUrl(), model: model.name, hasKey: true },
      dailyTokens: 500_000,
    });
    expect((await request(tenant, "DELETE", "/settings/ai")).status).toBe(204);
    advance(16_000);
    await incidentIn(tenant);
    expect(await model.calls()).toEqual([]);
    expect(await platform.calls()).toHaveLength(1);
  });
});
