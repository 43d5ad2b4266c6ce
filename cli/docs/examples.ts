import { createHash } from "node:crypto";
import type {
  DigestEvent,
  DlqEvent,
  EnvelopeHeader,
  EnvelopePointer,
  IncidentEvent,
  Job,
  NormalizedLogEvent,
  NotificationEvent,
  RawLogEvent,
} from "../../schema/contracts/index.ts";

// One burst, followed through the pipeline: a payment service that loses its gateway.

const tenantId = "0b8f4c1e-6a53-4d0e-9f0a-2f6d1f1f7a11";
const incidentId = "5f0c0f4a-7a0b-4f2b-8a64-0d6c1d3c9e21";
const chunkId = "019a9f00-1c40-7b21-8f3a-5d2e7c410000";
const serviceName = "payment-service";
const environment = "production";
const message = "Connection timeout to payment-gateway after 30000ms";
const messageTemplate = "Connection timeout to payment-gateway after <duration>";
const exceptionType = "java.net.SocketTimeoutException";
const trace = `${exceptionType}: connect timed out\n\tat com.acme.payment.GatewayClient.charge(GatewayClient.java:118)`;
const fingerprint = createHash("sha256").update(`${serviceName}|${messageTemplate}`).digest("hex");
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const firstSeenAt = "2026-11-22T10:15:29.871Z";
const lastSeenAt = "2026-11-22T10:15:31.204Z";
const windowStart = "2026-11-22T10:15:00.000Z";
const counts = { windows: [{ start: windowStart, count: 10 }], occurrenceCount: 10, firstSeenAt, lastSeenAt };

export const rawLogEvent: RawLogEvent = {
  eventId: "019a9f00-1c40-7b21-8f3a-5d2e7c410000",
  tenantId,
  serviceName,
  environment,
  receivedAt: "2026-11-22T10:15:31.310Z",
  logTimestamp: lastSeenAt,
  level: "error",
  message,
  trace,
  traceId,
  attributes: { pod: "payment-service-7d9f", attempt: 3 },
};

export const normalizedLogEvent: NormalizedLogEvent = {
  eventId: rawLogEvent.eventId,
  tenantId,
  serviceName,
  environment,
  timestamp: lastSeenAt,
  level: "ERROR",
  message,
  messageTemplate,
  fingerprint,
  attributes: { pod: "payment-service-7d9f", attempt: 3 },
  traceId,
  trace,
  schemaVersion: "v1",
};

const section = {
  chunkId,
  receivedAt: Date.parse(rawLogEvent.receivedAt),
  count: 1,
  rawBytes: 412,
  bodyBytes: 301,
};

export const rawHeader: EnvelopeHeader = {
  schemaVersion: "v1",
  stage: "raw",
  tenantId,
  shard: 0,
  sections: [{ ...section, digestBytes: 0 }],
};

export const normalizedHeader: EnvelopeHeader = {
  schemaVersion: "v1",
  stage: "normalized",
  tenantId,
  shard: 0,
  sections: [
    { ...section, digestBytes: 96, minTimestamp: Date.parse(lastSeenAt), maxTimestamp: Date.parse(lastSeenAt) },
  ],
};

export const envelopePointer: EnvelopePointer = {
  type: "ENVELOPE_POINTER",
  stage: "raw",
  tenantId,
  objectKey: `spool/${tenantId}/019a9f00-1c40-7b21-8f3a-5d2e7c410000`,
  schemaVersion: "v1",
};

export const incidentEvent: IncidentEvent = {
  type: "INCIDENT_EVENT",
  eventId: `${fingerprint.slice(0, 16)}:${windowStart}:1`,
  kind: "CROSSED",
  tenantId,
  fingerprint,
  serviceName,
  environment,
  severity: "HIGH",
  messageTemplate,
  exceptionType,
  ...counts,
  crossedAt: "2026-11-22T10:15:32.040Z",
  topMessages: [message],
  sampleTrace: trace,
  schemaVersion: "v1",
};

export const notificationEvent: NotificationEvent = {
  type: "NOTIFICATION_EVENT",
  eventId: `${incidentId}:1`,
  tenantId,
  incidentId,
  incidentVersion: 1,
  fingerprint,
  serviceName,
  environment,
  severity: "HIGH",
  status: "NEW",
  occurrenceCount: counts.occurrenceCount,
  firstSeenAt,
  lastSeenAt,
  topMessages: [message],
  aiSummary: null,
  notificationType: "INCIDENT_CREATED",
  schemaVersion: "v1",
};

export const digestEvent: DigestEvent = {
  type: "DIGEST_EVENT",
  eventId: "019ab0d2-7c11-7d52-8e6a-3f1b5a0c9e44",
  tenantId,
  channelId: "019ab0c0-1f2e-7a10-9b3c-5d4e6f708192",
  schemaVersion: "v1",
};

export const dlqEvent: DlqEvent = {
  originalEvent: incidentEvent,
  errorMessage: "D1_ERROR: database is overloaded",
  failedAt: "incident-service",
  failedAtTs: "2026-11-22T10:24:03.118Z",
};

export const job: Job = {
  type: "SUMMARIZE",
  eventId: `${incidentId}:summary`,
  tenantId,
  incidentId,
  schemaVersion: "v1",
};
