import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { advance, stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, incidentOf, incidentsOf } from "./support/http.ts";
import { noModel, platformModel, summaryOf } from "./support/llm.ts";
import { events } from "./support/logs.ts";
import { deliver, messagesAt, settle } from "./support/pipeline.ts";
import { putBack } from "./support/queues.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(() => {
  repair();
  noModel();
});

describe("a job", () => {
  test("that comes five times at once asks the model once, and makes one change", async () => {
    const model = platformModel();
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    const [job, ...others] = await messagesAt("jobs", tenant);
    expect(others).toEqual([]);
    if (job === undefined) throw new Error("no job");
    const before = (await incidentsOf(tenant))[0]?.version ?? 0;
    const verdicts = await Promise.all(Array.from({ length: 5 }, () => deliver("jobs", [job])));
    expect(verdicts.flatMap((verdict) => verdict.acked).length).toBeGreaterThanOrEqual(1);
    for (let n = 0; n < 5; n++) expect((await deliver("jobs", [job])).acked).toEqual([job.id]);
    await settle(tenant);
    expect(await model.calls()).toHaveLength(1);
    const [incident] = await incidentsOf(tenant);
    expect(incident?.version).toBe(before + 1);
    const summarizedMessages = (await slackCalls(tenant)).filter((call) => call.method === "chat.update");
    expect(summarizedMessages.length).toBeLessThanOrEqual(1);
    expect((await incidentOf(tenant, incident?.id ?? "")).history.map(({ change }) => change)).toEqual(["OPENED"]);
  });

  test("whose worker dies after the model has answered does not ask it again", async () => {
    const model = platformModel();
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    const fault = fail("db", 'insert into "summary_runs"', { times: 1 });
    await settle(tenant);
    expect(fault.tripped).toBe(1);
    expect(await model.calls()).toHaveLength(1);
    const summary = await summaryOf(tenant);
    expect(summary.title).toBe("The payment gateway times out");
    expect(summary.usage).toMatchObject({ cached: true, tokensIn: 0, costUsd: 0 });
  });

  test("whose worker died while it held the claim is done when the claim ends", async () => {
    const model = platformModel();
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    const jobs = await messagesAt("jobs", tenant);
    const [incident] = await incidentsOf(tenant);
    await env.DB.prepare("INSERT INTO summary_claims (tenant_id, incident_id, token, until) VALUES (?, ?, 'dead', ?)")
      .bind(tenant.id, incident?.id, Date.now() + 240_000)
      .run();
    const { acked, retried } = await deliver("jobs", jobs);
    expect(acked).toEqual([]);
    expect(retried[0]?.delaySeconds).toBeGreaterThanOrEqual(50);
    expect(await model.calls()).toEqual([]);
    advance(240_001);
    putBack(jobs);
    await settle(tenant);
    expect(await model.calls()).toHaveLength(1);
    expect((await summaryOf(tenant)).model).toBe(model.name);
  });

  test("writes a summary without logs when the store cannot be read, and says so", async () => {
    const tenant = await createTenant();
    await accepted(tenant.key, events(12));
    const jobs = await messagesAt("jobs", tenant);
    fail("store", tenant.id);
    expect((await deliver("jobs", jobs)).acked).toHaveLength(1);
    repair();
    const summary = await summaryOf(tenant);
    expect(summary).toMatchObject({ model: "extractive", partial: true, partialReason: "logs_unavailable" });
    expect(summary.evidence.every(({ eventId }) => eventId === null)).toBe(true);
  });
});
