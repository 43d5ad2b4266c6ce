import { Buffer } from "node:buffer";
import type { NormalizedLogEvent } from "../../schema/contracts/log-events.ts";
import { eventIdOf } from "../ids.ts";
import type { LogRow } from "../logs/log-row.ts";

/** A log as `GET /logs` shows it: the NormalizedLogEvent contract, and when it was received. */
function shown(tenantId: string, row: LogRow): NormalizedLogEvent & { receivedAt: string } {
  const iso = new Date(row.timestamp).toISOString();
  return {
    eventId: eventIdOf(row.chunkId, row.index),
    tenantId,
    serviceName: row.serviceName,
    environment: row.environment,
    timestamp: row.nanoseconds === undefined ? iso : `${iso.slice(0, -1)}${String(row.nanoseconds).padStart(6, "0")}Z`,
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

/** A row on its way to sockets: its JSON is made once, when the first of them is to be shown it. */
export class LiveLog {
  readonly row: LogRow;
  private readonly tenantId: string;
  private made: { json: string; bytes: number } | undefined;

  constructor(tenantId: string, row: LogRow) {
    this.tenantId = tenantId;
    this.row = row;
  }

  private make(): { json: string; bytes: number } {
    const json = JSON.stringify(shown(this.tenantId, this.row));
    this.made = { json, bytes: Buffer.byteLength(json) };
    return this.made;
  }

  get json(): string {
    return (this.made ?? this.make()).json;
  }

  /** UTF-8 bytes of the JSON. */
  get bytes(): number {
    return (this.made ?? this.make()).bytes;
  }
}
