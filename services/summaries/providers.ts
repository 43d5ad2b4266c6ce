import * as z from "zod";
import type { Incident } from "../../core/incidents/incident.ts";
import { EXTRACTIVE_VERSION, summarizeExtractively } from "../../core/summaries/extractive.ts";
import { PROMPT_VERSION, summaryPrompt } from "../../core/summaries/prompt.ts";
import { SummaryContent } from "../../schema/contracts/summary.ts";

/** Someone who can summarize an incident. */
export interface SummaryProvider {
  model: string;
  promptVersion: string;
  /** @throws when it cannot, or when its answer does not validate */
  summarize(incident: Incident): Promise<SummaryContent>;
}

/** A model has this long; the alert went out long before. */
const TIMEOUT_MS = 30_000;

/** The part of the Workers AI binding that is used. */
export interface AiBinding {
  run(model: string, input: Record<string, unknown>): Promise<unknown>;
}

/** Needs no model and no network. */
export const extractive: SummaryProvider = {
  model: "extractive",
  promptVersion: EXTRACTIVE_VERSION,
  summarize: async (incident) => summarizeExtractively(incident),
};

const ModelAnswer = z.object({ response: z.unknown() });

/** Workers AI in JSON mode. JSON mode can fail ("JSON Mode couldn't be met"): every answer is validated. */
export function workersAi(ai: AiBinding, model: string): SummaryProvider {
  return {
    model,
    promptVersion: PROMPT_VERSION,
    async summarize(incident) {
      const run = ai.run(model, {
        messages: summaryPrompt(incident),
        response_format: { type: "json_schema", json_schema: z.toJSONSchema(SummaryContent) },
        max_tokens: 1_024,
      });
      const timeout = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error("the model did not answer in time")), TIMEOUT_MS);
      });
      const { response } = ModelAnswer.parse(await Promise.race([run, timeout]));
      return SummaryContent.parse(typeof response === "string" ? JSON.parse(response) : response);
    },
  };
}
