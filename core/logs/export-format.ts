import { eventIdOf } from "../ids.ts";
import type { LogRow } from "./log-row.ts";
import { presentLog } from "./present-log.ts";

/** A text format of exports: a line a log. */
export interface LineFormat {
  contentType: string;
  header: string;
  line(tenantId: string, row: LogRow): string;
}

const CSV_COLUMNS = [
  "timestamp",
  "level",
  "service",
  "environment",
  "message",
  "trace",
  "traceId",
  "template",
  "fingerprint",
  "attributes",
  "receivedAt",
  "eventId",
] as const;

/** What a formula begins with, in some spreadsheet, also after a character that it drops (OWASP, "CSV Injection"). */
const FORMULA_STARTS: ReadonlySet<string> = new Set("=+-@\t\r\n\u0000＝＋－＠");

/**
 * A CSV field (RFC 4180), always quoted. A field that a spreadsheet would take for a formula gets an apostrophe in
 * front: log lines come from strangers.
 */
export function csvField(text: string): string {
  const safe = FORMULA_STARTS.has(text.charAt(0)) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

export const NDJSON: LineFormat = {
  contentType: "application/x-ndjson",
  header: "",
  line: (tenantId, row) =>
    `${JSON.stringify(presentLog(tenantId, { eventId: eventIdOf(row.chunkId, row.index), row }))}\n`,
};

export const CSV: LineFormat = {
  contentType: "text/csv; charset=utf-8; header=present",
  header: `${CSV_COLUMNS.join(",")}\r\n`,
  line(tenantId, row) {
    const log = presentLog(tenantId, { eventId: eventIdOf(row.chunkId, row.index), row });
    const fields = [
      log.timestamp,
      log.level,
      log.serviceName,
      log.environment,
      log.message,
      log.trace ?? "",
      log.traceId ?? "",
      log.messageTemplate,
      log.fingerprint,
      row.attributes ?? "",
      log.receivedAt,
      log.eventId,
    ];
    return `${fields.map(csvField).join(",")}\r\n`;
  },
};
