import { gunzipSync } from "node:zlib";
import { type FileMetaData, type ParquetParsers, type ParquetScan, parquetScan, type RowGroup } from "hyparquet";
import { LEVELS, type Level } from "../../../schema/contracts/levels.ts";
import type { LogRow } from "../log-row.ts";
import type { SegmentFile } from "./file.ts";
import type { SegmentQuery } from "./query.ts";
import { unescapeText } from "./text.ts";

/** A decoded column. hyparquet types values loosely; they are checked where they become a row. */
type Values = ArrayLike<unknown>;

// A byte order mark at the start of a message is part of the message.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const decodeText = (bytes: Uint8Array): string => unescapeText(decoder.decode(bytes));

/** Times as Unix ms, and text as bytes: statistics are compared, and long text is decoded, only where it is wanted. */
export const BYTE_PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (ms) => Number(ms),
  stringFromBytes: (bytes) => bytes,
};
/** Dictionary columns: each distinct value of a row group is decoded once, and its rows share the string. */
const TEXT_PARSERS: Partial<ParquetParsers> = { ...BYTE_PARSERS, stringFromBytes: decodeText };

/**
 * A page's size is known, and hyparquet checks it. The bound on inflating, against a damaged file, has room to spare:
 * workerd counts the buffer that it grows, not what is in it ("Memory limit exceeded" at up to 1.25 times the size,
 * measured with workerd 1.20261023.1), where Node counts bytes.
 */
const INFLATE_SLACK_BYTES = 64 * 1024;
const compressors = {
  GZIP: (page: Uint8Array, size: number) => gunzipSync(page, { maxOutputLength: 2 * size + INFLATE_SLACK_BYTES }),
};

/**
 * The matching rows of one row group. The columns that the query names are decoded first, and the rest only when a row
 * matches; long text only of rows that match.
 */
export async function decodeGroup(
  file: SegmentFile,
  metadata: FileMetaData,
  group: RowGroup,
  query: SegmentQuery,
): Promise<Iterable<LogRow>> {
  const options = { file, metadata: { ...metadata, row_groups: [group] }, compressors };
  const texts = await parquetScan({ ...options, parsers: TEXT_PARSERS });
  const rows = Number(group.num_rows);
  const matching = await matchingRows(texts, rows, query);
  if (matching.length === 0) return [];
  const bytes = await parquetScan({ ...options, parsers: BYTE_PARSERS });
  return rowsAt(await readColumns(texts, bytes, rows), matching);
}

function* rowsAt(columns: Columns, rows: readonly number[]): Generator<LogRow> {
  for (const row of rows) yield rowAt(columns, row);
}

function column(scan: ParquetScan, name: string, rows: number): Promise<Values> {
  return scan.readColumn({ column: name, rowStart: 0, rowEnd: rows });
}

async function matchingRows(scan: ParquetScan, rows: number, query: SegmentQuery): Promise<number[]> {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = query;
  const lists: { values: Values; wanted: ReadonlySet<unknown> }[] = [];
  if (query.levels) lists.push({ values: await column(scan, "level", rows), wanted: new Set(query.levels) });
  if (query.services) lists.push({ values: await column(scan, "service", rows), wanted: new Set(query.services) });
  if (query.environments) {
    lists.push({ values: await column(scan, "environment", rows), wanted: new Set(query.environments) });
  }
  if (query.fingerprints) {
    lists.push({ values: await column(scan, "fingerprint", rows), wanted: new Set(query.fingerprints) });
  }
  if (query.traceIds) lists.push({ values: await column(scan, "trace_id", rows), wanted: new Set(query.traceIds) });
  const times = await column(scan, "timestamp", rows);
  const matching: number[] = [];
  for (let row = 0; row < rows; row++) {
    const time = numberAt(times, row);
    if (time >= from && time < to && lists.every(({ values, wanted }) => wanted.has(values[row]))) matching.push(row);
  }
  return matching;
}

async function readColumns(texts: ParquetScan, bytes: ParquetScan, rows: number) {
  return {
    timestamp: await column(texts, "timestamp", rows),
    nanoseconds: await column(texts, "nanoseconds", rows),
    chunkId: await column(texts, "chunk_id", rows),
    index: await column(texts, "index", rows),
    level: await column(texts, "level", rows),
    service: await column(texts, "service", rows),
    environment: await column(texts, "environment", rows),
    fingerprint: await column(texts, "fingerprint", rows),
    template: await column(texts, "template", rows),
    receivedAt: await column(texts, "received_at", rows),
    message: await column(bytes, "message", rows),
    trace: await column(bytes, "trace", rows),
    traceId: await column(bytes, "trace_id", rows),
    attributes: await column(bytes, "attributes", rows),
  };
}

type Columns = Awaited<ReturnType<typeof readColumns>>;

function rowAt(columns: Columns, at: number): LogRow {
  const row: LogRow = {
    chunkId: textAt(columns.chunkId, at),
    index: numberAt(columns.index, at),
    timestamp: numberAt(columns.timestamp, at),
    receivedAt: numberAt(columns.receivedAt, at),
    level: levelAt(columns.level, at),
    serviceName: textAt(columns.service, at),
    environment: textAt(columns.environment, at),
    message: textAt(columns.message, at),
    template: textAt(columns.template, at),
    fingerprint: textAt(columns.fingerprint, at),
  };
  if (isPresent(columns.nanoseconds, at)) row.nanoseconds = numberAt(columns.nanoseconds, at);
  if (isPresent(columns.trace, at)) row.trace = textAt(columns.trace, at);
  if (isPresent(columns.traceId, at)) row.traceId = textAt(columns.traceId, at);
  if (isPresent(columns.attributes, at)) row.attributes = textAt(columns.attributes, at);
  return row;
}

function isPresent(values: Values, row: number): boolean {
  return values[row] !== null && values[row] !== undefined;
}

function numberAt(values: Values, row: number): number {
  const value = values[row];
  if (typeof value === "number") return value;
  throw new TypeError(`segment: expected a number, found ${typeof value}`);
}

function textAt(values: Values, row: number): string {
  const value = values[row];
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return decodeText(value);
  throw new TypeError(`segment: expected text, found ${typeof value}`);
}

const LEVEL_BY_NAME: ReadonlyMap<unknown, Level> = new Map(LEVELS.map((level) => [level, level]));

function levelAt(values: Values, row: number): Level {
  const level = LEVEL_BY_NAME.get(values[row]);
  if (level) return level;
  throw new TypeError(`segment: unknown level ${String(values[row])}`);
}
