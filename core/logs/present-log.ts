import type { NormalizedLogEvent } from "../../schema/contracts/log-events.ts";
import type { FoundLog } from "./newest-logs.ts";

/** A log as the API shows it: the NormalizedLogEvent contract, and when it was received. */
export type PresentedLog = NormalizedLogEvent & { receivedAt: string };

/** ISO 8601, with nanoseconds where the client gave them. */
function isoTime(ms: number, nanoseconds: number | undefined): string {
  const iso = new Date(ms).toISOString();
  return nanoseconds === undefined ? iso : `${iso.slice(0, -1)}${String(nanoseconds).padStart(6, "0")}Z`;
}

export function presentLog(tenantId: string, { eventId, row }: FoundLog): PresentedLog {
  return {
    eventId,
    tenantId,
    serviceName: row.serviceName,
    environment: row.environment,
    timestamp: isoTime(row.timestamp, row.nanoseconds),
    receivedAt: new Date(row.receivedAt).toISOString(),
    level: row.level,
    message: row.message,
    messageTemplate: row.template,
    fingerprint: row.fingerprint,
    ...(row.trace === undefined ? {} : { trace: row.trace }),
    ...(row.traceId === undefined ? {} : { traceId: row.traceId }),
    ...(row.attributes === undefined ? {} : { attributes: JSON.parse(row.attributes) }),
    schemaVersion: "v1",
  };
}
