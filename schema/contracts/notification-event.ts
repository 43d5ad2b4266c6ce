import * as z from "zod";
import { IncidentStatus, Severity } from "./levels.ts";

const isoTimestamp = z.iso.datetime({ offset: true });

export const NotificationType = z.enum([
  "INCIDENT_CREATED",
  "INCIDENT_ASSIGNED",
  "INCIDENT_ACKNOWLEDGED",
  "INCIDENT_RESOLVED",
  "INCIDENT_SUMMARIZED",
  "INCIDENT_ESCALATED",
  "ALERT_FIRING",
  "ALERT_RESOLVED",
]);
export type NotificationType = z.infer<typeof NotificationType>;

/** Published to `notification-events` when an incident changes. A sender renders the present state and skips older versions. */
export const NotificationEvent = z
  .object({
    type: z.literal("NOTIFICATION_EVENT"),
    eventId: z.string().min(1).max(200).describe("Idempotency key"),
    tenantId: z.uuid(),
    incidentId: z.uuid(),
    incidentVersion: z.int().min(1).describe("The incident's version when this was written"),
    fingerprint: z.string(),
    serviceName: z.string(),
    environment: z.string(),
    severity: Severity,
    status: IncidentStatus,
    occurrenceCount: z.int().min(0),
    firstSeenAt: isoTimestamp,
    lastSeenAt: isoTimestamp,
    topMessages: z.array(z.string()).max(10),
    aiSummary: z.string().nullable().describe("Null on INCIDENT_CREATED: the summary comes later"),
    notificationType: NotificationType,
    channelId: z
      .uuid()
      .optional()
      .describe("Only where an event for several channels was split: the one that this is for"),
    assignedToUserId: z.uuid().optional().describe("Only when the type is INCIDENT_ASSIGNED"),
    schemaVersion: z.literal("v1"),
  })
  .meta({ id: "NotificationEvent" });
export type NotificationEvent = z.infer<typeof NotificationEvent>;
