import { EnvelopeHeader, type Section } from "../../schema/contracts/envelope.ts";
import { Log0Error } from "../errors.ts";

/** Bytes that a queue message may have. The platform's limit is 128 KB, of which it keeps some for itself. */
export const MAX_MESSAGE_BYTES = 127_000;

const MAGIC = 0x4c30; // "L0"
const FORMAT = 1;
const PREAMBLE_BYTES = 7;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A chunk as it travels: its description and its compressed bodies. */
export interface PackedSection {
  section: Section;
  body: Uint8Array;
  /** Window counts; empty in a raw envelope. */
  digest: Uint8Array;
}

export interface Envelope {
  stage: "raw" | "normalized";
  tenantId: string;
  shard: number;
  sections: PackedSection[];
}

/** Bytes that a section adds to a message, with a margin for its part of the header. */
export function sectionBytes(packed: PackedSection): number {
  const dedupBytes = (packed.section.dedup?.length ?? 0) * 19;
  const skippedBytes = (packed.section.skipped?.length ?? 0) * 6;
  return packed.body.byteLength + packed.digest.byteLength + 320 + dedupBytes + skippedBytes;
}

/** `L0`, format, header length (u32), header as JSON, then body and digest of each section in turn. */
export function encodeEnvelope(envelope: Envelope): Uint8Array<ArrayBuffer> {
  const header = encoder.encode(
    JSON.stringify({
      schemaVersion: "v1",
      stage: envelope.stage,
      tenantId: envelope.tenantId,
      shard: envelope.shard,
      sections: envelope.sections.map((packed) => packed.section),
    } satisfies EnvelopeHeader),
  );
  let size = PREAMBLE_BYTES + header.byteLength;
  for (const packed of envelope.sections) size += packed.body.byteLength + packed.digest.byteLength;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, MAGIC);
  view.setUint8(2, FORMAT);
  view.setUint32(3, header.byteLength);
  bytes.set(header, PREAMBLE_BYTES);
  let offset = PREAMBLE_BYTES + header.byteLength;
  for (const packed of envelope.sections) {
    bytes.set(packed.body, offset);
    bytes.set(packed.digest, offset + packed.body.byteLength);
    offset += packed.body.byteLength + packed.digest.byteLength;
  }
  return bytes;
}

function readHeader(bytes: Uint8Array): { header: EnvelopeHeader; offset: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < PREAMBLE_BYTES || view.getUint16(0) !== MAGIC || view.getUint8(2) !== FORMAT) {
    throw new Log0Error("invalid_envelope", "not a log envelope");
  }
  const offset = PREAMBLE_BYTES + view.getUint32(3);
  if (offset > bytes.byteLength) throw new Log0Error("invalid_envelope", "the envelope is cut off");
  let json: unknown;
  try {
    json = JSON.parse(decoder.decode(bytes.subarray(PREAMBLE_BYTES, offset)));
  } catch (error) {
    throw new Log0Error("invalid_envelope", "the envelope's header is not JSON", { cause: error });
  }
  const header = EnvelopeHeader.safeParse(json);
  if (!header.success) {
    throw new Log0Error("invalid_envelope", `the envelope's header is wrong: ${header.error.issues[0]?.message ?? ""}`);
  }
  return { header: header.data, offset };
}

/**
 * Splits an envelope into its sections, as views of the same bytes; nothing is inflated.
 * @throws Log0Error invalid_envelope
 */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const { header, offset: start } = readHeader(bytes);
  const sections: PackedSection[] = [];
  let offset = start;
  for (const section of header.sections) {
    const middle = offset + section.bodyBytes;
    const end = middle + section.digestBytes;
    if (end > bytes.byteLength) throw new Log0Error("invalid_envelope", "the envelope is cut off");
    sections.push({ section, body: bytes.subarray(offset, middle), digest: bytes.subarray(middle, end) });
    offset = end;
  }
  if (offset !== bytes.byteLength) throw new Log0Error("invalid_envelope", "the envelope has bytes too many");
  return { stage: header.stage, tenantId: header.tenantId, shard: header.shard, sections };
}

/** Spreads sections over as few envelopes as fit a queue message. A section too large for one stands alone. */
export function packSections(sections: readonly PackedSection[], limit = MAX_MESSAGE_BYTES): PackedSection[][] {
  const groups: PackedSection[][] = [];
  let group: PackedSection[] = [];
  let size = PREAMBLE_BYTES + 200;
  for (const packed of sections) {
    const bytes = sectionBytes(packed);
    if (group.length > 0 && size + bytes > limit) {
      groups.push(group);
      group = [];
      size = PREAMBLE_BYTES + 200;
    }
    group.push(packed);
    size += bytes;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** Several envelopes in one object, each behind its length (u32): what a pointer message points at. */
export function frameEnvelopes(envelopes: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(envelopes.reduce((sum, envelope) => sum + 4 + envelope.byteLength, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const envelope of envelopes) {
    view.setUint32(offset, envelope.byteLength);
    bytes.set(envelope, offset + 4);
    offset += 4 + envelope.byteLength;
  }
  return bytes;
}

/** @throws Log0Error invalid_envelope */
export function unframeEnvelopes(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const envelopes: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.byteLength; ) {
    const end = offset + 4 + (offset + 4 <= bytes.byteLength ? view.getUint32(offset) : Number.POSITIVE_INFINITY);
    if (end > bytes.byteLength) throw new Log0Error("invalid_envelope", "the object is cut off");
    envelopes.push(bytes.subarray(offset + 4, end));
    offset = end;
  }
  return envelopes;
}
