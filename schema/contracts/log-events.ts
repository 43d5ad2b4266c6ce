import * as z from "zod";
import { Level } from "./levels.ts";
import { LIMITS } from "./limits.ts";

const name = z.string().min(1).max(LIMITS.nameCharacters);
const isoTimestamp = z.iso.datetime({ offset: true });

/** Structured fields of an event, as the client sent them. */
export const Attributes = z.record(z.string(), z.json());
export type Attributes = z.infer<typeof Attributes>;

/** What ingest publishes to `raw-logs`, one per accepted log line. */
export const RawLogEvent = z
  .object({
    eventId: z.uuid().describe("Platform-assigned; derived from the chunk and the index in it"),
    tenantId: z.uuid().describe("Tenant that owns the event; taken from the credential"),
    serviceName: name,
    environment: name,
    receivedAt: isoTimestamp.describe("When ingest received the request"),
    logTimestamp: isoTimestamp.nullable().describe("The log's own timestamp, where it had a usable one"),
    level: z.string().max(LIMITS.levelCharacters).describe("As the client sent it; empty when missing"),
    message: z.string().max(LIMITS.messageCharacters),
    trace: z.string().max(LIMITS.traceCharacters).optional().describe("Stack trace or trace context"),
    traceId: name.optional().describe("Distributed trace id"),
    attributes: Attributes.optional(),
  })
  .meta({ id: "RawLogEvent" });
export type RawLogEvent = z.infer<typeof RawLogEvent>;

/** What the normalizer publishes to `normalized-logs`. */
export const NormalizedLogEvent = z
  .object({
    eventId: z.uuid(),
    tenantId: z.uuid(),
    serviceName: name,
    environment: name,
    timestamp: isoTimestamp.describe("logTimestamp if present, else receivedAt"),
    level: Level,
    message: z.string().max(LIMITS.messageCharacters),
    messageTemplate: z.string().describe("Variable tokens replaced: <uuid>, <ip>, <number>, …"),
    fingerprint: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe("SHA-256 of groupingVersion|serviceName|messageTemplate|exceptionType|firstStackFrame"),
    attributes: Attributes.optional(),
    traceId: name.optional(),
    trace: z.string().max(LIMITS.traceCharacters).optional(),
    schemaVersion: z.literal("v1"),
  })
  .meta({ id: "NormalizedLogEvent" });
export type NormalizedLogEvent = z.infer<typeof NormalizedLogEvent>;
