import { TaskCancelledError, TimeoutStrategy, timeout } from "cockatiel";
import * as z from "zod";
import { errorMessage } from "../../core/errors.ts";
import { ANSWER_SCHEMA, ANSWER_TOKENS } from "../../core/summaries/prompt.ts";
import { ModelError, type SummaryModel, Usage } from "./model.ts";

/** The part of the Workers AI binding that is used. */
export interface AiBinding {
  run(model: string, input: Record<string, unknown>): Promise<unknown>;
}

const Reply = z.object({
  response: z.unknown(),
  usage: Usage,
});

/**
 * What is the prompt's fault, and says nothing of the model: JSON mode cannot (developers.cloudflare.com/workers-ai/features
 * /json-mode), or the prompt has more tokens than the model takes. Otherwise one tenant's logs could open the circuit of all.
 */
const OF_PROMPT = /JSON Mode couldn't be met|context (?:window|length)|request is too large/i;

function failure(error: unknown): ModelError {
  if (error instanceof TaskCancelledError) return new ModelError("no answer in time", { spent: true });
  const text = errorMessage(error);
  const ofPrompt = OF_PROMPT.test(text);
  return new ModelError(text, { transient: !ofPrompt, endpoint: !ofPrompt, spent: ofPrompt, cause: error });
}

/** Workers AI in JSON mode. */
export function workersAi(ai: AiBinding, name: string, timeoutMs: number): SummaryModel {
  // The binding takes no signal: an answer that comes later is not waited for.
  const inTime = timeout(timeoutMs, TimeoutStrategy.Aggressive);
  return {
    provider: "workers-ai",
    name,
    host: undefined,
    tenantId: undefined,
    async ask(messages) {
      const input = {
        messages,
        response_format: { type: "json_schema", json_schema: ANSWER_SCHEMA },
        max_tokens: ANSWER_TOKENS,
      };
      const answer = await inTime
        .execute(() => ai.run(name, input))
        .catch((error: unknown) => {
          throw failure(error);
        });
      const reply = Reply.safeParse(answer);
      if (!reply.success) throw new ModelError("Workers AI's answer cannot be read", { endpoint: false, spent: true });
      const { response, usage } = reply.data;
      return { answer: response, tokensIn: usage?.prompt_tokens, tokensOut: usage?.completion_tokens };
    },
  };
}
