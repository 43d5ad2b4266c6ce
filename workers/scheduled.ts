import { errorMessage } from "../core/errors.ts";
import { sweepSpool } from "../services/logs/sweep-spool.ts";
import { sweepOutbox } from "../services/outbox/send.ts";
import type { Platform } from "../services/platform.ts";

/** Listing R2 is a class A operation: once an hour is enough for objects that live for days. */
const SPOOL_MINUTE = 17;

/** Every minute: what crashes have left behind. One sweep's failure does not keep the other from its work. */
export async function scheduled(scheduledTime: number, platform: Platform): Promise<void> {
  const sweeps: Promise<unknown>[] = [sweepOutbox(platform)];
  if (new Date(scheduledTime).getUTCMinutes() === SPOOL_MINUTE) sweeps.push(sweepSpool(platform));
  for (const sweep of await Promise.allSettled(sweeps)) {
    if (sweep.status === "rejected") console.error({ message: "sweep failed", error: errorMessage(sweep.reason) });
  }
}
