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

const SPEC: ConsumerSpec = { queue: "raw-logs", stage: "normalization-service", attempts: 9 };

async function recordPoison(platform: Platform, tenantId: string, shard: number, poison: PoisonEvent): Promise<void> {
  const { chunkId, part } = poison.section.section;
  await recordDeadLetter(platform, {
    id: `${chunkId}/${part ?? ""}`,
    tenantId,
    queue: "raw-logs",
    stage: SPEC.stage,
    body: encodeEnvelope({ stage: "raw", tenantId, shard, sections: [poison.section] }),
    attempts: 1,
    error: poison.error,
  });
}

/**
 * `raw-logs` → template and fingerprint → `normalized-logs`, the chunks of a tenant repacked.
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
  await consumeLogs(batch, platform, SPEC, "raw", async (tenantId, shard, deliveries) => {
    const scope = scopeTo(platform, tenantId);
    const [{ settings }, grouping] = await Promise.all([loadTenant(scope), loadGrouping(scope, previous)]);
    const inGroups = (event: RawEvent, receivedAt: number) => normalize(event, receivedAt, grouping);
    const sections: PackedSection[] = [];
    const errors: unknown[] = [];
    const tallies: Tally[] = [];
    for (const [index, { envelope }] of deliveries.entries()) {
      for (const packed of envelope.sections) {
        try {
          const { normalized, poison, tallies: found } = normalizeSection(packed, settings.clusterMinLevel, inGroups);
          for (const event of poison) await recordPoison(platform, tenantId, shard, event);
          if (normalized !== undefined) sections.push(normalized);
          tallies.push(...found);
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
