import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { FAILURE_THRESHOLD, OPEN_MS } from "../../core/summaries/breaker.ts";
import { ask } from "../../services/summaries/ask.ts";
import { reserveTokens, settleTokens, tokensToday } from "../../services/summaries/budget.ts";
import { enterCircuit, leaveCircuit } from "../../services/summaries/circuit.ts";
import { ModelError } from "../../services/summaries/model.ts";
import { workersAi } from "../../services/summaries/workers-ai.ts";
import { summarizers } from "../../workers/summary-provider.ts";
import { advance, stopClock } from "./support/clock.ts";
import { accepted } from "./support/http.ts";
import { noModel, platformModel, type Script, summaryOf } from "./support/llm.ts";
import { events } from "./support/logs.ts";
import { settle } from "./support/pipeline.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);
afterEach(noModel);

async function summarized(settings = {}): Promise<Tenant> {
  const tenant = await createTenant({ settings });
  await accepted(tenant.key, events(12));
  await settle(tenant);
  return tenant;
}

describe("a model that fails for a moment is asked again", () => {
  const moments: { name: string; answers: Script[]; calls: number }[] = [
    { name: "with 500", answers: [{ status: 500 }], calls: 2 },
    { name: "twice", answers: [{ status: 503 }, { status: 502 }], calls: 3 },
    { name: "with 429 and a second to wait", answers: [{ status: 429, headers: { "retry-after": "1" } }], calls: 2 },
  ];
  test.each(moments)("$name", async ({ answers, calls }) => {
    const model = platformModel();
    await model.script(...answers);
    const summary = await summaryOf(await summarized());
    expect(await model.calls()).toHaveLength(calls);
    expect(summary).toMatchObject({ model: model.name });
    expect(summary.partial).toBeUndefined();
  });
});

describe("a model that cannot help gives way to the extractive summarizer", () => {
  const cases: { name: string; answers: Script[]; calls: number; reason?: string; timeoutMs?: number; key?: string }[] =
    [
      { name: "after three tries of 500", answers: [{ status: 500 }, { status: 500 }, { status: 500 }], calls: 3 },
      {
        name: "at once with 429 and an hour to wait",
        answers: [{ status: 429, headers: { "retry-after": "3600" } }],
        calls: 1,
      },
      { name: "at once with 400", answers: [{ status: 400 }], calls: 1 },
      { name: "at once with a wrong key", answers: [], calls: 1, key: "wrong" },
      {
        name: "at once with a redirect, which is not followed",
        answers: [{ status: 302, headers: { location: "/v1/chat/completions" } }],
        calls: 1,
      },
      { name: "at once when it is too slow", answers: [{ manner: "silent" }], calls: 1, timeoutMs: 300 },
      { name: "at once with an answer that does not end", answers: [{ manner: "endless" }], calls: 1 },
      { name: "at once with a huge answer", answers: [{ content: "x".repeat(1_000_000) }], calls: 1 },
      { name: "at once with garbage", answers: [{ body: "<html>" }], calls: 1 },
      { name: "at once with no choices", answers: [{ body: { choices: [] } }], calls: 1 },
      {
        name: "at once with calls of tools and no words",
        answers: [{ content: null, toolCalls: [{ function: { name: "f" } }] }],
        calls: 1,
      },
      {
        name: "at once with words that are no JSON",
        answers: [{ content: "Sure! Here it is:" }],
        calls: 1,
        reason: "invalid_answer",
      },
    ];
  test.each(cases)("$name", async ({ answers, calls, reason = "model_failed", ...options }) => {
    const model = platformModel(options);
    await model.script(...answers);
    const summary = await summaryOf(await summarized());
    expect(summary).toMatchObject({ model: "extractive", partial: true, partialReason: reason });
    expect(await model.calls()).toHaveLength(calls);
  });
});

describe("the circuit around a model", () => {
  test("opens for all tenants after five failed calls, lets one probe after 30 s, and closes when that succeeds", async () => {
    const model = platformModel({ key: "wrong" });
    for (let n = 0; n < FAILURE_THRESHOLD; n++) await summarized();
    expect(await model.calls()).toHaveLength(FAILURE_THRESHOLD);
    expect(await summaryOf(await summarized())).toMatchObject({ partialReason: "circuit_open" });
    expect(await model.calls()).toHaveLength(FAILURE_THRESHOLD);
    advance(OPEN_MS);
    Object.assign(env, { AI_API_KEY: "sk-right" });
    expect((await summaryOf(await summarized())).model).toBe(model.name);
    expect((await summaryOf(await summarized())).model).toBe(model.name);
    expect(await model.calls()).toHaveLength(FAILURE_THRESHOLD + 2);
  });

  test("opens at once for as long as a server asks to be left alone", async () => {
    const model = platformModel();
    await model.script({ status: 429, headers: { "retry-after": "300" } });
    await summarized();
    advance(299_000);
    expect(await summaryOf(await summarized())).toMatchObject({ partialReason: "circuit_open" });
    advance(1_000);
    expect((await summaryOf(await summarized())).model).toBe(model.name);
  });

  test("does not open for answers that are of no use: a hostile line cannot turn the model off for others", async () => {
    const model = platformModel();
    const useless: Script[] = [{ status: 400 }, { content: null }];
    await model.script(...useless, ...useless, ...useless, { content: "no" });
    for (let n = 0; n < 7; n++) await summarized();
    expect((await summaryOf(await summarized())).model).toBe(model.name);
  });

  test("is one for all isolates: of many that come at once when it is half-open, one may probe", async () => {
    platformModel();
    const { platform } = summarizers(env);
    if (platform === undefined) throw new Error("no model");
    const { scope } = await createTenant();
    const fails = async () => {
      const admission = await enterCircuit(scope, platform);
      if (admission !== undefined) await leaveCircuit(scope, platform, admission, { kind: "failed" });
    };
    for (let n = 0; n < FAILURE_THRESHOLD; n++) await fails();
    advance(OPEN_MS);
    const admissions = await Promise.all(Array.from({ length: 20 }, () => enterCircuit(scope, platform)));
    expect(admissions.filter((admission) => admission !== undefined)).toHaveLength(1);
  });
});

describe("a tenant's tokens of the day", () => {
  test("are counted as the model counts them", async () => {
    const model = platformModel();
    await model.script({ usage: { prompt_tokens: 1_234, completion_tokens: 66 } });
    const tenant = await summarized();
    expect(await tokensToday(tenant.scope)).toBe(1_300);
  });

  test("are counted high where the model does not say", async () => {
    const model = platformModel();
    await model.script({ usage: null });
    const tenant = await summarized();
    const { usage } = await summaryOf(tenant);
    expect(usage?.tokensIn).toBeGreaterThan(500);
    expect(await tokensToday(tenant.scope)).toBe((usage?.tokensIn ?? 0) + (usage?.tokensOut ?? 0));
  });

  test("that are used up leave the extractive summarizer, and say so; the next day begins anew", async () => {
    const model = platformModel();
    const tenant = await summarized({ aiDailyTokens: 1_000 });
    expect(await summaryOf(tenant)).toMatchObject({ model: "extractive", partialReason: "budget_exhausted" });
    expect(await model.calls()).toEqual([]);
    const { scope } = await createTenant();
    expect(await reserveTokens(scope, 1_000, 1_000)).toBeDefined();
    expect(await reserveTokens(scope, 1, 1_000)).toBeUndefined();
    advance(24 * 60 * 60_000);
    expect(await reserveTokens(scope, 1, 1_000)).toBeDefined();
  });

  test("are not spent by calls that never went out", async () => {
    platformModel({ key: "wrong" });
    const tenant = await summarized();
    expect(await tokensToday(tenant.scope)).toBe(0);
  });

  test("cannot be overdrawn by many who reserve at once", async () => {
    const { scope } = await createTenant();
    const reserved = await Promise.all(Array.from({ length: 20 }, () => reserveTokens(scope, 1_000, 5_500)));
    const mine = reserved.filter((one) => one !== undefined);
    expect(mine).toHaveLength(5);
    for (const one of mine) await settleTokens(scope, one, 200, 1);
    expect(await tokensToday(scope)).toBe(1_000);
  });
});

test("an answer is never shared between tenants, however equal their prompts are", async () => {
  const model = platformModel();
  const at = Date.now();
  const tenants = await Promise.all([createTenant(), createTenant()]);
  for (const tenant of tenants) {
    await accepted(tenant.key, events(12, { at }));
    await settle(tenant);
  }
  const calls = await model.calls();
  expect(calls).toHaveLength(2);
  expect(calls[0]?.body.messages).toEqual(calls[1]?.body.messages);
  for (const tenant of tenants) expect((await summaryOf(tenant)).usage?.cached).toBe(false);
});

const PROMPT = { messages: [], lines: new Map(), tokens: 10, hash: "" };

test("a model that fails late is not asked again, however its failure is called", async () => {
  let now = 0;
  let calls = 0;
  const model = {
    ...({ provider: "openai", name: "slow", host: "slow.example", tenantId: undefined } as const),
    async ask(): Promise<never> {
      calls++;
      now += 29_000;
      throw new ModelError("the endpoint answers 503", { transient: true });
    },
  };
  expect(await ask(model, PROMPT, () => now)).toMatchObject({ error: { endpoint: true } });
  expect(calls).toBe(1);
});

test.each([
  "AiError: 5021: The estimated number of input and maximum output tokens (9128) exceeded this model context window limit",
  "AiError: This model's maximum context length is 8192 tokens. However, you requested 16000 output tokens",
])("a prompt that is too long for Workers AI says nothing of the model: %s", async (message) => {
  let calls = 0;
  const run = async () => {
    calls++;
    throw new Error(message);
  };
  expect(await ask(workersAi({ run }, "m", 1_000), PROMPT, () => 0)).toMatchObject({ error: { endpoint: false } });
  expect(calls).toBe(1);
});

test("a number of tokens that no model can have taken is not believed", async () => {
  const model = platformModel();
  await model.script({ usage: { prompt_tokens: Number.MAX_SAFE_INTEGER, completion_tokens: 1 } });
  const summary = await summaryOf(await summarized());
  expect(summary.usage?.tokensIn).toBeLessThan(100_000);
});
