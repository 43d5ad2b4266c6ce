import * as fc from "fast-check";
import { LEVELS } from "../../../schema/contracts/levels.ts";
import type { LogRow } from "../log-row.ts";
import {
  readSegment,
  type SegmentFile,
  type SegmentFilter,
  type SegmentQuery,
  type SegmentRead,
  writeSegment,
} from "./index.ts";

/** A segment in memory. */
export function fileOf(bytes: Uint8Array, filter?: SegmentFilter): SegmentFile {
  const copy = bytes.slice().buffer;
  return { byteLength: copy.byteLength, filter, slice: async (start, end) => copy.slice(start, end) };
}

/** Rows that come back for a query, and what it took. */
export async function readBack(bytes: Uint8Array, query: SegmentQuery = {}, filter?: SegmentFilter) {
  let read: SegmentRead | undefined;
  const rows: LogRow[] = [];
  const note = (counters: SegmentRead) => {
    read = counters;
  };
  for await (const row of readSegment(fileOf(bytes, filter), query, note)) rows.push(row);
  if (!read) throw new Error("onRead was not called");
  return { rows, read };
}

export const roundTrip = async (rows: readonly LogRow[]) => (await readBack(writeSegment(rows).bytes)).rows;

export function row(over: Partial<LogRow> = {}): LogRow {
  return {
    chunkId: "0199ddb8-d6fb-7a2f-abaa-8abe708fdb91",
    index: 0,
    timestamp: 1_760_000_000_000,
    receivedAt: 1_760_000_000_250,
    level: "INFO",
    serviceName: "payment-service",
    environment: "production",
    message: "charged order 17",
    template: "charged order <number>",
    fingerprint: "ab".repeat(32),
    ...over,
  };
}

/** Rows in an order of their own, to compare sets of rows. */
export const sorted = (rows: readonly LogRow[]) =>
  rows.map((each) => JSON.stringify(each, Object.keys(each).sort())).sort();

/** Text of every kind: ASCII, emoji, NUL, byte order marks, lone surrogates, the escape's own mark. */
const unit = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
  { weight: 1, arbitrary: fc.integer({ min: 0xd800, max: 0xdfff }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0xfdd0, 0xfeff, 0xfffd, 0xfffe, 0xffff) },
);
export const text = fc.array(unit, { maxLength: 40 }).map((units) => String.fromCharCode(...units));
const mostlyFew = fc.oneof(fc.constantFrom("a", "b", "", "\ud83d", "é"), text);
const time = fc.oneof(
  fc.integer({ min: 1_760_000_000_000, max: 1_760_000_300_000 }),
  fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }),
);

export const anyRow: fc.Arbitrary<LogRow> = fc.record(
  {
    chunkId: mostlyFew,
    index: fc.integer({ min: 0, max: 65_535 }),
    timestamp: time,
    nanoseconds: fc.integer({ min: 0, max: 999_999 }),
    receivedAt: time,
    level: fc.constantFrom(...LEVELS),
    serviceName: mostlyFew,
    environment: mostlyFew,
    message: text,
    template: mostlyFew,
    fingerprint: mostlyFew,
    trace: text,
    traceId: text,
    attributes: text,
  },
  {
    requiredKeys: [
      "chunkId",
      "index",
      "timestamp",
      "receivedAt",
      "level",
      "serviceName",
      "environment",
      "message",
      "template",
      "fingerprint",
    ],
  },
);
