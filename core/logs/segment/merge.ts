import type { FileMetaData } from "hyparquet";
import type { LogRow } from "../log-row.ts";
import { decodeGroup } from "./decode.ts";
import { MeteredFile, type SegmentFile } from "./file.ts";
import { compareRows } from "./order.ts";
import { bytesOf, fetchRun, footerOf } from "./read.ts";
import type { SegmentStats } from "./stats.ts";
import { type SegmentOptions, SegmentWriter } from "./writer.ts";

/** A merge runs off the path of the logs, once per segment: 5 % smaller is worth a third more time. */
const MERGE_GZIP_LEVEL = 6;
/** An intermediate segment is read once, from memory. */
const INTERMEDIATE: SegmentOptions = { gzipLevel: 1, filter: false };

/** Rows that are handed to the writer at a time: few enough that what they decode to is soon free again. */
const BATCH_ROWS = 256;

/**
 * Row groups of all inputs that are merged at a time are held inflated together: a third of the 128 MB of an isolate,
 * which has to hold the keys of the filter (16 MB) and the row group that is written as well.
 */
const MAX_OPEN_BYTES = 40 * 1024 * 1024;
/** What a row takes besides its bytes: places in 14 columns, and a view of each of its texts. */
const BYTES_PER_OPEN_ROW = 300;

export interface MergeResult {
  stats: SegmentStats;
  /** Bytes of the merged segment. */
  bytes: number;
}

interface Input {
  file: SegmentFile;
  metadata: FileMetaData;
  /** Memory that its largest row group takes, in bytes. */
  openBytes: number;
}

/**
 * Merges segments into one, which has each row of each of them once. `sink` gets the bytes of the file in order, a row
 * group at a time, and is waited for. Many inputs are first merged by groups into segments in memory (compressed, a
 * tenth of the raw bytes), since one row group of each input is open at a time. 128 MB of raw lines were measured to
 * take 75 MB besides the inputs. Throws what `slice` and `sink` throw, and on an input that is not a segment; what the
 * sink has got by then is to be thrown away.
 */
export async function mergeSegments(
  files: readonly SegmentFile[],
  sink: (bytes: Uint8Array) => void | Promise<void>,
  options: SegmentOptions = {},
): Promise<MergeResult> {
  let inputs = await Promise.all(files.map(open));
  for (let batches = batchesOf(inputs); batches.length > 1; batches = batchesOf(inputs)) {
    const merged: Input[] = [];
    for (const batch of batches) merged.push(batch.length === 1 && batch[0] ? batch[0] : await mergeInMemory(batch));
    inputs = merged;
  }
  return merge(inputs, sink, { gzipLevel: MERGE_GZIP_LEVEL, ...options });
}

async function open(file: SegmentFile): Promise<Input> {
  const metadata = await footerOf(new MeteredFile(file));
  const openBytes = metadata.row_groups.reduce((most, group) => {
    const bytes = Number(group.total_byte_size) + Number(group.num_rows) * BYTES_PER_OPEN_ROW;
    return Math.max(most, bytes);
  }, 0);
  return { file, metadata, openBytes };
}

/** One batch when all inputs can be open together; otherwise batches that can, of two inputs at least. */
function batchesOf(inputs: readonly Input[]): Input[][] {
  const batches: Input[][] = [[]];
  let size = 0;
  for (const input of inputs) {
    let batch = batches.at(-1);
    if (!batch || (batch.length >= 2 && size + input.openBytes > MAX_OPEN_BYTES)) {
      batch = [];
      batches.push(batch);
      size = 0;
    }
    batch.push(input);
    size += input.openBytes;
  }
  return batches;
}

async function mergeInMemory(inputs: readonly Input[]): Promise<Input> {
  const parts: Uint8Array[] = [];
  await merge(inputs, (bytes) => void parts.push(bytes), INTERMEDIATE);
  const bytes = Buffer.concat(parts);
  return open({
    byteLength: bytes.length,
    slice: async (start, end) => Uint8Array.from(bytes.subarray(start, end)).buffer,
  });
}

async function merge(
  inputs: readonly Input[],
  sink: (bytes: Uint8Array) => void | Promise<void>,
  options: SegmentOptions,
): Promise<MergeResult> {
  const writer = new SegmentWriter(options);
  let written = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    written += bytes.length;
    if (bytes.length > 0) await sink(bytes);
  };
  for await (const rows of inOrder(inputs)) await write(writer.addRows(rows));
  const { bytes, stats } = writer.finish();
  await write(bytes);
  return { stats, bytes: written };
}

/** The rows of all inputs in segment order, in small batches; equal ones in the order of the inputs. */
async function* inOrder(inputs: readonly Input[]): AsyncGenerator<LogRow[]> {
  const queue: Cursor[] = [];
  for (const [rank, { file, metadata }] of inputs.entries()) {
    const cursor = new Cursor(file, metadata, rank);
    if (await cursor.nextGroup()) enqueue(queue, cursor);
  }
  let batch: LogRow[] = [];
  for (let cursor = queue.shift(); cursor; cursor = queue.shift()) {
    if (cursor.row) batch.push(cursor.row);
    if (batch.length >= BATCH_ROWS) {
      yield batch;
      batch = [];
    }
    if (cursor.nextRow() || (await cursor.nextGroup())) enqueue(queue, cursor);
  }
  yield batch;
}

/** Keeps the queue in order. There are some tens of cursors at most, and a cursor mostly comes first again. */
function enqueue(queue: Cursor[], cursor: Cursor): void {
  let at = 0;
  for (let other = queue[0]; other && precedes(other, cursor); other = queue[at]) at++;
  queue.splice(at, 0, cursor);
}

function precedes(a: Cursor, b: Cursor): boolean {
  const order = a.row && b.row ? compareRows(a.row, b.row) : 0;
  return order === 0 ? a.rank < b.rank : order < 0;
}

/** The place in one input, of which one row group is held. */
class Cursor {
  /** The row at this place. */
  row: LogRow | undefined;
  /** Among equal rows, those of the input with the lower rank come first. */
  readonly rank: number;
  readonly #file: SegmentFile;
  readonly #metadata: FileMetaData;
  #group = 0;
  #rows: Iterator<LogRow> | undefined;

  constructor(file: SegmentFile, metadata: FileMetaData, rank: number) {
    this.#file = file;
    this.#metadata = metadata;
    this.rank = rank;
  }

  /** @returns whether the row group has another row */
  nextRow(): boolean {
    const next = this.#rows?.next();
    this.row = next?.done ? undefined : next?.value;
    return this.row !== undefined;
  }

  /** @returns whether there is another row, in the next row groups */
  async nextGroup(): Promise<boolean> {
    // Let go of the old row group before the new one is decoded.
    this.#rows = undefined;
    const group = this.#metadata.row_groups[this.#group++];
    if (!group) return false;
    const fetched = await fetchRun(this.#file, bytesOf(group));
    const rows = await decodeGroup(fetched, this.#metadata, group, {});
    this.#rows = rows[Symbol.iterator]();
    return this.nextRow() || this.nextGroup();
  }
}
