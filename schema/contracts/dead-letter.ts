import * as z from "zod";

/** The consumers that can give up on a message; `ingestion-gateway` when it cannot be told which one did. */
export const STAGES = [
  "ingestion-gateway",
  "normalization-service",
  "clustering-service",
  "incident-service",
  "notification-service",
  "job-service",
] as const;
export const Stage = z.enum(STAGES);
export type Stage = z.infer<typeof Stage>;

/** The queues that a message can be replayed to. */
export const QUEUES = [
  "raw-logs",
  "raw-logs-bulk",
  "normalized-logs",
  "incident-events",
  "notification-events",
  "jobs",
] as const;
export const QueueName = z.enum(QUEUES);
export type QueueName = z.infer<typeof QueueName>;

/** What is kept of a message that a consumer gave up on. */
export const DlqEvent = z
  .object({
    originalEvent: z.unknown().describe("The failed message; log envelopes as base64 of their bytes"),
    errorMessage: z.string(),
    failedAt: Stage.describe("The service that caught the error"),
    failedAtTs: z.iso.datetime({ offset: true }),
  })
  .meta({ id: "DlqEvent" });
export type DlqEvent = z.infer<typeof DlqEvent>;
