import { DelegateBackoff, handleWhen, retry } from "cockatiel";
import { ANSWER_TOKENS, type Prompt } from "../../core/summaries/prompt.ts";
import { estimateTokens } from "../../core/summaries/tokens.ts";
import { ModelError, type ModelReply, type SummaryModel } from "./model.ts";

/** Tries after the first, of what failed at once: a model that was too slow is not asked again. */
const RETRIES = 2;
const FIRST_PAUSE_MS = 250;
/** A server that wants to be left alone for longer is not waited for. */
const MAX_PAUSE_MS = 3_000;
/**
 * What fails later than this did not fail at once: all tries together take little longer than one may, so that neither a
 * claim nor a probe of the circuit ends meanwhile, and no slow endpoint holds up the jobs behind it.
 */
const AT_ONCE_MS = 10_000;

function worthTrying(error: unknown): boolean {
  return error instanceof ModelError && error.transient && (error.retryAfterMs ?? 0) <= MAX_PAUSE_MS;
}

/** Half to all of 250, 500 ms …, so that what failed together does not return together; at least what the server asks. */
const pause = new DelegateBackoff<{ attempt: number; result: { error?: unknown; value?: unknown } }>(
  ({ attempt, result: { error } }) => {
    const jittered = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
    return Math.max(jittered, error instanceof ModelError ? (error.retryAfterMs ?? 0) : 0);
  },
);

const policy = retry(handleWhen(worthTrying), { maxAttempts: RETRIES, backoff: pause });

/** What a call took, whether or not an answer came of it. */
export interface Spent {
  tokensIn: number;
  tokensOut: number;
  /** Requests that went out. */
  calls: number;
}

export type Asked = { spent: Spent } & ({ reply: ModelReply } | { error: ModelError });

/**
 * Asks a model, again where it may help. Where a model does not say what it took, the high estimate counts.
 * @param now Unix ms
 */
export async function ask(model: SummaryModel, prompt: Prompt, now: () => number): Promise<Asked> {
  const begin = now();
  const spent: Spent = { tokensIn: 0, tokensOut: 0, calls: 0 };
  try {
    const reply = await policy.execute(async () => {
      spent.calls++;
      try {
        return await model.ask(prompt.messages);
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        if (error.spent) spent.tokensIn += prompt.tokens;
        if (now() - begin <= AT_ONCE_MS) throw error;
        const { endpoint, retryAfterMs, cause } = error;
        throw new ModelError(error.message, { transient: false, endpoint, retryAfterMs, spent: error.spent, cause });
      }
    });
    spent.tokensIn += reply.tokensIn ?? prompt.tokens;
    const written = typeof reply.answer === "string" ? reply.answer : JSON.stringify(reply.answer ?? null);
    spent.tokensOut += reply.tokensOut ?? Math.min(ANSWER_TOKENS, estimateTokens(written));
    return { spent, reply };
  } catch (error) {
    if (error instanceof ModelError) return { spent, error };
    throw error;
  }
}
