import * as z from "zod";
import { Severity } from "./levels.ts";
import { LIMITS } from "./limits.ts";

const isoTimestamp = z.iso.datetime({ offset: true });

/** Why a window speaks: it crossed its threshold, has new counts, or has closed. Only a crossing may open an incident. */
export const IncidentEventKind = z.enum(["CROSSED", "UPDATED", "CLOSED"]);

/** Published to `incident-events` by a ClusterWindow object. */
export const IncidentEvent = z
  .object({
    type: z.literal("INCIDENT_EVENT"),
    eventId: z.string().min(1).max(200).describe("Idempotency key: the same event is delivered at least once"),
    kind: IncidentEventKind,
    tenantId: z.uuid(),
    fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
    serviceName: z.string(),
    environment: z.string(),
    severity: Severity,
    messageTemplate: z.string(),
    exceptionType: z.string().optional(),
    occurrenceCount: z.int().min(1).describe("Matching events in the current window"),
    windows: z
      .array(z.object({ start: isoTimestamp, count: z.int().min(0) }))
      .min(1)
      .describe("Counts of the windows that this event speaks of; receivers keep the maximum per window"),
    firstSeenAt: isoTimestamp.describe("First event in the window"),
    lastSeenAt: isoTimestamp.describe("Most recent event in the window"),
    crossedAt: isoTimestamp.describe("When the threshold was crossed (wall clock)"),
    topMessages: z.array(z.string()).max(10).describe("Up to 10 distinct messages"),
    sampleTrace: z.string().optional().describe("One stack trace, shortened"),
    traceIds: z
      .array(z.string().max(LIMITS.nameCharacters))
      .max(20)
      .optional()
      .describe("Up to 20 ids of traces that passed through it; every service keeps the same ones"),
    schemaVersion: z.literal("v1"),
  })
  .meta({ id: "IncidentEvent" });
export type IncidentEvent = z.infer<typeof IncidentEvent>;
