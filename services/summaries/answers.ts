import { and, eq, gt, lte } from "drizzle-orm";
import { uuidOfText } from "../../core/ids.ts";
import { ModelAnswer } from "../../core/summaries/answer.ts";
import type { Prompt } from "../../core/summaries/prompt.ts";
import { summaryAnswers } from "../../schema/tables/summaries.ts";
import type { TenantScope } from "../platform.ts";
import type { SummaryModel } from "./model.ts";

/** An answer is good for as long as the logs that it speaks of are kept on the smallest plan. */
const KEPT_MS = 7 * 24 * 60 * 60_000;

/** The same prompt to another model or endpoint is another question. */
function hashOf(model: SummaryModel, prompt: Prompt): string {
  return uuidOfText(JSON.stringify([model.provider, model.host ?? "", model.name, prompt.hash]));
}

/** The tenant's earlier answer to the same prompt. */
export async function knownAnswer(
  scope: TenantScope,
  model: SummaryModel,
  prompt: Prompt,
): Promise<ModelAnswer | undefined> {
  const row = await scope.db
    .select()
    .from(summaryAnswers)
    .where(
      and(
        eq(summaryAnswers.tenantId, scope.tenantId),
        eq(summaryAnswers.hash, hashOf(model, prompt)),
        gt(summaryAnswers.createdAt, scope.now() - KEPT_MS),
      ),
    )
    .get();
  return row === undefined ? undefined : ModelAnswer.safeParse(JSON.parse(row.answer)).data;
}

/** Keeps an answer, and lets go of the tenant's old ones. */
export async function keepAnswer(
  scope: TenantScope,
  model: SummaryModel,
  prompt: Prompt,
  answer: ModelAnswer,
): Promise<void> {
  const now = scope.now();
  const kept = { answer: JSON.stringify(answer), createdAt: now };
  await scope.db.batch([
    scope.db
      .insert(summaryAnswers)
      .values({ tenantId: scope.tenantId, hash: hashOf(model, prompt), ...kept })
      .onConflictDoUpdate({ target: [summaryAnswers.tenantId, summaryAnswers.hash], set: kept }),
    scope.db
      .delete(summaryAnswers)
      .where(and(eq(summaryAnswers.tenantId, scope.tenantId), lte(summaryAnswers.createdAt, now - KEPT_MS))),
  ]);
}
