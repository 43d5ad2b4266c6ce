import { errorMessage } from "../../core/errors.ts";
import { contentOf, type ModelAnswer, parseAnswer } from "../../core/summaries/answer.ts";
import { costUsd } from "../../core/summaries/prices.ts";
import { ANSWER_TOKENS, type Prompt } from "../../core/summaries/prompt.ts";
import type { PartialReason, SummaryContent, SummaryUsage } from "../../schema/contracts/summary.ts";
import type { TenantScope } from "../platform.ts";
import { loadTenant } from "../tenants/load-tenant.ts";
import { keepAnswer, knownAnswer } from "./answers.ts";
import { ask, type Spent } from "./ask.ts";
import { reserveTokens, settleTokens } from "./budget.ts";
import { enterCircuit, leaveCircuit } from "./circuit.ts";
import type { ModelError, SummaryModel } from "./model.ts";

/** What came of asking a model: a summary, or why there is none; and what it took, where it was asked. */
export interface Consultation {
  content?: SummaryContent;
  reason?: PartialReason;
  usage?: SummaryUsage;
}

function outcomeOf(error: ModelError | undefined) {
  if (error === undefined || !error.endpoint) return { kind: "ok" } as const;
  return { kind: "failed", retryAfterMs: error.retryAfterMs } as const;
}

function usageOf(model: SummaryModel, spent: Spent, latencyMs: number): SummaryUsage {
  const { tokensIn, tokensOut } = spent;
  const { provider, name, host } = model;
  return {
    provider,
    tokensIn,
    tokensOut,
    costUsd: costUsd({ provider, model: name, host }, tokensIn, tokensOut),
    latencyMs,
    cached: false,
    inventedCitations: 0,
  };
}

/** Reads an answer, and takes its measure. */
function judge(answer: ModelAnswer, prompt: Prompt, usage: SummaryUsage): Consultation {
  const { content, invented } = contentOf(answer, prompt);
  return { content, usage: { ...usage, inventedCitations: invented } };
}

/** Asks within the day's budget and the endpoint's circuit. */
async function askWithin(scope: TenantScope, model: SummaryModel, prompt: Prompt): Promise<Consultation> {
  const { settings } = await loadTenant(scope);
  const reserved = await reserveTokens(scope, prompt.tokens + ANSWER_TOKENS, settings.aiDailyTokens);
  if (reserved === undefined) return { reason: "budget_exhausted" };
  const admission = await enterCircuit(scope, model);
  if (admission === undefined) {
    await settleTokens(scope, reserved, 0, 0);
    return { reason: "circuit_open" };
  }
  const begin = scope.now();
  const asked = await ask(model, prompt, scope.now);
  const { spent } = asked;
  const usage = usageOf(model, spent, Math.max(0, scope.now() - begin));
  await settleTokens(scope, reserved, spent.tokensIn + spent.tokensOut, spent.calls);
  await leaveCircuit(scope, model, admission, outcomeOf("error" in asked ? asked.error : undefined));
  if ("error" in asked) {
    console.warn({ message: "a model did not answer", model: model.name, error: errorMessage(asked.error) });
    return { reason: "model_failed", usage };
  }
  try {
    const answer = parseAnswer(asked.reply.answer);
    const consultation = judge(answer, prompt, usage);
    await keepAnswer(scope, model, prompt, answer);
    return consultation;
  } catch (error) {
    console.warn({ message: "a model's answer is of no use", model: model.name, error: errorMessage(error) });
    return { reason: "invalid_answer", usage };
  }
}

/** Asks a model for a summary. @param fresh also when the tenant has an answer to the same prompt */
export async function consult(
  scope: TenantScope,
  model: SummaryModel,
  prompt: Prompt,
  fresh: boolean,
): Promise<Consultation> {
  const known = fresh ? undefined : await knownAnswer(scope, model, prompt);
  if (known === undefined) return await askWithin(scope, model, prompt);
  const nothing = usageOf(model, { tokensIn: 0, tokensOut: 0, calls: 0 }, 0);
  return judge(known, prompt, { ...nothing, costUsd: 0, cached: true });
}
