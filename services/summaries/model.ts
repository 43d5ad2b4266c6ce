import * as z from "zod";
import type { Message } from "../../core/summaries/prompt.ts";
import type { SummaryUsage } from "../../schema/contracts/summary.ts";
import type { TenantId } from "../../schema/contracts/tenant-id.ts";

/** Tokens as a model counts them. No prompt of ours takes as many: what is beyond that is not believed. */
const Tokens = z.int().min(0).max(1_000_000);

/** What a model says that a call took; undefined where it says nothing that can be believed. */
export const Usage = z.object({ prompt_tokens: Tokens, completion_tokens: Tokens }).optional().catch(undefined);

/** What a model answered: text, or JSON that its binding has parsed. */
export interface ModelReply {
  answer: unknown;
  /** As the model counts; undefined where it does not say. */
  tokensIn: number | undefined;
  tokensOut: number | undefined;
}

/** A language model. It can write an answer, and nothing else: no tools are offered, and calls of any are not looked at. */
export interface SummaryModel {
  provider: SummaryUsage["provider"];
  /** The model's name, as its provider knows it. */
  name: string;
  /** The endpoint's host, where there is one. */
  host: string | undefined;
  /** Whose endpoint it is; undefined for the platform's. */
  tenantId: TenantId | undefined;
  /** @throws ModelError, also when it takes too long */
  ask(messages: readonly Message[]): Promise<ModelReply>;
}

/** A call that brought no answer. */
export class ModelError extends Error {
  /** Whether the same call may succeed a moment later. */
  readonly transient: boolean;
  /** Whether it says something about the endpoint, and not only about this prompt. */
  readonly endpoint: boolean;
  /** How long the endpoint asks to be left alone. */
  readonly retryAfterMs: number | undefined;
  /** Whether the model may have worked, and be paid for it. */
  readonly spent: boolean;

  constructor(
    message: string,
    options: {
      transient?: boolean;
      endpoint?: boolean;
      retryAfterMs?: number | undefined;
      spent?: boolean;
      cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.name = "ModelError";
    this.transient = options.transient ?? false;
    this.endpoint = options.endpoint ?? true;
    this.retryAfterMs = options.retryAfterMs;
    this.spent = options.spent ?? false;
  }
}
