import { normalizeSection, type PoisonEvent, type Tally } from "../../core/logs/normalize-section.ts";
import { encodeEnvelope, type PackedSection } from "../../core/wire/envelope.ts";
import { recordDeadLetter } from "../../services/dead-letters/record.ts";
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
 */
export async function consumeRawLogs(
  batch: MessageBatch,
  platform: Platform,
  normalize?: Parameters<typeof normalizeSection>[2],
): Promise<void> {
  let points = MAX_POINTS;
  await consumeLogs(batch, platform, SPEC, "raw", async (tenantId, shard, deliveries) => {
    const scope = scopeTo(platform, tenantId);
    const { settings } = await loadTenant(scope);
    const sections: PackedSection[] = [];
    const errors: unknown[] = [];
    const tallies: Tally[] = [];
    for (const [index, { envelope }] of deliveries.entries()) {
      for (const packed of envelope.sections) {
        try {
          const { normalized, poison, tallies: found } = normalizeSection(packed, settings.clusterMinLevel, normalize);
          for (const event of poison) await recordPoison(platform, tenantId, shard, event);
          if (normalized !== undefined) sections.push(normalized);
          tallies.push(...found);
        } catch (error) {
          errors[index] = error;
        }
      }
    }
    await publishNormalized(scope, shard, sections);
    points -= writeMetrics(scope, tallies, points);
    return errors;
  });
}
