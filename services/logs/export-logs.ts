import { Log0Error } from "../../core/errors.ts";
import type { LineFormat } from "../../core/logs/export-format.ts";
import type { LogRow } from "../../core/logs/log-row.ts";
import { readSegment, SegmentWriter } from "../../core/logs/segment/index.ts";
import type { HotLogs, TenantScope } from "../platform.ts";
import {
  hotRows,
  type LogSelection,
  MAX_SEGMENTS,
  readHot,
  segmentFile,
  segmentQuery,
  selects,
  settled,
  type TimeRange,
} from "./scan-logs.ts";
import { type IndexedSegment, segmentsOf } from "./segments.ts";

/** Rows that one export holds at most. Beyond it the transfer breaks off, so that nobody takes a part for the whole. */
export const MAX_EXPORT_ROWS = 1_000_000;

/** Text is handed on in pieces of about this size: small enough for back-pressure, large enough to be few. */
const PIECE_CHARACTERS = 64 * 1024;

/** What an export reads. It is listed before the answer begins, so that a failure is still a problem and not a stump. */
interface Holdings {
  hot: HotLogs[];
  segments: IndexedSegment[];
}

async function holdingsOf(scope: TenantScope, range: TimeRange): Promise<Holdings> {
  const hot = await readHot(scope, range);
  const listed = await segmentsOf(scope, range.from, range.to, MAX_SEGMENTS);
  if (listed.length === MAX_SEGMENTS) {
    throw new Log0Error("too_many_events", `an export reads less than ${MAX_SEGMENTS} segments: narrow the time range`);
  }
  return { hot, segments: settled(listed, hot) };
}

/**
 * The logs of a selection, each once, one row group at a time: buffers first, then segments from the newest on. Within
 * a segment they come in the order of the file.
 * @throws Log0Error too_many_events beyond MAX_EXPORT_ROWS; invalid_envelope where a buffered chunk cannot be read
 */
async function* exportRows(
  scope: TenantScope,
  { hot, segments }: Holdings,
  selection: LogSelection,
  range: TimeRange,
): AsyncGenerator<LogRow> {
  const matches = selects(selection, range);
  let rows = 0;
  const admit = (): void => {
    if (++rows > MAX_EXPORT_ROWS) {
      throw new Log0Error("too_many_events", `an export holds at most ${MAX_EXPORT_ROWS} logs: narrow the time range`);
    }
  };
  const unreadable = (): never => {
    throw new Log0Error("invalid_envelope", "a buffered chunk cannot be read, so the export would be a part");
  };
  for (const row of hotRows(hot, range, unreadable)) {
    if (!matches(row)) continue;
    admit();
    yield row;
  }
  const wanted = segmentQuery(selection, range);
  for (const segment of segments) {
    for await (const row of readSegment(segmentFile(scope, segment), wanted)) {
      if (!matches(row)) continue;
      admit();
      yield row;
    }
  }
}

/** Makes bytes of rows: `take` of some, `end` of nothing more. */
interface Encoder {
  take(row: LogRow): Uint8Array | undefined;
  end(): Uint8Array | undefined;
}

/** Rows that are gathered before they are sorted and written as a row group. */
const PARQUET_GROUP_ROWS = 5_000;

function textEncoder(tenantId: string, format: LineFormat): Encoder {
  const encoder = new TextEncoder();
  let text = format.header;
  const flush = (): Uint8Array | undefined => {
    const bytes = text === "" ? undefined : encoder.encode(text);
    text = "";
    return bytes;
  };
  return {
    take(row) {
      text += format.line(tenantId, row);
      return text.length < PIECE_CHARACTERS ? undefined : flush();
    },
    end: flush,
  };
}

function parquetEncoder(): Encoder {
  const writer = new SegmentWriter({ filter: false, rowsPerGroup: PARQUET_GROUP_ROWS });
  return {
    take(row) {
      const bytes = writer.addRows([row]);
      return bytes.byteLength === 0 ? undefined : bytes;
    },
    end: () => writer.finish().bytes,
  };
}

/**
 * An export. It is read as fast as the client takes it, and broken off when the client goes.
 * @param mayGoOn asked before each piece: it throws when whoever asked may not read any more
 */
export async function exportLogs(
  scope: TenantScope,
  selection: LogSelection,
  range: TimeRange,
  format: LineFormat | "parquet",
  mayGoOn: () => Promise<void>,
): Promise<ReadableStream<Uint8Array>> {
  const rows = exportRows(scope, await holdingsOf(scope, range), selection, range);
  const encoder = format === "parquet" ? parquetEncoder() : textEncoder(scope.tenantId, format);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const next = await rows.next();
        const bytes = next.done === true ? encoder.end() : encoder.take(next.value);
        if (bytes !== undefined) {
          await mayGoOn();
          controller.enqueue(bytes);
        }
        if (next.done === true) controller.close();
        if (next.done === true || bytes !== undefined) return;
      }
    },
    async cancel() {
      await rows.return(undefined);
    },
  });
}
