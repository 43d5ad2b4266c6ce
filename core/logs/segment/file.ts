/** A segment as it is read: hyparquet's AsyncBuffer. Over R2, every `slice` is a range GET. Offsets in bytes. */
export interface SegmentFile {
  byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** A half-open range of bytes. */
export interface ByteRange {
  start: number;
  end: number;
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
  readonly tailBytes: number;
  reads = 0;
  bytesRead = 0;
  readonly #file: SegmentFile;
  #tail: Promise<ArrayBuffer> | undefined;

  constructor(file: SegmentFile) {
    this.#file = file;
    this.byteLength = file.byteLength;
    const share = Math.ceil(file.byteLength * TAIL_SHARE);
    this.tailBytes = Math.min(file.byteLength, MAX_TAIL_BYTES, Math.max(MIN_TAIL_BYTES, share));
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
