import { expect, it } from "vitest";
import { costUsd } from "./prices.ts";

const llama = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";

it.each([
  ["of Workers AI's list", { provider: "workers-ai" as const, model: llama }, 2.546],
  ["of OpenAI's list", { provider: "openai" as const, model: "gpt-4.1-mini", host: "api.openai.com" }, 2],
  ["unknown elsewhere", { provider: "openai" as const, model: "gpt-4.1-mini", host: "llm.acme.test" }, null],
  ["unknown for a model that is not listed", { provider: "workers-ai" as const, model: "@cf/new" }, null],
  ["unknown for what every object has", { provider: "workers-ai" as const, model: "constructor" }, null],
])("the price of a million tokens in and out is %s", (_name, call, expected) => {
  const cost = costUsd(call, 1_000_000, 1_000_000);
  if (expected === null) expect(cost).toBeNull();
  else expect(cost).toBeCloseTo(expected, 6);
});
