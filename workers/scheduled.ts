import { errorMessage } from "../core/errors.ts";
import { expireSessions } from "../services/auth/expire-sessions.ts";
import { expireDeliveries } from "../services/channels/expire-deliveries.ts";
import { sweepDigests } from "../services/channels/sweep-digests.ts";
import { sweepEscalations } from "../services/channels/sweep-escalations.ts";
import { alertOfDeadLetters } from "../services/dead-letters/alert.ts";
import { expireDeadLetters } from "../services/dead-letters/expire.ts";
import { forgetTraces } from "../services/incidents/forget-traces.ts";
import { sweepIncidents } from "../services/incidents/sweep.ts";
import { collectGarbage } from "../services/logs/collect-garbage.ts";
import { retainSegments } from "../services/logs/retain-segments.ts";
import { sweepMerges } from "../services/logs/sweep-merges.ts";
import { sweepOrphans } from "../services/logs/sweep-orphans.ts";
import { sweepSpool } from "../services/logs/sweep-spool.ts";
import { sweepOutbox } from "../services/outbox/send.ts";
import type { Platform } from "../services/platform.ts";
import { sweepDeletions } from "../services/tenants/deletion/sweep.ts";
import { warnOfUsage } from "../services/usage/warn-of-usage.ts";
import { channelAccess } from "./channel-access.ts";
import type { Env } from "./env.ts";
import { slackDefaults } from "./slack-defaults.ts";

/** Once an hour is enough for what lives for days; listing R2 is a class A operation. */
const HOURLY_MINUTE = 17;
/** Small segments slow searches down, so they do not wait for the hour. */
const MERGE_MINUTES = 10;

/** Every minute: what crashes have left behind, and word of dead letters. One sweep's failure keeps no other from its work. */
export async function scheduled(scheduledTime: number, platform: Platform, env: Env): Promise<void> {
  const sweeps: Promise<unknown>[] = [
    sweepOutbox(platform),
    sweepDigests(platform),
    sweepEscalations(platform),
    sweepIncidents(platform),
    alertOfDeadLetters(platform, slackDefaults(env)),
    sweepDeletions(platform),
  ];
  const minute = new Date(scheduledTime).getUTCMinutes();
  if (minute % MERGE_MINUTES === 0) {
    sweeps.push(sweepMerges(platform), collectGarbage(platform), warnOfUsage(platform, channelAccess(env)));
  }
  if (minute === HOURLY_MINUTE) {
    sweeps.push(sweepSpool(platform), expireDeadLetters(platform), retainSegments(platform), sweepOrphans(platform));
    sweeps.push(forgetTraces(platform), expireDeliveries(platform), expireSessions(platform));
  }
  for (const sweep of await Promise.allSettled(sweeps)) {
    if (sweep.status === "rejected") console.error({ message: "sweep failed", error: errorMessage(sweep.reason) });
  }
}
