import type { Encoding, SchemaElement } from "hyparquet";
import type { LogRow } from "../log-row.ts";

interface ColumnBase {
  element: SchemaElement;
  encoding: Encoding;
  /** Min, max and null count per row group, kept only where a reader skips by them. */
  statistics: boolean;
}

export interface TextColumn extends ColumnBase {
  kind: "text";
  encoding: "RLE_DICTIONARY" | "DELTA_LENGTH_BYTE_ARRAY";
  value: (row: LogRow) => string | undefined;
}

export interface IntegerColumn extends ColumnBase {
  kind: "integer";
  encoding: "RLE_DICTIONARY" | "DELTA_BINARY_PACKED";
  value: (row: LogRow) => number | undefined;
}

export type Column = TextColumn | IntegerColumn;

type Repetition = "REQUIRED" | "OPTIONAL";

const text = (name: string, repetition_type: Repetition): SchemaElement => ({
  name,
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  logical_type: { type: "STRING" },
  repetition_type,
});

const int32 = (name: string, repetition_type: Repetition): SchemaElement => ({ name, type: "INT32", repetition_type });

const timestampMs = (name: string): SchemaElement => ({
  name,
  type: "INT64",
  converted_type: "TIMESTAMP_MILLIS",
  logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  repetition_type: "REQUIRED",
});

/** A column whose values repeat within a row group. */
function dictionary(name: string, value: TextColumn["value"], statistics = false): TextColumn {
  return { kind: "text", element: text(name, "REQUIRED"), encoding: "RLE_DICTIONARY", statistics, value };
}

/** A column whose values mostly differ: all lengths, then all bytes, in one run that gzip sees undisturbed. */
function freeText(name: string, repetition: Repetition, value: TextColumn["value"]): TextColumn {
  return {
    kind: "text",
    element: text(name, repetition),
    encoding: "DELTA_LENGTH_BYTE_ARRAY",
    statistics: false,
    value,
  };
}

function integer(
  element: SchemaElement,
  encoding: IntegerColumn["encoding"],
  value: IntegerColumn["value"],
  statistics = false,
): IntegerColumn {
  return { kind: "integer", element, encoding, statistics, value };
}

/**
 * The columns of a segment, in file order. `attributes` is text, not Parquet's JSON type, so that what was received
 * comes back byte for byte. Rows arrive in few chunks and a chunk is received at one moment: both repeat.
 */
export const COLUMNS: readonly Column[] = [
  integer(timestampMs("timestamp"), "DELTA_BINARY_PACKED", (row) => row.timestamp, true),
  integer(int32("nanoseconds", "OPTIONAL"), "DELTA_BINARY_PACKED", (row) => row.nanoseconds),
  dictionary("chunk_id", (row) => row.chunkId),
  integer(int32("index", "REQUIRED"), "DELTA_BINARY_PACKED", (row) => row.index),
  dictionary("level", (row) => row.level, true),
  dictionary("service", (row) => row.serviceName, true),
  dictionary("environment", (row) => row.environment, true),
  dictionary("fingerprint", (row) => row.fingerprint),
  dictionary("template", (row) => row.template),
  freeText("message", "REQUIRED", (row) => row.message),
  freeText("trace", "OPTIONAL", (row) => row.trace),
  freeText("trace_id", "OPTIONAL", (row) => row.traceId),
  freeText("attributes", "OPTIONAL", (row) => row.attributes),
  integer(timestampMs("received_at"), "RLE_DICTIONARY", (row) => row.receivedAt),
];

export const SCHEMA: SchemaElement[] = [
  { name: "log", num_children: COLUMNS.length },
  ...COLUMNS.map((column) => column.element),
];
