import "./support/bindings.ts";
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { stopClock } from "./support/clock.ts";
import { fail, repair } from "./support/faults.ts";
import { accepted, deadLettersOf, incidentsOf, storedLogs } from "./support/http.ts";
import { noModel, platformModel, summaryOf } from "./support/llm.ts";
import { events } from "./support/logs.ts";
import { settle, storeOf } from "./support/pipeline.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(() => {
  repair();
  noModel();
});

const good = {
  title: "The payment gateway times out",
  severity: "HIGH",
  summary: "The gateway does not answer.",
  rootCause: "The gateway is overloaded.",
  bullets: ["one", "two", "three"],
  remediations: ["Look at the gateway."],
  evidence: ["L1"],
};

const MODEL = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";

/** Makes Workers AI answer like this, and returns what it was asked. */
function fakeAi(run: () => unknown, name = MODEL): { model: string; input: unknown }[] {
  const asked: { model: string; input: unknown }[] = [];
  const AI = {
    async run(model: string, input: unknown) {
      asked.push({ model, input });
      return run();
    },
  };
  Object.assign(env, { AI, SUMMARIZER: "workers-ai", AI_MODEL: name, AI_TIMEOUT_MS: "20000" });
  return asked;
}

async function summarized(body: unknown = events(12, { message: "Connection timeout after" })): Promise<Tenant> {
  const tenant = await createTenant();
  await accepted(tenant.key, body);
  await settle(tenant);
  return tenant;
}

describe("Workers AI", () => {
  test.each([
    { name: "an object", response: good },
    { name: "JSON as text", response: JSON.stringify(good) },
  ])("that answers with $name writes the summary, with what it took", async ({ response }) => {
    const asked = fakeAi(() => ({ response, usage: { prompt_tokens: 1_000, completion_tokens: 200 } }));
    const tenant = await summarized();
    expect(asked).toHaveLength(1);
    expect(asked[0]?.model).toBe(MODEL);
    expect(JSON.stringify(asked[0]?.input)).toContain("Connection timeout after");
    const { remediations, evidence: _, ...said } = good;
    const summary = await summaryOf(tenant);
    expect(summary).toMatchObject({ ...said, nextSteps: remediations, model: MODEL, promptVersion: "incident-2" });
    expect(summary.partial).toBeUndefined();
    expect(summary.usage).toMatchObject({ provider: "workers-ai", tokensIn: 1_000, tokensOut: 200, cached: false });
    expect(summary.usage?.costUsd).toBeCloseTo((1_000 * 0.293 + 200 * 2.253) / 1_000_000, 9);
    expect(JSON.stringify((await slackCalls(tenant)).at(-1)?.body.blocks)).toContain("The gateway is overloaded.");
  });

  const bad: { name: string; reason: string; run: () => unknown }[] = [
    {
      name: "cannot meet JSON mode",
      reason: "model_failed",
      run: () => Promise.reject(new Error("5024: JSON Mode couldn't be met")),
    },
    {
      name: "answers with text that is no JSON",
      reason: "invalid_answer",
      run: () => ({ response: "I am sorry, Dave." }),
    },
    {
      name: "answers with JSON of another shape",
      reason: "invalid_answer",
      run: () => ({ response: { title: "only that" } }),
    },
    {
      name: "answers with too few bullets",
      reason: "invalid_answer",
      run: () => ({ response: { ...good, bullets: ["one"] } }),
    },
    {
      name: "answers with a severity of its own",
      reason: "invalid_answer",
      run: () => ({ response: { ...good, severity: "APOCALYPTIC" } }),
    },
    {
      name: "answers with a novel",
      reason: "invalid_answer",
      run: () => ({ response: { ...good, summary: "x".repeat(30_000) } }),
    },
    { name: "answers with null", reason: "model_failed", run: () => null },
    { name: "answers with nothing", reason: "model_failed", run: () => ({}) },
  ];
  test.each(bad)("that $name gives way to the extractive summarizer, and it is said why", async ({ run, reason }) => {
    const asked = fakeAi(run, `@cf/${crypto.randomUUID()}`);
    const tenant = await summarized();
    expect(asked).toHaveLength(1);
    const summary = await summaryOf(tenant);
    expect(summary).toMatchObject({ model: "extractive", partial: true, partialReason: reason });
    expect(summary.usage?.tokensIn).toBeGreaterThan(0);
    expect((await slackCalls(tenant)).map((call) => call.method)).toEqual(["chat.postMessage", "chat.update"]);
    expect(await deadLettersOf(tenant)).toEqual([]);
  });

  test("cannot cite a log that the store has lost since it was shown", async () => {
    const tenant = await createTenant();
    fakeAi(async () => {
      await runInDurableObject(storeOf(tenant), (_, { storage }) => {
        storage.sql.exec("DELETE FROM batches");
      });
      return { response: good };
    });
    await accepted(tenant.key, events(12));
    await settle(tenant);
    const summary = await summaryOf(tenant);
    expect(summary).toMatchObject({ model: MODEL, evidence: [] });
    expect(summary.usage?.inventedCitations).toBe(1);
  });

  test("is not asked again when the store fails while its citations are checked", async () => {
    const tenant = await createTenant();
    const asked = fakeAi(() => {
      fail("store", tenant.id, { times: 1 });
      return { response: good };
    });
    await accepted(tenant.key, events(12));
    await settle(tenant);
    expect(asked).toHaveLength(1);
    expect(await summaryOf(tenant)).toMatchObject({ model: MODEL, usage: { cached: true, inventedCitations: 0 } });
  });

  test("that does not answer in time is not waited for, nor asked again", async () => {
    const asked = fakeAi(() => new Promise(() => undefined), `@cf/${crypto.randomUUID()}`);
    Object.assign(env, { AI_TIMEOUT_MS: "50" });
    const tenant = await summarized();
    expect(asked).toHaveLength(1);
    expect(await summaryOf(tenant)).toMatchObject({ model: "extractive", partialReason: "model_failed" });
  });

  test("is not there without a binding: the summary is extractive, and nothing is missing from it", async () => {
    Object.assign(env, { SUMMARIZER: "workers-ai", AI_MODEL: MODEL });
    const summary = await summaryOf(await summarized());
    expect(summary.model).toBe("extractive");
    expect(summary.partial).toBeUndefined();
    expect(summary.usage).toBeUndefined();
  });
});

describe("an OpenAI-compatible endpoint", () => {
  test("writes the summary, and is sent what OpenAI takes", async () => {
    const model = platformModel();
    const tenant = await summarized();
    const calls = await model.calls();
    expect(calls).toHaveLength(1);
    expect(calls[0]?.authorization).toBe("Bearer sk-platform");
    const summary = await summaryOf(tenant);
    expect(summary).toMatchObject({ title: "The payment gateway times out", model: model.name });
    // No price is known for it.
    expect(summary.usage).toMatchObject({ provider: "openai", tokensIn: 900, tokensOut: 100, costUsd: null });
  });

  test("cites logs that are stored, and what it invents is dropped and counted", async () => {
    const model = platformModel();
    const evidence = ["L1", "L2", "L77", crypto.randomUUID()];
    await model.script({ content: JSON.stringify({ ...good, evidence }) });
    const tenant = await summarized();
    const stored = new Map((await storedLogs(tenant)).map((log) => [log.eventId, log.message]));
    const summary = await summaryOf(tenant);
    expect(summary.evidence).toHaveLength(2);
    for (const { eventId, line } of summary.evidence) {
      expect(line).toContain(stored.get(eventId ?? "") ?? "not stored");
    }
    expect(summary.usage?.inventedCitations).toBe(2);
  });

  test("sees the incident's lines, other errors of the service, and what shares a trace; nothing else", async () => {
    const model = platformModel();
    const at = Date.now();
    const others = [
      { ...events(1, { message: "pool exhausted for", level: "WARN" })[0] },
      { ...events(1, { message: "all is well", level: "INFO" })[0] },
      { ...events(1, { message: "gateway accepted", level: "INFO" })[0], serviceName: "gateway", traceId: "t-1" },
      { ...events(1, { message: "other service failed" })[0], serviceName: "search" },
      { ...events(1, { message: "other environment failed" })[0], environment: "staging" },
      { ...events(1, { message: "too long ago failed", at: at - 12 * 60_000 })[0] },
    ];
    await summarized([...events(12, { message: "Connection timeout after", traceId: "t-1" }), ...others]);
    const sent = (await model.calls())[0]?.body.messages.at(-1)?.content ?? "";
    const [own = "", ...rest] = sent.split(/Other warnings and errors of the service:|Logs of the same traces:/);
    expect(own).toContain("(12 like this): Connection timeout after 1ms");
    expect(rest[0]).toContain("pool exhausted for");
    expect(rest[1]).toContain("gateway accepted");
    for (const absent of ["all is well", "other service", "other environment", "too long ago"]) {
      expect(sent).not.toContain(absent);
    }
  });

  test("is sent no personal data and no secrets, not even in a name or a trace", async () => {
    const model = platformModel();
    const secret = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    await summarized(
      events(12, {
        message: `login of ann@acme.test from 203.0.113.9 with token ${secret} failed after`,
        trace: `Error: refused ann@acme.test\n    at login (auth.js:1:1) password=hunter2secret`,
        serviceName: "auth-ann@acme.test",
      }),
    );
    const sent = JSON.stringify(await model.calls());
    expect(sent).toContain("[email-1]");
    for (const hidden of ["ann@acme.test", "203.0.113.9", secret, "hunter2secret"]) expect(sent).not.toContain(hidden);
  });

  test("that proposes a severity changes none: it is shown only", async () => {
    const model = platformModel();
    await model.script({ content: JSON.stringify({ ...good, severity: "LOW" }) });
    const tenant = await summarized();
    expect((await summaryOf(tenant)).severity).toBe("LOW");
    expect(await incidentsOf(tenant)).toMatchObject([{ severity: "HIGH", status: "NEW" }]);
  });
});

describe("the extractive summarizer", () => {
  test("is what there is without a model, and cites stored logs", async () => {
    const tenant = await summarized();
    const summary = await summaryOf(tenant);
    expect(summary).toMatchObject({ model: "extractive", severity: "HIGH" });
    expect(summary.partial).toBeUndefined();
    expect(summary.rootCause).toContain("in time");
    const stored = new Set((await storedLogs(tenant)).map((log) => log.eventId));
    expect(summary.evidence.length).toBeGreaterThan(0);
    for (const { eventId } of summary.evidence) expect(stored.has(eventId ?? "")).toBe(true);
  });
});
