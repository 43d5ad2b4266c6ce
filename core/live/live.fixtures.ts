import type { LogRow } from "../logs/log-row.ts";
import { LiveLog } from "./live-log.ts";
import { rateFor } from "./sampler.ts";
import { Viewer } from "./viewer.ts";

export const NOW = 1_800_000_000_000;

export function row(fields: Partial<LogRow> = {}): LogRow {
  return {
    chunkId: "0190b4a0-0000-7000-8000-000000010000",
    index: 0,
    timestamp: NOW,
    receivedAt: NOW,
    level: "ERROR",
    serviceName: "payment",
    environment: "production",
    message: "Connection timeout",
    template: "Connection timeout",
    fingerprint: "f".repeat(64),
    ...fields,
  };
}

export function logs(count: number, fields: Partial<LogRow> = {}): LiveLog[] {
  return Array.from({ length: count }, (_, index) => new LiveLog("tenant", row({ index, ...fields })));
}

export function viewer(): Viewer {
  return new Viewer({ credential: "key", filter: {}, backlog: { seq: 0, unacked: [] } }, rateFor(1), NOW);
}
