import * as z from "zod";

const byteCount = z.int().min(0);

/** One chunk within an envelope. Its bodies follow the header in the order of the sections. */
export const Section = z.object({
  chunkId: z.uuid().describe("UUID whose low 16 bits are zero: an event's id is the chunk's plus its index"),
  receivedAt: z.int().min(0).describe("Unix ms"),
  sourceId: z.string().min(1).max(40).optional().describe("The source that sent it, for usage"),
  requests: z
    .int()
    .min(0)
    .optional()
    .describe("Requests that the chunk was made of; 0 for all but the first chunk of one"),
  count: z.int().min(1).max(65_536).describe("Events in the chunk"),
  rawBytes: byteCount.describe("Bytes of the raw logs that the chunk stands for, without skipped rows"),
  bodyBytes: byteCount.describe("Compressed columns"),
  digestBytes: byteCount.describe("Compressed window counts; 0 in a raw envelope"),
  minTimestamp: z.int().optional().describe("Unix ms; normalized envelopes only"),
  maxTimestamp: z.int().optional(),
  dedup: z
    .array(z.string().regex(/^[0-9a-f]{16}$/))
    .optional()
    .describe("64-bit content hashes, one an event, where the source asks for deduplication"),
  part: z
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe("Index of the one event that was split off its chunk; the rest of the chunk was handled without it"),
  skipped: z.array(z.int().min(0)).optional().describe("Indexes of rows that are not events: duplicates, or split off"),
});
export type Section = z.infer<typeof Section>;

/** Header of a message on `raw-logs` and `normalized-logs`. */
export const EnvelopeHeader = z
  .object({
    schemaVersion: z.literal("v1"),
    stage: z.enum(["raw", "normalized"]),
    tenantId: z.uuid(),
    shard: z.int().min(0).max(1023).describe("LogStore shard; fixed at ingest, obeyed by every retry and replay"),
    sections: z.array(Section).min(1),
  })
  .meta({ id: "LogEnvelope" });
export type EnvelopeHeader = z.infer<typeof EnvelopeHeader>;

/** Stands for envelopes that are too large for the queue: they lie in R2, framed one after the other. */
export const EnvelopePointer = z
  .object({
    type: z.literal("ENVELOPE_POINTER"),
    stage: z.enum(["raw", "normalized"]),
    tenantId: z.uuid(),
    objectKey: z.string().min(1).max(1024),
    schemaVersion: z.literal("v1"),
  })
  .meta({ id: "EnvelopePointer" });
export type EnvelopePointer = z.infer<typeof EnvelopePointer>;
