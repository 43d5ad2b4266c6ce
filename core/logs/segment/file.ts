import { filterIn, type SegmentFilter } from "./filter/location.ts";

/** A segment as it is read: hyparquet's AsyncBuffer. Over R2, every `slice` is a range GET. Offsets in bytes. */
export interface SegmentFile {
  byteLength: number;
  /** Where the index says that the word filter is. It is then read before the footer, and often instead of it. */
  filter?: SegmentFilter | undefined;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** A half-open range of bytes. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * What stands side by side is fetched together up to this size: a round trip to R2 takes as long as a few hundred KB.
 * It is held while it is used piece by piece, so it also bounds memory.
 */
const MAX_RUN_BYTES = 4 * 1024 * 1024;
/** What is not wanted, of up to this size between two wanted pieces, is fetched with them rather than around. */
const MAX_GAP_BYTES = 64 * 1024;

/** Pieces of a file that one read fetches. */
export interface Run<Piece> extends ByteRange {
  pieces: Piece[];
}

/** @param pieces in file order */
export function runs<Piece>(pieces: readonly Piece[], rangeOf: (piece: Piece) => ByteRange): Run<Piece>[] {
  const found: Run<Piece>[] = [];
  for (const piece of pieces) {
    const { start, end } = rangeOf(piece);
    const last = found.at(-1);
    if (last && start - last.end <= MAX_GAP_BYTES && end - last.start <= MAX_RUN_BYTES) {
      last.pieces.push(piece);
      last.end = end;
    } else {
      found.push({ start, end, pieces: [piece] });
    }
  }
  return found;
}

/**
 * How much of the end of a file is read to get its footer. A footer takes 0.8 KB a row group, 0.6 % of a segment;
 * where row groups are small (huge traces that repeat), it can be more, which costs a second read.
 */
const TAIL_SHARE = 1 / 64;
const MIN_TAIL_BYTES = 16 * 1024;
const MAX_TAIL_BYTES = 512 * 1024;

/** Counts what is read, and serves the end of the file from the one read that fetched the footer. */
export class MeteredFile implements SegmentFile {
  readonly byteLength: number;
  /** Where the filter is, if that is known and can be right. The footer follows it. */
  readonly filter: SegmentFilter | undefined;
  readonly tailBytes: number;
  reads = 0;
  bytesRead = 0;
  readonly #file: SegmentFile;
  #tail: Promise<ArrayBuffer> | undefined;

  constructor(file: SegmentFile) {
    this.#file = file;
    this.byteLength = file.byteLength;
    this.filter = filterIn(file);
    const expected = this.filter
      ? file.byteLength - this.filter.offset - this.filter.length
      : Math.ceil(file.byteLength * TAIL_SHARE);
    this.tailBytes = Math.min(file.byteLength, MAX_TAIL_BYTES, Math.max(MIN_TAIL_BYTES, expected));
  }

  async slice(start: number, end = this.byteLength): Promise<ArrayBuffer> {
    const tailStart = this.byteLength - this.tailBytes;
    if (start < tailStart) return this.#read(start, end);
    this.#tail ??= this.#read(tailStart, this.byteLength);
    return (await this.#tail).slice(start - tailStart, end - tailStart);
  }

  async #read(start: number, end: number): Promise<ArrayBuffer> {
    const bytes = await this.#file.slice(start, end);
    this.reads++;
    this.bytesRead += bytes.byteLength;
    return bytes;
  }
}
