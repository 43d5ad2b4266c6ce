import { Log0Error } from "../../../core/errors.ts";
import { LIMITS } from "../../../schema/contracts/limits.ts";

function tooLarge(limit: number, what: string): Log0Error {
  return new Log0Error("body_too_large", `the body has more than ${limit} bytes${what}; send it in parts`);
}

/** Reads a stream into one array, and stops as soon as it grows beyond the limit. */
export async function readAtMost(stream: ReadableStream<Uint8Array>, limit: number, what: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge(limit, what);
    }
    parts.push(value);
  }
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}

async function inflate(bytes: Uint8Array, format: "gzip" | "deflate"): Promise<Uint8Array> {
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  try {
    return await readAtMost(
      source.pipeThrough(new DecompressionStream(format)),
      LIMITS.decompressedBytes,
      " decompressed",
    );
  } catch (error) {
    if (error instanceof Log0Error) throw error;
    throw new Log0Error("invalid_encoding", `the body is not valid ${format}, or is cut off`, { cause: error });
  }
}

/**
 * A request's body, decompressed. Never more than 5 MB as sent and 50 MB inflated are held.
 * @throws Log0Error body_too_large, invalid_encoding, empty_body
 */
export async function readBody(request: Request): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? "0");
  if (declared > LIMITS.requestBytes) throw tooLarge(LIMITS.requestBytes, "");
  if (request.body === null) throw new Log0Error("empty_body", "the request has no body");
  // A declared length that keeps the limit is enforced by the platform; without one, bytes are counted as they come.
  const bytes =
    declared > 0
      ? new Uint8Array(await request.arrayBuffer())
      : await readAtMost(request.body, LIMITS.requestBytes, "");
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return bytes;
  if (encoding === "gzip" || encoding === "x-gzip") return await inflate(bytes, "gzip");
  if (encoding === "deflate") return await inflate(bytes, "deflate");
  throw new Log0Error("invalid_encoding", `Content-Encoding ${encoding.slice(0, 40)} is not supported; use gzip`);
}
