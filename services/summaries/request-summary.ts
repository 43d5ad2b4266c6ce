import { and, count, eq } from "drizzle-orm";
import { errorMessage, Log0Error } from "../../core/errors.ts";
import { uuidOfText } from "../../core/ids.ts";
import type { Job } from "../../schema/contracts/job.ts";
import type { Summary } from "../../schema/contracts/summary.ts";
import { outbox } from "../../schema/tables/messaging.ts";
import { summaryRuns } from "../../schema/tables/summaries.ts";
import { getIncident } from "../incidents/get.ts";
import { sendOutbox } from "../outbox/send.ts";
import type { TenantScope } from "../platform.ts";
import { loadTenant } from "../tenants/load-tenant.ts";
import { nextDay, tokensToday } from "./budget.ts";

/** Summaries of the incident that were made so far: the next one is another job. */
async function runsOf(scope: TenantScope, incidentId: string): Promise<number> {
  const row = await scope.db
    .select({ runs: count() })
    .from(summaryRuns)
    .where(and(eq(summaryRuns.tenantId, scope.tenantId), eq(summaryRuns.incidentId, incidentId)))
    .get();
  return row?.runs ?? 0;
}

/** @throws Log0Error rate_limited, when a new answer could only be one of no model */
async function checkBudget(scope: TenantScope): Promise<void> {
  const { aiDailyTokens } = (await loadTenant(scope)).settings;
  if ((await tokensToday(scope)) < aiDailyTokens) return;
  const now = scope.now();
  throw new Log0Error("rate_limited", `the ${aiDailyTokens} tokens of today are used up`, {
    retryAfter: (nextDay(now) - now) / 1000,
  });
}

/**
 * Asks for an incident's summary. Two who ask at once ask for the same job.
 * @param actor `user:<id>` or `key:<id>`
 * @param force also when there is a summary
 * @returns the summary that there is, or the job that writes one
 * @throws Log0Error not_found; rate_limited, when forced and the day's budget is used up
 */
export async function requestSummary(
  scope: TenantScope,
  incidentId: string,
  actor: string,
  force: boolean,
): Promise<{ summary: Summary } | { jobId: string }> {
  const incident = await getIncident(scope, incidentId);
  if (incident.summary !== null && !force) return { summary: incident.summary };
  if (incident.summary !== null) await checkBudget(scope);
  const jobId = uuidOfText(`analyze:${scope.tenantId}:${incidentId}:${force}:${await runsOf(scope, incidentId)}`);
  const job: Job = {
    type: "SUMMARIZE",
    eventId: jobId,
    tenantId: scope.tenantId,
    incidentId,
    actor,
    ...(force ? { force } : {}),
    schemaVersion: "v1",
  };
  const body = JSON.stringify(job);
  await scope.db
    .insert(outbox)
    .values({ id: jobId, tenantId: scope.tenantId, queue: "jobs", body, createdAt: scope.now() })
    .onConflictDoNothing();
  // The job is safe in the outbox: a queue that refuses it is the sweep's concern.
  await sendOutbox(scope, [jobId]).catch((error: unknown) => {
    console.warn({ message: "a summary waits for the sweep", incidentId, error: errorMessage(error) });
  });
  return { jobId };
}
