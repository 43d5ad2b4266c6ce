import { Log0Error } from "../../core/errors.ts";
import { decodeEnvelope, type Envelope, unframeEnvelopes } from "../../core/wire/envelope.ts";
import { EnvelopePointer } from "../../schema/contracts/envelope.ts";
import type { Platform } from "../platform.ts";
import { isSpooledBy } from "./publish-sections.ts";

/** An envelope with the bytes that it was read from. */
export interface OpenedEnvelope extends Envelope {
  bytes: Uint8Array;
}

function asBytes(body: unknown): Uint8Array | undefined {
  if (body instanceof Uint8Array) return body;
  return body instanceof ArrayBuffer ? new Uint8Array(body) : undefined;
}

/** Whether an envelope says that it is another tenant's. One that cannot be read says nothing. */
function isForeign(bytes: Uint8Array, tenantId: string): boolean {
  try {
    return decodeEnvelope(bytes).tenantId !== tenantId;
  } catch {
    return false;
  }
}

/**
 * The bytes of the envelopes that a message of a log queue carries or points at. Whatever a pointer leads to must be of
 * the tenant that it names: what comes of it, a dead letter too, is that tenant's to see.
 * @throws Log0Error invalid_envelope when they can never be read; other errors when R2 does not answer
 */
export async function messageBytes(platform: Platform, body: unknown): Promise<Uint8Array[]> {
  const bytes = asBytes(body);
  if (bytes !== undefined) return [bytes];
  const pointer = EnvelopePointer.safeParse(body);
  if (!pointer.success) throw new Log0Error("invalid_envelope", "the message is neither an envelope nor a pointer");
  const { tenantId, objectKey } = pointer.data;
  if (!isSpooledBy(tenantId, objectKey)) {
    throw new Log0Error("invalid_envelope", "the pointer leads to what is not its tenant's");
  }
  const object = await platform.bucket.get(objectKey);
  if (object === null) throw new Log0Error("invalid_envelope", `the object ${objectKey} is gone`);
  const envelopes = unframeEnvelopes(new Uint8Array(await object.arrayBuffer()));
  if (envelopes.some((envelope) => isForeign(envelope, tenantId))) {
    throw new Log0Error("invalid_envelope", "the pointer leads to another tenant's envelopes");
  }
  return envelopes;
}

/**
 * Opens a message of a log queue.
 * @throws Log0Error invalid_envelope when it can never be read; other errors when R2 does not answer
 */
export async function openMessage(
  platform: Platform,
  body: unknown,
  stage: Envelope["stage"],
): Promise<OpenedEnvelope[]> {
  return (await messageBytes(platform, body)).map((bytes) => {
    const envelope = decodeEnvelope(bytes);
    if (envelope.stage !== stage)
      throw new Log0Error("invalid_envelope", `a ${envelope.stage} envelope in the wrong queue`);
    return { ...envelope, bytes };
  });
}
