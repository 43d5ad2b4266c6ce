import { and, eq, isNull } from "drizzle-orm";
import { errorMessage } from "../../core/errors.ts";
import { uuidOfText } from "../../core/ids.ts";
import type { Incident } from "../../core/incidents/incident.ts";
import type { LineGroup } from "../../core/summaries/collect.ts";
import { EXTRACTIVE_VERSION, summarizeExtractively } from "../../core/summaries/extractive.ts";
import { ownCitations, PROMPT_VERSION, type Prompt, summaryPrompt } from "../../core/summaries/prompt.ts";
import type { PartialReason, Summary } from "../../schema/contracts/summary.ts";
import { incidents } from "../../schema/tables/incidents.ts";
import { summaryRuns } from "../../schema/tables/summaries.ts";
import { changeStatements, messageId } from "../incidents/change.ts";
import { getIncident } from "../incidents/get.ts";
import { sendOutbox } from "../outbox/send.ts";
import type { TenantScope } from "../platform.ts";
import { chooseModel, type Summarizers } from "./choose-model.ts";
import { claimHolds, claimSummary, releaseClaim } from "./claim.ts";
import { type Consultation, consult } from "./consult.ts";
import { gatherLogs, storedIds } from "./gather-logs.ts";

/** A summary that was asked for. */
export interface SummaryJob {
  /** A job that comes again is known by it. */
  id: string;
  incidentId: string;
  /** Who asked; `system` when the incident opened. */
  actor: string;
  /** Also when there is a summary, and by a model that is asked anew. */
  force: boolean;
}

async function isDone(scope: TenantScope, jobId: string): Promise<boolean> {
  const run = await scope.db
    .select({ jobId: summaryRuns.jobId })
    .from(summaryRuns)
    .where(and(eq(summaryRuns.tenantId, scope.tenantId), eq(summaryRuns.jobId, jobId)))
    .get();
  return run !== undefined;
}

/** A citation counts only while the store has the log: an earlier answer may speak of one whose time is over. */
async function checkCitations(
  scope: TenantScope,
  consultation: Consultation,
  { lines }: Prompt,
): Promise<Pick<Consultation, "content" | "usage">> {
  const { content, usage } = consultation;
  if (content === undefined || usage === undefined) return consultation;
  const cited = new Set(content.evidence.map(({ eventId }) => eventId));
  const stored = await storedIds(
    scope,
    [...lines.values()].filter(({ eventId }) => cited.has(eventId)),
  );
  const evidence = content.evidence.filter(({ eventId }) => eventId !== null && stored.has(eventId));
  const inventedCitations = usage.inventedCitations + content.evidence.length - evidence.length;
  return { content: { ...content, evidence }, usage: { ...usage, inventedCitations } };
}

/** Asks the tenant's model, if there is one. Whatever goes wrong with it leaves a reason, not an incident without a summary. */
async function askModel(
  scope: TenantScope,
  job: SummaryJob,
  prompt: Prompt,
  summarizers: Summarizers,
): Promise<Consultation & { model?: string }> {
  try {
    const model = await chooseModel(scope, summarizers);
    if (model === undefined) return {};
    return { ...(await consult(scope, model, prompt, job.force)), model: model.name };
  } catch (error) {
    console.warn({ message: "a model could not be asked", error: errorMessage(error) });
    return { reason: "model_failed" };
  }
}

/** The half hour's logs; none, and that it is so, when the store cannot be read. */
async function logsOf(scope: TenantScope, incident: Incident): Promise<{ groups: LineGroup[]; missing: boolean }> {
  try {
    return { groups: await gatherLogs(scope, incident), missing: false };
  } catch (error) {
    console.warn({ message: "a summary does without logs", incidentId: incident.id, error: errorMessage(error) });
    return { groups: [], missing: true };
  }
}

async function writeSummary(
  scope: TenantScope,
  job: SummaryJob,
  incident: Incident,
  summarizers: Summarizers,
): Promise<Summary> {
  const { groups, missing } = await logsOf(scope, incident);
  const prompt = summaryPrompt(incident, groups);
  const consultation = await askModel(scope, job, prompt, summarizers);
  const { reason, model } = consultation;
  // A store that fails now fails the job: when it comes again, the answer is known.
  const { content, usage } = await checkCitations(scope, consultation, prompt);
  const partialReason: PartialReason | undefined = reason ?? (missing ? "logs_unavailable" : undefined);
  return {
    ...(content ?? summarizeExtractively(incident, ownCitations(incident, groups))),
    model: content === undefined ? "extractive" : (model ?? ""),
    promptVersion: content === undefined ? EXTRACTIVE_VERSION : PROMPT_VERSION,
    createdAt: new Date(scope.now()).toISOString(),
    ...(partialReason === undefined ? {} : { partial: true, partialReason }),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** The row by which the job is known to be done. */
function runOf(scope: TenantScope, job: SummaryJob, summary: Summary) {
  const { usage, model, promptVersion, partialReason } = summary;
  return scope.db
    .insert(summaryRuns)
    .values({
      tenantId: scope.tenantId,
      jobId: job.id,
      incidentId: job.incidentId,
      actor: job.actor,
      model,
      promptVersion,
      partialReason: partialReason ?? null,
      tokensIn: usage?.tokensIn ?? 0,
      tokensOut: usage?.tokensOut ?? 0,
      costUsd: usage === undefined ? 0 : usage.costUsd,
      latencyMs: usage?.latencyMs ?? 0,
      inventedCitations: usage?.inventedCitations ?? 0,
      finishedAt: scope.now(),
    })
    .onConflictDoNothing();
}

/** Whether a new summary is worth less than the one there is: a fall-back does not take a model's place. */
function isWorse(before: Summary | null, after: Summary): boolean {
  return before !== null && before.model !== "extractive" && after.model === "extractive";
}

/** Writes the summary, the message that follows, and that the job is done, in one D1 batch, while the claim holds. */
async function store(scope: TenantScope, job: SummaryJob, incident: Incident, summary: Summary, token: string) {
  const changeId = uuidOfText(`summary:${job.id}`);
  const { history, update, message } = changeStatements(scope, changeId, {
    where: and(
      eq(incidents.id, job.incidentId),
      claimHolds(scope, job.incidentId, token),
      job.force ? undefined : isNull(incidents.summary),
    ),
    set: { summary: JSON.stringify(summary) },
    actor: job.actor,
    what: "SUMMARIZED",
    note: `by ${summary.model}`,
    notification: "INCIDENT_SUMMARIZED",
  });
  const done = [runOf(scope, job, summary), releaseClaim(scope, job.incidentId, token)] as const;
  if (isWorse(incident.summary, summary)) {
    await scope.db.batch(done);
    return;
  }
  // What happens by itself is told by the summary; what somebody asked for is told by the history, too.
  if (job.actor === "system") await scope.db.batch([update, message, ...done]);
  else await scope.db.batch([history, update, message, ...done]);
  await sendOutbox(scope, [messageId(changeId, job.incidentId)]);
}

/**
 * Summarizes an incident, and tells of it: by the tenant's model, the platform's, or the extractive summarizer in the
 * place of a model that cannot be asked. However often a job comes, a model is asked once and one change is made.
 * @throws Log0Error not_found; conflict, to be tried again, while another job summarizes the same incident
 */
export async function summarizeIncident(scope: TenantScope, job: SummaryJob, summarizers: Summarizers): Promise<void> {
  if (await isDone(scope, job.id)) return;
  const before = await getIncident(scope, job.incidentId);
  if (before.summary !== null && !job.force) return;
  const token = await claimSummary(scope, job.incidentId);
  try {
    // Another job may have held the claim until now.
    const incident = await getIncident(scope, job.incidentId);
    if ((incident.summary !== null && !job.force) || (await isDone(scope, job.id))) return;
    await store(scope, job, incident, await writeSummary(scope, job, incident, summarizers), token);
  } finally {
    await releaseClaim(scope, job.incidentId, token);
  }
}
