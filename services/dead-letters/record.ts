import { errorCode, errorMessage } from "../../core/errors.ts";
import { uuidOfText } from "../../core/ids.ts";
import type { QueueName, Stage } from "../../schema/contracts/dead-letter.ts";
import { isTenantId } from "../../schema/contracts/tenant-id.ts";
import { deadLetters } from "../../schema/tables/messaging.ts";
import type { Platform } from "../platform.ts";

/** A message that a consumer gives up on, and where it came from. */
export interface FailedMessage {
  /** Recording the same id twice makes one dead letter. */
  id: string;
  /** Empty when the message was too broken to tell. */
  tenantId: string;
  queue: QueueName;
  stage: Stage;
  /** As it would be sent again. */
  body: Uint8Array | string;
  attempts: number;
  error: unknown;
}

/** R2 keys are prefixed by tenant; `platform` for what nobody's credential vouches for. */
function bodyKeyOf(message: FailedMessage, id: string): string {
  return `dead-letters/${isTenantId(message.tenantId) ? message.tenantId : "platform"}/${id}`;
}

/** Keeps a failed message: its body in R2, then a row that says what went wrong. */
export async function recordDeadLetter(platform: Platform, message: FailedMessage): Promise<void> {
  const id = uuidOfText(`dead-letter:${message.queue}:${message.id}`);
  const bodyKey = bodyKeyOf(message, id);
  await platform.bucket.put(bodyKey, message.body);
  const failedAt = platform.now();
  await platform.everyTenant
    .insert(deadLetters)
    .values({
      id,
      tenantId: isTenantId(message.tenantId) ? message.tenantId : "",
      queue: message.queue,
      stage: message.stage,
      errorCode: errorCode(message.error),
      errorMessage: errorMessage(message.error),
      contentType: typeof message.body === "string" ? "json" : "bytes",
      bodyKey,
      bodyBytes: message.body.length,
      attempts: message.attempts,
      failedAt,
      replayedAt: null,
    })
    .onConflictDoUpdate({
      target: deadLetters.id,
      set: {
        failedAt,
        errorCode: errorCode(message.error),
        errorMessage: errorMessage(message.error),
        attempts: message.attempts,
        replayedAt: null,
      },
    });
}
