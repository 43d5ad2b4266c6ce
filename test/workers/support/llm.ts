import { env } from "cloudflare:workers";
import { inject } from "vitest";
import * as z from "zod";
import { Summary } from "../../../schema/contracts/summary.ts";
import { ask, incidentsOf } from "./http.ts";
import type { Tenant } from "./tenant.ts";

const Calls = z.array(
  z.object({
    authorization: z.string(),
    body: z.object({
      model: z.string(),
      messages: z.array(z.object({ role: z.string(), content: z.string() })),
    }),
  }),
);

export interface Script {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  content?: unknown;
  toolCalls?: unknown;
  usage?: unknown;
  manner?: "silent" | "endless";
}

/** A model of a test's own at the fake OpenAI. */
export interface FakeModel {
  name: string;
  calls(): Promise<z.infer<typeof Calls>>;
  /** How it answers the next calls. */
  script(...answers: Script[]): Promise<void>;
}

export const llmBaseUrl = () => `${inject("llmUrl")}/v1`;

export function fakeModel(): FakeModel {
  const name = `test-${crypto.randomUUID()}`;
  const url = (path: string) => `${inject("llmUrl")}${path}?model=${name}`;
  return {
    name,
    calls: async () => Calls.parse(await (await fetch(url("/calls"))).json()),
    async script(...answers) {
      await (await fetch(url("/script"), { method: "POST", body: JSON.stringify(answers) })).text();
    },
  };
}

const NOTHING = {
  AI: undefined,
  SUMMARIZER: "extractive",
  AI_MODEL: undefined,
  AI_BASE_URL: undefined,
  AI_API_KEY: undefined,
};

/** Makes a model at the fake OpenAI the platform's. */
export function platformModel(options: { key?: string; timeoutMs?: number } = {}): FakeModel {
  const model = fakeModel();
  Object.assign(env, {
    SUMMARIZER: "openai",
    AI_BASE_URL: llmBaseUrl(),
    AI_MODEL: model.name,
    AI_API_KEY: options.key ?? "sk-platform",
    AI_TIMEOUT_MS: String(options.timeoutMs ?? 20_000),
  });
  return model;
}

/** Summaries are extractive again. */
export function noModel(): void {
  Object.assign(env, NOTHING);
}

/** The summary of a tenant's newest incident. */
export async function summaryOf(tenant: Tenant): Promise<Summary> {
  const [incident] = await incidentsOf(tenant);
  return (await ask(tenant, z.object({ summary: Summary }), `/api/v1/incidents/${incident?.id}`)).summary;
}
