import * as z from "zod";
import { errorMessage } from "../../core/errors.ts";
import { ANSWER_SCHEMA, ANSWER_TOKENS, type Message } from "../../core/summaries/prompt.ts";
import type { TenantId } from "../../schema/contracts/tenant-id.ts";
import { type OutsideAnswer, postOutside } from "../http/post-outside.ts";
import { ModelError, type ModelReply, type SummaryModel, Usage } from "./model.ts";

export interface OpenAiEndpoint {
  /** What `/chat/completions` is put behind. Of a tenant: as core/net/public-url.ts lets it pass. */
  baseUrl: URL;
  key: string | undefined;
  name: string;
  /** Whose it is; undefined for the platform's. */
  tenantId: TenantId | undefined;
  timeoutMs: number;
  /** Unix ms. */
  now: () => number;
}

const Reply = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: Usage,
});

/** Refusals that hold for every prompt: the key, the bill, the address or the model is wrong; a redirect, too. */
const WRONG_SETTINGS = new Set([401, 402, 403, 404, 405]);

function failure({ status, retryAfter }: OutsideAnswer): ModelError {
  const transient = status === 408 || status === 429 || status >= 500;
  return new ModelError(`the endpoint answers ${status}`, {
    transient,
    endpoint: transient || status < 400 || WRONG_SETTINGS.has(status),
    ...(transient && retryAfter !== undefined ? { retryAfterMs: retryAfter * 1000 } : {}),
  });
}

function requestOf(name: string, messages: readonly Message[]): string {
  return JSON.stringify({
    model: name,
    messages,
    max_tokens: ANSWER_TOKENS,
    response_format: {
      type: "json_schema",
      json_schema: { name: "incident_summary", strict: true, schema: ANSWER_SCHEMA },
    },
  });
}

function replyOf(text: string): ModelReply {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ModelError("the endpoint's reply is not JSON, or too long", { spent: true, cause });
  }
  const reply = Reply.safeParse(json);
  if (!reply.success) throw new ModelError("the endpoint's reply holds no answer", { endpoint: false, spent: true });
  const { choices, usage } = reply.data;
  return { answer: choices[0]?.message.content, tokensIn: usage?.prompt_tokens, tokensOut: usage?.completion_tokens };
}

function tookTooLong(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.name === "TimeoutError";
}

/** Any server that speaks OpenAI's chat completions: OpenAI, Ollama, vLLM. */
export function openAi(endpoint: OpenAiEndpoint): SummaryModel {
  const { baseUrl, key, name, tenantId, timeoutMs } = endpoint;
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/{1,9}$/, "")}/chat/completions`;
  return {
    provider: "openai",
    name,
    host: url.host,
    tenantId,
    async ask(messages) {
      let answer: OutsideAnswer;
      try {
        const headers = { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) };
        const body = requestOf(name, messages);
        answer = await postOutside({ url, method: "POST", headers, body, timeoutMs }, endpoint.now());
      } catch (error) {
        // It may have worked on it until then. What was too slow once will be so again.
        throw new ModelError(errorMessage(error), { transient: !tookTooLong(error), spent: true, cause: error });
      }
      if (answer.status !== 200) throw failure(answer);
      return replyOf(answer.text);
    },
  };
}
