import { gzipSync } from "node:zlib";
import type { ColumnChunk, Encoding, Statistics } from "hyparquet";
import type { ByteWriter } from "hyparquet-writer";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import type { LogRow } from "../log-row.ts";
import {
  type Dictionary,
  definitionLevels,
  freeText,
  int32Deltas,
  int64Deltas,
  integerDictionary,
  type Page,
  textDictionary,
} from "./encode.ts";
import type { Column, IntegerColumn, TextColumn } from "./schema.ts";

interface EncodedColumn {
  data: Page;
  dictionary?: Dictionary;
  /** Definition levels; empty when the column is required. */
  levels: Uint8Array;
  nulls: number;
  statistics?: Statistics;
}

/** Below this, gzip's own 18 bytes and its setting up cost more than they save. */
const MIN_BYTES_TO_COMPRESS = 64;

/** Writes one column of a row group: a dictionary page if it has one, and one data page. Returns its metadata. */
export function writeColumnChunk(
  writer: ByteWriter,
  column: Column,
  rows: readonly LogRow[],
  gzipLevel: number,
): ColumnChunk {
  const start = writer.offset;
  const { data, dictionary, levels, nulls, statistics } = encodeColumn(column, rows);
  let size = 0;
  if (dictionary) size += writeDictionaryPage(writer, dictionary, gzipLevel);
  const dataStart = writer.offset;
  size += writeDataPage(writer, data, levels, { rows: rows.length, nulls, gzipLevel });
  const encodings: Encoding[] = dictionary ? ["PLAIN", data.encoding] : [data.encoding];
  const { type, name } = column.element;
  if (!type) throw new TypeError(`segment: column ${name} has no type`);
  return {
    file_offset: BigInt(start),
    meta_data: {
      type,
      encodings,
      path_in_schema: [name],
      codec: "GZIP",
      num_values: BigInt(rows.length),
      total_uncompressed_size: BigInt(size),
      total_compressed_size: BigInt(writer.offset - start),
      data_page_offset: BigInt(dataStart),
      ...(dictionary && { dictionary_page_offset: BigInt(start) }),
      ...(statistics && { statistics }),
    },
  };
}

function encodeColumn(column: Column, rows: readonly LogRow[]): EncodedColumn {
  return column.kind === "text" ? encodeTextColumn(column, rows) : encodeIntegerColumn(column, rows);
}

function encodeTextColumn(column: TextColumn, rows: readonly LogRow[]): EncodedColumn {
  const { values, levels, nulls } = present(column, rows);
  if (column.encoding === "DELTA_LENGTH_BYTE_ARRAY") return { data: freeText(values), levels, nulls };
  const dictionary = textDictionary(values);
  const { bounds } = dictionary;
  return {
    data: dictionary.indexes,
    dictionary,
    levels,
    nulls,
    ...(column.statistics &&
      bounds && { statistics: { min_value: bounds.min, max_value: bounds.max, null_count: BigInt(nulls) } }),
  };
}

function encodeIntegerColumn(column: IntegerColumn, rows: readonly LogRow[]): EncodedColumn {
  const { values, levels, nulls } = present(column, rows);
  if (column.encoding === "RLE_DICTIONARY") {
    const dictionary = integerDictionary(values);
    return { data: dictionary.indexes, dictionary, levels, nulls };
  }
  const data = column.element.type === "INT64" ? int64Deltas(values) : int32Deltas(values);
  return { data, levels, nulls, ...(column.statistics && { statistics: integerStatistics(values, nulls) }) };
}

function integerStatistics(values: readonly number[], nulls: number): Statistics {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min_value: min, max_value: max, null_count: BigInt(nulls) };
}

/** A column's values without its nulls, and the levels that say where they were. */
function present<V>(
  column: { value: (row: LogRow) => V | undefined; element: Column["element"] },
  rows: readonly LogRow[],
) {
  const values: V[] = [];
  const defined = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const value = row && column.value(row);
    if (value === undefined) continue;
    defined[i] = 1;
    values.push(value);
  }
  const required = column.element.repetition_type === "REQUIRED";
  return {
    values,
    levels: required ? new Uint8Array(0) : definitionLevels(defined),
    nulls: rows.length - values.length,
  };
}

function writeDictionaryPage(writer: ByteWriter, { page, count }: Dictionary, gzipLevel: number): number {
  const compressed = gzipSync(page, { level: gzipLevel });
  const start = writer.offset;
  writePageHeader(writer, {
    type: "DICTIONARY_PAGE",
    uncompressed_page_size: page.length,
    compressed_page_size: compressed.length,
    dictionary_page_header: { num_values: count, encoding: "PLAIN" },
  });
  const headerBytes = writer.offset - start;
  writer.appendBytes(compressed);
  return headerBytes + page.length;
}

function writeDataPage(
  writer: ByteWriter,
  { encoding, bytes }: Page,
  levels: Uint8Array,
  { rows, nulls, gzipLevel }: { rows: number; nulls: number; gzipLevel: number },
): number {
  const compress = bytes.length >= MIN_BYTES_TO_COMPRESS;
  const stored = compress ? gzipSync(bytes, { level: gzipLevel }) : bytes;
  const start = writer.offset;
  writePageHeader(writer, {
    type: "DATA_PAGE_V2",
    uncompressed_page_size: levels.length + bytes.length,
    compressed_page_size: levels.length + stored.length,
    data_page_header_v2: {
      num_values: rows,
      num_nulls: nulls,
      num_rows: rows,
      encoding,
      definition_levels_byte_length: levels.length,
      repetition_levels_byte_length: 0,
      is_compressed: compress,
    },
  });
  const headerBytes = writer.offset - start;
  writer.appendBytes(levels);
  writer.appendBytes(stored);
  return headerBytes + levels.length + bytes.length;
}
