import type { SummaryUsage } from "../../schema/contracts/summary.ts";

/** USD per million tokens. */
interface Price {
  readonly input: number;
  readonly output: number;
}

/** https://developers.cloudflare.com/workers-ai/platform/pricing/ without the free 10,000 neurons a day. */
const WORKERS_AI: Readonly<Record<string, Price>> = {
  "@cf/meta/llama-3.3-70b-instruct-fp8-fast": { input: 0.293, output: 2.253 },
  "@cf/meta/llama-3.1-70b-instruct-fp8-fast": { input: 0.293, output: 2.253 },
  "@cf/meta/llama-3.1-8b-instruct-fp8-fast": { input: 0.045, output: 0.384 },
  "@cf/meta/llama-3.1-8b-instruct": { input: 0.282, output: 0.827 },
  "@cf/meta/llama-3.2-3b-instruct": { input: 0.051, output: 0.335 },
  "@cf/meta/llama-3.2-1b-instruct": { input: 0.027, output: 0.201 },
};

/** https://openai.com/api/pricing/ as of June 2026, standard tier, nothing cached. */
const OPENAI: Readonly<Record<string, Price>> = {
  "gpt-4.1": { input: 2, output: 8 },
  "gpt-4.1-mini": { input: 0.4, output: 1.6 },
  "gpt-4o": { input: 2.5, output: 10 },
  "gpt-4o-mini": { input: 0.15, output: 0.6 },
};

/** Hosts whose prices are the list's: a model of the same name elsewhere may cost anything. */
const OPENAI_HOST = "api.openai.com";

function priceOf(provider: SummaryUsage["provider"], model: string, host: string | undefined): Price | undefined {
  const list = provider === "workers-ai" ? WORKERS_AI : host === OPENAI_HOST ? OPENAI : {};
  return Object.hasOwn(list, model) ? list[model] : undefined;
}

/** What a call cost at list prices, in USD; null when the price is not known. @param host of the endpoint, if any */
export function costUsd(
  call: { provider: SummaryUsage["provider"]; model: string; host?: string | undefined },
  tokensIn: number,
  tokensOut: number,
): number | null {
  const price = priceOf(call.provider, call.model, call.host);
  return price === undefined ? null : (tokensIn * price.input + tokensOut * price.output) / 1_000_000;
}
