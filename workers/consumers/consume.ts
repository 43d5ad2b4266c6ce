import { errorCode, errorMessage, Log0Error } from "../../core/errors.ts";
import type { QueueName, Stage } from "../../schema/contracts/dead-letter.ts";
import { type FailedMessage, recordDeadLetter } from "../../services/dead-letters/record.ts";
import type { Platform } from "../../services/platform.ts";
import { Dropper } from "./drop.ts";

/** Where a consumer stands in the pipeline, and how often it tries a message before it gives up. */
export interface ConsumerSpec {
  queue: QueueName;
  stage: Stage;
  /** At most one more than the `max_retries` of wrangler.toml, or the platform gives up first. */
  attempts: number;
  /** Whether a message is of no use while its tenant is suspended; none is when it is missing. */
  rests?: (body: unknown) => boolean;
}

/** A store that is full is waited for as long as the platform lets a message be retried. */
const PATIENT_ATTEMPTS = 100;

function attemptsFor(spec: ConsumerSpec, error: unknown): number {
  return error instanceof Log0Error && error.code === "unavailable" ? PATIENT_ATTEMPTS : spec.attempts;
}

/** Seconds before the next try: 2, 4, 8 … 256, with some jitter so that what failed together does not return together. */
export function retryDelay(attempt: number, random: number): number {
  return Math.ceil(2 ** Math.min(attempt, 8) * (1 + random * 0.25));
}

/** A copy of a body as it would be sent again. */
export function replayableBody(body: unknown): Uint8Array | string {
  if (body instanceof Uint8Array) return body;
  return body instanceof ArrayBuffer ? new Uint8Array(body) : JSON.stringify(body);
}

/** The tenant that a message names, for the list of dead letters; empty when it is too broken to tell. */
export function tenantOf(body: unknown): string {
  if (typeof body !== "object" || body === null || !("tenantId" in body)) return "";
  const { tenantId } = body;
  return typeof tenantId === "string" && /^[0-9a-f-]{36}$/.test(tenantId) ? tenantId : "";
}

/**
 * Handles the failure of one message: another try after a growing delay, or, when no try is left or none can help, a
 * dead letter. Should recording that fail too, the message goes back, and in the end to the native dead-letter queue.
 */
export async function giveBack(
  platform: Platform,
  spec: ConsumerSpec,
  message: Message,
  error: unknown,
  describe: () => Promise<Pick<FailedMessage, "tenantId" | "body">>,
): Promise<void> {
  const last = message.attempts >= attemptsFor(spec, error) || (error instanceof Log0Error && error.permanent);
  const known = { queue: spec.queue, attempt: message.attempts, code: errorCode(error), error: errorMessage(error) };
  if (!last) {
    const hinted = error instanceof Log0Error ? (error.retryAfter ?? 0) : 0;
    const delaySeconds = Math.max(hinted, retryDelay(message.attempts, Math.random()));
    console.warn({ message: "consumer tries again", delaySeconds, ...known });
    message.retry({ delaySeconds });
    return;
  }
  try {
    const described = await describe();
    // Its tenant may have gone meanwhile, and be the reason: then nothing is to be kept. While that cannot be said, neither
    // is: the row would fail as well, and its body in R2 outlive the proof of a deletion.
    const dropper = new Dropper(platform);
    if (await dropper.drop(message, described.tenantId, false)) return dropper.report(spec.queue);
    await recordDeadLetter(platform, {
      id: message.id,
      queue: spec.queue,
      stage: spec.stage,
      attempts: message.attempts,
      error,
      ...described,
    });
    console.error({ message: "dead letter", ...known });
    message.ack();
  } catch (failure) {
    console.error({ message: "dead letter could not be recorded", failure: errorMessage(failure), ...known });
    message.retry({ delaySeconds: retryDelay(message.attempts, Math.random()) });
  }
}

/** Consumes a queue whose messages stand each for themselves. */
export async function consumeEach(
  batch: Pick<MessageBatch, "messages">,
  platform: Platform,
  spec: ConsumerSpec,
  handle: (body: unknown) => Promise<void>,
): Promise<void> {
  const dropper = new Dropper(platform);
  for (const message of batch.messages) {
    try {
      const { body } = message;
      if (await dropper.drop(message, tenantOf(body), spec.rests?.(body) === true)) continue;
      await handle(body);
      message.ack();
    } catch (error) {
      await giveBack(platform, spec, message, error, async () => ({
        tenantId: tenantOf(message.body),
        body: replayableBody(message.body),
      }));
    }
  }
  dropper.report(spec.queue);
}
