import { normalizeEvent } from "../../core/events/normalize-event.ts";
import type { RawEvent } from "../../core/events/raw-event.ts";
import { PREVIOUS_ENGINE } from "../../core/grouping/engine.ts";
import { normalizeSection, type PoisonEvent, type Tally } from "../../core/logs/normalize-section.ts";
import { encodeEnvelope, type PackedSection } from "../../core/wire/envelope.ts";
import { recordDeadLetter } from "../../services/dead-letters/record.ts";
import { carryOver } from "../../services/grouping/carry-over.ts";
import { loadGrouping } from "../../services/grouping/load-grouping.ts";
import { publishNormalized } from "../../services/logs/publish-sections.ts";
import { MAX_POINTS, writeMetrics } from "../../services/logs/write-metrics.ts";
import { type Platform, scopeTo } from "../../services/platform.ts";
import { loadTenant } from "../../services/tenants/load-tenant.ts";
import type { ConsumerSpec } from "./consume.ts";
import { consumeLogs } from "./log-queue.ts";

const STAGE = "normalization-service";

/** Raw bytes of the bulk lane that are normalized at a stretch: some 25 ms of CPU. */
const STRETCH_BYTES = 256 * 1024;

/** Lets those have their turn who share the isolate, and whom the bulk lane must not hold up. */
const giveWay = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Both lanes have this consumer: they differ in what waits in front of it. */
function specOf(queue: string): ConsumerSpec {
  return { queue: queue === "raw-logs-bulk" ? queue : "raw-logs", stage: STAGE, attempts: 9 };
}

async function recordPoison(
  platform: Platform,
  queue: ConsumerSpec["queue"],
  tenantId: string,
  shard: number,
  poison: PoisonEvent,
): Promise<void> {
  const { chunkId, part } = poison.section.section;
  await recordDeadLetter(platform, {
    id: `${chunkId}/${part ?? ""}`,
    tenantId,
    queue,
    stage: STAGE,
    body: encodeEnvelope({ stage: "raw", tenantId, shard, sections: [poison.section] }),
    attempts: 1,
    error: poison.error,
  });
}

/**
 * `raw-logs` and `raw-logs-bulk` → template and fingerprint → `normalized-logs`, the chunks of a tenant repacked.
 * @param normalize replaceable, so that a test can make it fail
 * @param previous the engine that runs beside the present one; a test may give one
 */
export async function consumeRawLogs(
  batch: MessageBatch,
  platform: Platform,
  normalize = normalizeEvent,
  previous = PREVIOUS_ENGINE,
): Promise<void> {
  let points = MAX_POINTS;
  const spec = specOf(batch.queue);
  await consumeLogs(batch, platform, spec, "raw", async (tenantId, shard, deliveries) => {
    const scope = scopeTo(platform, tenantId);
    const [{ settings }, grouping] = await Promise.all([loadTenant(scope), loadGrouping(scope, previous)]);
    const inGroups = (event: RawEvent, receivedAt: number) => normalize(event, receivedAt, grouping);
    const sections: PackedSection[] = [];
    const errors: unknown[] = [];
    const tallies: Tally[] = [];
    let stretch = 0;
    for (const [index, { envelope }] of deliveries.entries()) {
      for (const packed of envelope.sections) {
        try {
          const { normalized, poison, tallies: found } = normalizeSection(packed, settings.clusterMinLevel, inGroups);
          for (const event of poison) await recordPoison(platform, spec.queue, tenantId, shard, event);
          if (normalized !== undefined) sections.push(normalized);
          tallies.push(...found);
          stretch += packed.section.rawBytes;
          if (spec.queue === "raw-logs-bulk" && stretch >= STRETCH_BYTES) await giveWay();
          stretch %= STRETCH_BYTES;
        } catch (error) {
          errors[index] = error;
        }
      }
    }
    const carried = grouping.takeCarried();
    await carryOver(scope, carried).catch((error: unknown) => {
      grouping.carryAgain(carried);
      throw error;
    });
    await publishNormalized(scope, shard, sections);
    points -= writeMetrics(scope, tallies, points);
    return errors;
  });
}
