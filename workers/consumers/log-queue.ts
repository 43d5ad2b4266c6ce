import { frameEnvelopes } from "../../core/wire/envelope.ts";
import type { FailedMessage } from "../../services/dead-letters/record.ts";
import { messageBytes, type OpenedEnvelope, openMessage } from "../../services/logs/open-message.ts";
import type { Platform } from "../../services/platform.ts";
import { type ConsumerSpec, giveBack, replayableBody, tenantOf } from "./consume.ts";
import { Dropper } from "./drop.ts";

/**
 * What a dead letter of a log queue keeps: the envelope, or, for a pointer, the envelopes that it points at, because
 * the object goes before the dead letter does.
 */
async function describe(platform: Platform, message: Message): Promise<Pick<FailedMessage, "tenantId" | "body">> {
  const body = replayableBody(message.body);
  if (typeof body !== "string") return { tenantId: tenantOfEnvelope(body), body };
  try {
    return { tenantId: tenantOf(message.body), body: frameEnvelopes(await messageBytes(platform, message.body)) };
  } catch {
    return { tenantId: tenantOf(message.body), body };
  }
}

/** The tenant that a message of a log queue names, whether an envelope or a pointer. */
function tenantNamed(body: unknown): string {
  const bytes = replayableBody(body);
  return typeof bytes === "string" ? tenantOf(body) : tenantOfEnvelope(bytes);
}

/** The tenant in an envelope's header, even when the rest of it is broken. */
function tenantOfEnvelope(bytes: Uint8Array): string {
  const head = new TextDecoder().decode(bytes.subarray(0, 400));
  return /"tenantId":"([0-9a-f-]{36})"/.exec(head)?.[1] ?? "";
}

/** The part of a message that goes to one LogStore, and the message to answer for. */
export interface Delivery {
  message: Message;
  envelope: OpenedEnvelope;
}

/**
 * Consumes a log queue: opens the messages one at a time, hands each store's part on as a whole, then acks or gives
 * back every message on its own account.
 * @param handle returns, per delivery, the error that concerns it alone; throws what concerns them all
 */
export async function consumeLogs(
  batch: MessageBatch,
  platform: Platform,
  spec: ConsumerSpec,
  stage: "raw" | "normalized",
  handle: (tenantId: string, shard: number, deliveries: readonly Delivery[]) => Promise<(unknown | undefined)[]>,
): Promise<void> {
  const failed = new Map<Message, unknown>();
  const groups = new Map<string, Delivery[]>();
  const dropper = new Dropper(platform);
  const dropped = new Set<Message>();
  const named = batch.messages.map((message) => tenantNamed(message.body));
  await dropper.foresee(named);
  for (const [index, message] of batch.messages.entries()) {
    try {
      // Before it is opened: what a pointer points at goes with its tenant.
      if (await dropper.drop(message, named[index] ?? "", false)) {
        dropped.add(message);
        continue;
      }
      for (const envelope of await openMessage(platform, message.body, stage)) {
        const key = `${envelope.tenantId}:${envelope.shard}`;
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [{ message, envelope }]);
        else group.push({ message, envelope });
      }
    } catch (error) {
      failed.set(message, error);
    }
  }
  await Promise.all(
    [...groups.values()].map(async (deliveries) => {
      const first = deliveries[0];
      if (first === undefined) return;
      try {
        const errors = await handle(first.envelope.tenantId, first.envelope.shard, deliveries);
        for (const [index, delivery] of deliveries.entries()) {
          if (errors[index] !== undefined) failed.set(delivery.message, errors[index]);
        }
      } catch (error) {
        for (const { message } of deliveries) failed.set(message, error);
      }
    }),
  );
  for (const message of batch.messages) {
    if (dropped.has(message)) continue;
    if (!failed.has(message)) message.ack();
    else await giveBack(platform, spec, message, failed.get(message), () => describe(platform, message));
  }
  dropper.report(spec.queue);
}
