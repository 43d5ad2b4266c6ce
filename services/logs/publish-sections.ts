import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import {
  encodeEnvelope,
  frameEnvelopes,
  MAX_MESSAGE_BYTES,
  type PackedSection,
  packSections,
} from "../../core/wire/envelope.ts";
import type { EnvelopePointer } from "../../schema/contracts/envelope.ts";
import type { TenantScope } from "../platform.ts";

/** One `sendBatch` takes 100 messages and 256 KB; some of it is the platform's own framing. */
const MAX_BATCH_MESSAGES = 100;
const MAX_BATCH_BYTES = 254_000;

/** Objects that pointer messages point at. A cron deletes them when no delivery or replay can ask for them any more. */
export const SPOOL_PREFIX = "spool/";

/** The lanes that raw logs travel on: the second one takes what is above a tenant's share of the first. */
export type Lane = "raw-logs" | "raw-logs-bulk";

/** Where a pointer to framed envelopes may go. */
export type LogQueue = Lane | "normalized-logs";

function encode(scope: TenantScope, stage: "raw" | "normalized", shard: number, sections: readonly PackedSection[]) {
  return packSections(sections).map((group) =>
    encodeEnvelope({ stage, tenantId: scope.tenantId, shard, sections: group }),
  );
}

/** Whether an object is one that `sendPointer` has put there for the tenant. */
export function isSpooledBy(tenantId: string, objectKey: string): boolean {
  const [day = "", owner, id = "", ...more] = objectKey.slice(SPOOL_PREFIX.length).split("/");
  const isWhole = /^\d{4}-\d\d-\d\d$/.test(day) && /^[0-9a-f-]{36}$/.test(id) && more.length === 0;
  return objectKey.startsWith(SPOOL_PREFIX) && owner === tenantId && isWhole;
}

/** Puts framed envelopes into R2 and sends a message that points at them. */
export async function sendPointer(scope: TenantScope, queue: LogQueue, framed: Uint8Array): Promise<void> {
  const now = scope.now();
  const day = new Date(now).toISOString().slice(0, 10);
  const objectKey = `${SPOOL_PREFIX}${day}/${scope.tenantId}/${uuidV7(now, scope.random(10))}`;
  await scope.bucket.put(objectKey, framed);
  const pointer: EnvelopePointer = {
    type: "ENVELOPE_POINTER",
    stage: queue === "normalized-logs" ? "normalized" : "raw",
    tenantId: scope.tenantId,
    objectKey,
    schemaVersion: "v1",
  };
  await scope.queues[queue].send(pointer, { contentType: "json" });
}

/**
 * Sends the chunks of a request whole or not at all: one `sendBatch`, or, above that, one R2 object and a pointer.
 * @throws Log0Error unavailable: nothing was kept
 */
export async function publishAtomically(
  scope: TenantScope,
  shard: number,
  sections: readonly PackedSection[],
  lane: Lane = "raw-logs",
): Promise<void> {
  const envelopes = encode(scope, "raw", shard, sections);
  const bytes = envelopes.reduce((sum, envelope) => sum + envelope.byteLength, 0);
  const fits =
    envelopes.length <= MAX_BATCH_MESSAGES &&
    bytes <= MAX_BATCH_BYTES &&
    envelopes.every((envelope) => envelope.byteLength <= MAX_MESSAGE_BYTES);
  try {
    const [only] = envelopes;
    if (!fits) await sendPointer(scope, lane, frameEnvelopes(envelopes));
    else if (envelopes.length === 1 && only !== undefined) {
      await scope.queues[lane].send(only, { contentType: "bytes" });
    } else {
      await scope.queues[lane].sendBatch(envelopes.map((body) => ({ body, contentType: "bytes" as const })));
    }
  } catch (error) {
    throw new Log0Error("unavailable", "the logs could not be queued; nothing was kept, send them again", {
      permanent: false,
      retryAfter: 2,
      cause: error,
    });
  }
}

/** Sends normalized chunks, repacked. Each message stands for itself: what is sent twice is stored once. */
export async function publishNormalized(
  scope: TenantScope,
  shard: number,
  sections: readonly PackedSection[],
): Promise<void> {
  const sends: Promise<unknown>[] = [];
  let batch: { body: Uint8Array; contentType: "bytes" }[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (batch.length > 0) sends.push(scope.queues["normalized-logs"].sendBatch(batch));
    batch = [];
    bytes = 0;
  };
  for (const body of encode(scope, "normalized", shard, sections)) {
    if (body.byteLength > MAX_MESSAGE_BYTES) {
      sends.push(sendPointer(scope, "normalized-logs", frameEnvelopes([body])));
      continue;
    }
    if (batch.length === MAX_BATCH_MESSAGES || bytes + body.byteLength > MAX_BATCH_BYTES) flush();
    batch.push({ body, contentType: "bytes" });
    bytes += body.byteLength;
  }
  flush();
  await Promise.all(sends);
}
