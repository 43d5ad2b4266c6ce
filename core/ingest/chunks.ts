import { createHash } from "node:crypto";
import type { DedupMode } from "../../schema/contracts/plans.ts";
import { chunkIdOfKey } from "../ids.ts";
import { encodeRawColumns } from "../wire/columns.ts";
import type { PackedSection } from "../wire/envelope.ts";
import type { ParsedEvent } from "./parse-event.ts";

/** The source that sends, as the credential says it. Its keys come and go: what it sent stays the same. */
export interface Source {
  tenantId: string;
  sourceId: string;
  dedup: DedupMode;
}

/**
 * Raw bytes that one chunk of a large request stands for: its columns, raw or normalized, then fit one queue message
 * of 128 KB even where logs compress to a third only.
 */
export const MAX_CHUNK_BYTES = 384 * 1024;

const NO_BYTES = new Uint8Array(0);

/** Bytes that a log line stands for in limits and usage: its texts, in characters, which for logs are nearly bytes. */
export function rawSize(parsed: ParsedEvent): number {
  const { event } = parsed;
  return (
    event.message.length +
    (event.trace?.length ?? 0) +
    (event.attributes?.length ?? 0) +
    event.serviceName.length +
    event.environment.length +
    event.level.length +
    // A timestamp, and the field names and punctuation of the JSON that carries it.
    100
  );
}

/** 64 bits of a SHA-256 over what makes two logs the same for the source. */
function dedupHash(parsed: ParsedEvent, sourceId: string, mode: Exclude<DedupMode, "none">): string {
  const { event } = parsed;
  const identity =
    mode === "event-id" && parsed.clientId !== undefined
      ? ["id", parsed.clientId]
      : [
          "content",
          event.serviceName,
          event.environment,
          event.timestamp ?? null,
          event.nanoseconds ?? null,
          event.level,
          event.message,
          event.trace ?? null,
          event.attributes ?? null,
        ];
  return createHash("sha256")
    .update(JSON.stringify([sourceId, ...identity]))
    .digest("hex")
    .slice(0, 16);
}

/** One chunk in the making. */
export class ChunkBuilder {
  readonly events: ParsedEvent[] = [];
  bytes = 0;
  /** Requests that the events came in; whoever splits a request says which chunk counts it. */
  requests = 0;

  add(parsed: ParsedEvent, bytes: number): number {
    this.bytes += bytes;
    return this.events.push(parsed) - 1;
  }

  build(chunkId: string, receivedAt: number, source: Source): PackedSection {
    const body = encodeRawColumns(
      this.events.map((parsed) => parsed.event),
      receivedAt,
    );
    const mode = source.dedup;
    const section = {
      chunkId,
      receivedAt,
      sourceId: source.sourceId,
      requests: this.requests,
      count: this.events.length,
      rawBytes: this.bytes,
      bodyBytes: body.byteLength,
      digestBytes: 0,
      ...(mode === "none" ? {} : { dedup: this.events.map((parsed) => dedupHash(parsed, source.sourceId, mode)) }),
    };
    return { section, body, digest: NO_BYTES };
  }
}

/** Drops what a source that asks for deduplication sends twice in one request. */
export function dropRepeats(
  events: readonly ParsedEvent[],
  source: Source,
): { events: readonly ParsedEvent[]; duplicates: number } {
  const mode = source.dedup;
  if (mode === "none") return { events, duplicates: 0 };
  const seen = new Set<string>();
  const kept = events.filter((parsed) => {
    const hash = dedupHash(parsed, source.sourceId, mode);
    if (seen.has(hash)) return false;
    seen.add(hash);
    return true;
  });
  return { events: kept, duplicates: events.length - kept.length };
}

/** Splits events over chunks of at most MAX_CHUNK_BYTES, in order; the same events always split the same way. */
export function chunkEvents(events: readonly ParsedEvent[]): ChunkBuilder[] {
  const chunks: ChunkBuilder[] = [];
  let chunk = new ChunkBuilder();
  chunk.requests = 1;
  for (const parsed of events) {
    const bytes = rawSize(parsed);
    if (chunk.events.length > 0 && chunk.bytes + bytes > MAX_CHUNK_BYTES) {
      chunks.push(chunk);
      chunk = new ChunkBuilder();
    }
    chunk.add(parsed, bytes);
  }
  if (chunk.events.length > 0) chunks.push(chunk);
  return chunks;
}

/** Chunk ids of a request: from its idempotency key, so that a retry stores nothing twice, or else new ones. */
export function chunkIds(
  count: number,
  source: Source,
  idempotencyKey: string | undefined,
  fresh: () => string,
): string[] {
  return Array.from({ length: count }, (_, index) =>
    idempotencyKey === undefined
      ? fresh()
      : chunkIdOfKey(source.tenantId, `${source.sourceId}\n${idempotencyKey}`, index),
  );
}
