import type { TenantScope } from "../platform.ts";

/** R2 takes parts from 5 MiB on, of equal size but for the last (r2/objects/multipart-objects). */
export const PART_BYTES = 5 * 1024 * 1024;

/** Writes an object piece by piece and holds one part of it in memory. It appears as a whole with `finish`, or never. */
export class StreamedObject {
  private readonly scope: TenantScope;
  private readonly key: string;
  private readonly part = new Uint8Array(PART_BYTES);
  private filled = 0;
  private upload: R2MultipartUpload | undefined;
  private readonly parts: R2UploadedPart[] = [];

  constructor(scope: TenantScope, key: string) {
    this.scope = scope;
    this.key = key;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength; ) {
      // A full part waits for the next byte: it may be the last, or all there is.
      if (this.filled === PART_BYTES) await this.send();
      const piece = bytes.subarray(at, at + PART_BYTES - this.filled);
      this.part.set(piece, this.filled);
      this.filled += piece.byteLength;
      at += piece.byteLength;
    }
  }

  /** A small object is one class A operation, where a multipart upload would be three. */
  async finish(): Promise<void> {
    if (this.upload === undefined) {
      await this.scope.bucket.put(this.key, this.part.subarray(0, this.filled));
      return;
    }
    await this.send();
    await this.upload.complete(this.parts);
  }

  /** Frees what was uploaded; should it fail, R2 frees it by itself after 7 days. */
  async abort(): Promise<void> {
    await this.upload?.abort().catch(() => undefined);
  }

  private async send(): Promise<void> {
    this.upload ??= await this.scope.bucket.createMultipartUpload(this.key);
    this.parts.push(await this.upload.uploadPart(this.parts.length + 1, this.part.subarray(0, this.filled)));
    this.filled = 0;
  }
}
