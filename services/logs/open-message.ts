import { Log0Error } from "../../core/errors.ts";
import { decodeEnvelope, type Envelope, unframeEnvelopes } from "../../core/wire/envelope.ts";
import { EnvelopePointer } from "../../schema/contracts/envelope.ts";
import type { Platform } from "../platform.ts";

/** An envelope with the bytes that it was read from. */
export interface OpenedEnvelope extends Envelope {
  bytes: Uint8Array;
}

function asBytes(body: unknown): Uint8Array | undefined {
  if (body instanceof Uint8Array) return body;
  return body instanceof ArrayBuffer ? new Uint8Array(body) : undefined;
}

/** The bytes of the envelopes that a message of a log queue carries or points at. */
export async function messageBytes(platform: Platform, body: unknown): Promise<Uint8Array[]> {
  const bytes = asBytes(body);
  if (bytes !== undefined) return [bytes];
  const pointer = EnvelopePointer.safeParse(body);
  if (!pointer.success) throw new Log0Error("invalid_envelope", "the message is neither an envelope nor a pointer");
  const object = await platform.bucket.get(pointer.data.objectKey);
  if (object === null) throw new Log0Error("invalid_envelope", `the object ${pointer.data.objectKey} is gone`);
  return unframeEnvelopes(new Uint8Array(await object.arrayBuffer()));
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
