import { Webhook } from "standardwebhooks";
import type { Incident } from "../incidents/incident.ts";
import type { Happening, HeldNotice } from "./notice.ts";
import { incidentUrl } from "./slack-message.ts";

/** `INCIDENT_CREATED` → `incident.created`. */
export function webhookType(type: Happening): string {
  return type.toLowerCase().replace("_", ".");
}

const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));

export interface WebhookMessage {
  type: string;
  /** ISO 8601. */
  timestamp: string;
  data: { schemaVersion: "v1"; tenantId: string; [field: string]: unknown };
}

/** What a receiver gets of an incident: its present state, and what happened. docs/webhooks.md says it to its readers. */
export function incidentMessage(
  incident: Incident,
  type: Happening,
  tenantId: string,
  publicUrl: string,
): WebhookMessage {
  return {
    type: webhookType(type),
    timestamp: iso(incident.updatedAt),
    data: {
      schemaVersion: "v1",
      tenantId,
      incident: {
        id: incident.id,
        url: incidentUrl(publicUrl, incident.id),
        version: incident.version,
        title: incident.title,
        severity: incident.severity,
        status: incident.status,
        service: incident.serviceName,
        environment: incident.environment,
        fingerprint: incident.fingerprint,
        template: incident.messageTemplate,
        occurrences: incident.occurrenceCount,
        firstSeenAt: iso(incident.firstSeenAt),
        lastSeenAt: iso(incident.lastSeenAt),
        createdAt: iso(incident.createdAt),
        acknowledgedAt: isoOrNull(incident.acknowledgedAt),
        resolvedAt: isoOrNull(incident.resolvedAt),
        assigneeId: incident.assigneeId,
        regressionOf: incident.regressionOf,
        messages: incident.topMessages,
        summary:
          incident.summary === null
            ? null
            : {
                summary: incident.summary.summary,
                rootCause: incident.summary.rootCause,
                nextSteps: incident.summary.nextSteps,
              },
      },
    },
  };
}

/** What was held back, in one message. @param now Unix ms */
export function digestMessage(
  held: readonly HeldNotice[],
  tenantId: string,
  now: number,
  publicUrl: string,
): WebhookMessage {
  const byId = new Map(held.map(({ incident }) => [incident.id, incident]));
  return {
    type: "incident.digest",
    timestamp: iso(now),
    data: {
      schemaVersion: "v1",
      tenantId,
      incidents: [...byId.values()].map((incident) => ({
        id: incident.id,
        url: incidentUrl(publicUrl, incident.id),
        title: incident.title,
        severity: incident.severity,
        status: incident.status,
        service: incident.serviceName,
        occurrences: incident.occurrenceCount,
        escalatedAt: isoOrNull(incident.escalatedAt),
      })),
    },
  };
}

/** @param now Unix ms */
export function testMessage(channelName: string, tenantId: string, now: number): WebhookMessage {
  return { type: "test", timestamp: iso(now), data: { schemaVersion: "v1", tenantId, channel: channelName } };
}

export interface SignedRequest {
  headers: Record<string, string>;
  body: string;
}

/**
 * A message as a request of the Standard Webhooks scheme: HMAC-SHA-256 over `id.timestamp.body`.
 * @param id the same for every try: a receiver that knows it has had the message
 * @param now Unix ms
 * @param secret `whsec_` and base64
 */
export function signWebhook(message: WebhookMessage, id: string, now: number, secret: string): SignedRequest {
  const body = JSON.stringify(message);
  return {
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now / 1000)),
      "webhook-signature": new Webhook(secret).sign(id, new Date(now), body),
    },
    body,
  };
}

/** @param random 24 random bytes or more (the scheme asks for 24 to 64) */
export function webhookSecret(random: Uint8Array): string {
  return `whsec_${Buffer.from(random).toString("base64")}`;
}
