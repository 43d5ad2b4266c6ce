import { Log0Error } from "../../core/errors.ts";
import { Job } from "../../schema/contracts/job.ts";
import { announceNewPatterns } from "../../services/grouping/announce-new-patterns.ts";
import { carryOutMerge } from "../../services/logs/merge-segments.ts";
import { type Platform, scopeTo } from "../../services/platform.ts";
import { extractive, type SummaryProvider, workersAi } from "../../services/summaries/providers.ts";
import { summarizeIncident } from "../../services/summaries/summarize-incident.ts";
import { alertTarget } from "../alert-target.ts";
import type { Env } from "../env.ts";
import { consumeEach } from "./consume.ts";

/** The configured summarizer. Without an AI binding it is the extractive one. */
export function summaryProvider(env: Pick<Env, "SUMMARIZER" | "AI" | "AI_MODEL">): SummaryProvider {
  const { AI: ai, AI_MODEL: model } = env;
  if (env.SUMMARIZER !== "workers-ai" || ai === undefined || model === undefined) return extractive;
  return workersAi({ run: (name, input) => Reflect.apply(ai.run, ai, [name, input]) }, model);
}

/** `jobs`: work that nobody waits for. */
export async function consumeJobs(batch: MessageBatch, platform: Platform, env: Env): Promise<void> {
  await consumeEach(batch, platform, { queue: "jobs", stage: "job-service", attempts: 6 }, async (body) => {
    const job = Job.safeParse(body);
    if (!job.success) throw new Log0Error("invalid_message", `not a job: ${job.error.issues[0]?.message}`);
    const scope = scopeTo(platform, job.data.tenantId);
    switch (job.data.type) {
      case "SUMMARIZE":
        return await summarizeIncident(scope, job.data.incidentId, summaryProvider(env));
      case "MERGE_SEGMENTS":
        return await carryOutMerge(scope, job.data.mergeId);
      case "NEW_PATTERNS": {
        const target = alertTarget(env);
        if (target !== undefined) await announceNewPatterns(scope, target, job.data);
      }
    }
  });
}
