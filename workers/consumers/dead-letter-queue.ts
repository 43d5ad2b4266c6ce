import { Log0Error } from "../../core/errors.ts";
import { decodeEnvelope } from "../../core/wire/envelope.ts";
import type { QueueName, Stage } from "../../schema/contracts/dead-letter.ts";
import { recordDeadLetter } from "../../services/dead-letters/record.ts";
import type { Platform } from "../../services/platform.ts";
import { replayableBody, retryDelay, tenantOf } from "./consume.ts";
import { Dropper } from "./drop.ts";

/** A native dead letter brings its body only, so the body tells where it came from. */
function originOf(body: unknown): { queue: QueueName; stage: Stage; tenantId: string } {
  if (body instanceof Uint8Array || body instanceof ArrayBuffer) {
    try {
      const envelope = decodeEnvelope(body instanceof Uint8Array ? body : new Uint8Array(body));
      return envelope.stage === "raw"
        ? { queue: "raw-logs", stage: "normalization-service", tenantId: envelope.tenantId }
        : { queue: "normalized-logs", stage: "clustering-service", tenantId: envelope.tenantId };
    } catch {
      return { queue: "raw-logs", stage: "ingestion-gateway", tenantId: "" };
    }
  }
  const tenantId = tenantOf(body);
  const type = typeof body === "object" && body !== null && "type" in body ? body.type : undefined;
  const stage = typeof body === "object" && body !== null && "stage" in body ? body.stage : undefined;
  if (type === "INCIDENT_EVENT") return { queue: "incident-events", stage: "incident-service", tenantId };
  if (type === "NOTIFICATION_EVENT" || type === "DIGEST_EVENT") {
    return { queue: "notification-events", stage: "notification-service", tenantId };
  }
  if (type === "SUMMARIZE" || type === "MERGE_SEGMENTS" || type === "NEW_PATTERNS") {
    return { queue: "jobs", stage: "job-service", tenantId };
  }
  return stage === "normalized"
    ? { queue: "normalized-logs", stage: "clustering-service", tenantId }
    : { queue: "raw-logs", stage: "normalization-service", tenantId };
}

/** `raw-logs-dlq`: what a consumer could not even give up on, because it crashed. */
export async function consumeDeadLetterQueue(batch: MessageBatch, platform: Platform): Promise<void> {
  const dropper = new Dropper(platform);
  for (const message of batch.messages) {
    try {
      const origin = originOf(message.body);
      if (await dropper.drop(message, origin.tenantId, false)) continue;
      await recordDeadLetter(platform, {
        id: `dlq:${message.id}`,
        ...origin,
        body: replayableBody(message.body),
        attempts: message.attempts,
        error: new Log0Error("internal", "the consumer crashed on every attempt"),
      });
      message.ack();
    } catch {
      message.retry({ delaySeconds: retryDelay(message.attempts, Math.random()) });
    }
  }
  dropper.report("raw-logs-dlq");
}
