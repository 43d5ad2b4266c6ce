import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LogRow } from "../log-row.ts";
import { mergeSegments, writeSegment } from "./index.ts";
import { anyRow, fileOf, row } from "./segment.fixtures.ts";
import { escapeText } from "./text.ts";

/*
 * A Parquet reader that we did not write. It is built with its Parquet reader in; that it may fetch nothing makes the
 * test the same on a machine without a network.
 */
let directory: string;
let connection: DuckDBConnection;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "log0-duckdb-"));
  const offline = { autoinstall_known_extensions: "false", autoload_known_extensions: "false" };
  connection = await (await DuckDBInstance.create(":memory:", offline)).connect();
});

afterAll(async () => {
  connection.closeSync();
  await rm(directory, { recursive: true });
});

/** Each its own file: a test that times out must not disturb the next. */
let files = 0;

async function select(bytes: Uint8Array, sql: string) {
  const path = join(directory, `segment-${++files}.parquet`);
  await writeFile(path, bytes);
  return (await connection.runAndReadAll(sql.replace("$segment", `'${path}'`))).getRowsJson();
}

const FIELDS = `epoch_ms("timestamp")::double, nanoseconds, chunk_id, "index", level, service, environment, fingerprint,
  template, message, trace, trace_id, attributes, epoch_ms(received_at)::double`;

/** What DuckDB is to show: NULL for what is missing, and text in its escaped form. Its client drops a leading U+FEFF. */
function shown(each: LogRow): unknown[] {
  const text = (value: string | undefined) => (value === undefined ? null : escapeText(value).replace(/^\ufeff/, ""));
  return [
    each.timestamp,
    each.nanoseconds ?? null,
    text(each.chunkId),
    each.index,
    text(each.level),
    text(each.serviceName),
    text(each.environment),
    text(each.fingerprint),
    text(each.template),
    text(each.message),
    text(each.trace),
    text(each.traceId),
    text(each.attributes),
    each.receivedAt,
  ];
}

const asSet = (rows: readonly unknown[]) => rows.map((each) => JSON.stringify(each)).sort();

async function expectRows(bytes: Uint8Array, rows: readonly LogRow[]) {
  const found = await select(bytes, `select ${FIELDS} from $segment`);
  expect(asSet(found)).toEqual(asSet(rows.map(shown)));
}

async function mergedOf(lists: readonly LogRow[][]) {
  const parts: Uint8Array[] = [];
  const files = lists.map((rows) => fileOf(writeSegment(rows).bytes));
  await mergeSegments(files, (bytes) => void parts.push(bytes));
  return new Uint8Array(Buffer.concat(parts));
}

/** DuckDB's timestamps count microseconds, and end before JavaScript's. */
const inRange = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
const rowForDuckDb = fc
  .tuple(anyRow, inRange, inRange)
  .map(([each, timestamp, receivedAt]): LogRow => ({ ...each, timestamp, receivedAt }));

const hex = (value: number) => value.toString(16).padStart(32, "0");
/** Enough for several row groups and blocks of the filter. */
const many = Array.from({ length: 12_000 }, (_, i) =>
  row({
    index: i,
    timestamp: 1_760_000_000_000 + i,
    message: `order ${i} charged`,
    serviceName: `service-${i % 3}`,
    ...(i % 2 === 0 && { traceId: hex(i * 7919) }),
    ...(i % 5 === 0 && { attributes: `{"order":${i}}` }),
    ...(i % 50 === 0 && { trace: `Error: ${i}\n\tat a.b(c.ts:1)` }),
  }),
);

describe("DuckDB reads every field of every row", () => {
  it("of any rows, in any row groups, with the filter and without", async () => {
    const rows = fc.array(rowForDuckDb, { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 20 }), fc.boolean(), async (each, rowsPerGroup, filter) => {
        await expectRows(writeSegment(each, { rowsPerGroup, filter }).bytes, each);
      }),
      { numRuns: 25 },
    );
  });

  it("of any merged segments", async () => {
    const lists = fc.array(fc.array(rowForDuckDb, { maxLength: 15 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lists, async (each) => {
        await expectRows(await mergedOf(each), each.flat());
      }),
      { numRuns: 25 },
    );
  });

  it.each<[string, () => LogRow[]]>([
    ["a flushed segment of several row groups", () => many],
    ["an empty segment", () => []],
    ["a trace of 100,000 characters, and of emoji", () => ["x", "😀"].map((unit) => row({ trace: unit.repeat(5e4) }))],
    ["lone surrogates, NUL and byte order marks", () => [row({ message: "\ud83d\0\ufeff" }), row({ trace: "\ufeff" })]],
  ])("of %s", async (_, rows) => {
    await expectRows(writeSegment(rows()).bytes, rows());
  });

  it("of a large merged segment", async () => {
    const lists = [0, 1, 2].map((part) => many.filter((_, i) => i % 3 === part));
    await expectRows(await mergedOf(lists), many);
  });
});

describe("DuckDB", () => {
  it("skips by the statistics and finds the right rows", async () => {
    const { bytes } = writeSegment(many);
    const sql = `select count(*)::int from $segment
      where service = 'service-1' and "timestamp" >= make_timestamp_ms(1760000006000)`;
    expect(await select(bytes, sql)).toEqual([[2000]]);
  });

  it("gives times as instants and texts as texts", async () => {
    const types = await select(
      writeSegment([row()]).bytes,
      "select column_name, column_type from (describe from $segment)",
    );
    expect(Object.fromEntries(types.map(([name, type]) => [String(name), String(type)]))).toMatchObject({
      timestamp: "TIMESTAMP WITH TIME ZONE",
      nanoseconds: "INTEGER",
      level: "VARCHAR",
      message: "VARCHAR",
      received_at: "TIMESTAMP WITH TIME ZONE",
    });
  });

  it("shows where the filter is", async () => {
    const { bytes, stats } = writeSegment(many);
    const [[key, value] = []] = await select(
      bytes,
      "select decode(key), decode(value) from parquet_kv_metadata($segment)",
    );
    expect(key).toBe("log0.filter");
    expect(JSON.parse(String(value))).toEqual(stats.filter);
  });
});
