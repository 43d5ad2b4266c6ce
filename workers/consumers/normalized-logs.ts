import { Log0Error } from "../../core/errors.ts";
import { type Platform, scopeTo } from "../../services/platform.ts";
import type { ConsumerSpec } from "./consume.ts";
import { consumeLogs } from "./log-queue.ts";

const SPEC: ConsumerSpec = { queue: "normalized-logs", stage: "clustering-service", attempts: 9 };

/** A full store waits for R2. With 100 tries it may do so for over an hour and a half. */
const FULL_RETRY_SECONDS = 60;

/** `normalized-logs` → the tenant's LogStore, one call a store and batch. The store tells what is new. */
export async function consumeNormalizedLogs(batch: MessageBatch, platform: Platform): Promise<void> {
  await consumeLogs(batch, platform, SPEC, "normalized", async (tenantId, shard, deliveries) => {
    const envelopes = deliveries.map((delivery) => delivery.envelope.bytes);
    const store = platform.logStore(scopeTo(platform, tenantId).tenantId, shard);
    const { refused, full } = await store.append(tenantId, shard, envelopes);
    if (full) {
      throw new Log0Error("unavailable", "the log store is full until it can write segments", {
        permanent: false,
        retryAfter: FULL_RETRY_SECONDS,
      });
    }
    return refused.map((reason) => (reason === null ? undefined : new Log0Error("invalid_envelope", reason)));
  });
}
