import { Log0Error } from "../../core/errors.ts";
import { Job } from "../../schema/contracts/job.ts";
import { announceNewPatterns } from "../../services/grouping/announce-new-patterns.ts";
import { carryOutMerge } from "../../services/logs/merge-segments.ts";
import { type Platform, scopeTo } from "../../services/platform.ts";
import { summarizeIncident } from "../../services/summaries/summarize-incident.ts";
import type { Env } from "../env.ts";
import { slackDefaults } from "../slack-defaults.ts";
import { summarizers } from "../summary-provider.ts";
import { consumeEach } from "./consume.ts";

/** Summaries cost money, and of new patterns nobody is told while a tenant is suspended; merges go on. */
function rests(body: unknown): boolean {
  const job = Job.safeParse(body);
  return job.success && job.data.type !== "MERGE_SEGMENTS";
}

/** `jobs`: work that nobody waits for. */
export async function consumeJobs(batch: MessageBatch, platform: Platform, env: Env): Promise<void> {
  await consumeEach(batch, platform, { queue: "jobs", stage: "job-service", attempts: 6, rests }, async (body) => {
    const job = Job.safeParse(body);
    if (!job.success) throw new Log0Error("invalid_message", `not a job: ${job.error.issues[0]?.message}`);
    const scope = scopeTo(platform, job.data.tenantId);
    switch (job.data.type) {
      case "SUMMARIZE": {
        const { eventId: id, incidentId, actor = "system", force = false } = job.data;
        return await summarizeIncident(scope, { id, incidentId, actor, force }, summarizers(env));
      }
      case "MERGE_SEGMENTS":
        return await carryOutMerge(scope, job.data.mergeId);
      case "NEW_PATTERNS":
        return await announceNewPatterns(scope, slackDefaults(env), job.data);
    }
  });
}
