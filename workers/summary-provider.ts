import type { Summarizers } from "../services/summaries/choose-model.ts";
import type { SummaryModel } from "../services/summaries/model.ts";
import { openAi } from "../services/summaries/openai.ts";
import { workersAi } from "../services/summaries/workers-ai.ts";
import { channelAccess } from "./channel-access.ts";
import type { Env } from "./env.ts";

/** A model has this long where the deployment does not say; the alert went out long before. */
const TIMEOUT_MS = 30_000;
/** A consumer has 15 minutes for a batch of five jobs. */
const MAX_TIMEOUT_MS = 120_000;

function timeoutOf({ AI_TIMEOUT_MS: text }: Env): number {
  const ms = Number(text ?? TIMEOUT_MS);
  return ms > 0 ? Math.min(MAX_TIMEOUT_MS, ms) : TIMEOUT_MS;
}

/** The platform's model. What is not wholly configured is not there. */
function platformModel(env: Env): SummaryModel | undefined {
  const { SUMMARIZER: summarizer, AI: ai, AI_MODEL: name, AI_BASE_URL: baseUrl, AI_API_KEY: key } = env;
  if (name === undefined || name === "") return undefined;
  const timeoutMs = timeoutOf(env);
  if (summarizer === "workers-ai" && ai !== undefined) {
    return workersAi({ run: (model, input) => Reflect.apply(ai.run, ai, [model, input]) }, name, timeoutMs);
  }
  if (summarizer !== "openai" || baseUrl === undefined || !URL.canParse(baseUrl)) return undefined;
  // Whoever deploys log0 may choose any address, one on this machine, too.
  const endpoint = { baseUrl: new URL(baseUrl), key, name, tenantId: undefined, timeoutMs, now: () => Date.now() };
  return openAi(endpoint);
}

/** The configured summarizers. Without a model, summaries are extractive. */
export function summarizers(env: Env): Summarizers {
  return { platform: platformModel(env), timeoutMs: timeoutOf(env), urls: channelAccess(env).urls };
}
