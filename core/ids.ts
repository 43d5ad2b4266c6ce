import { createHash } from "node:crypto";

/** A chunk holds at most this many events: an event's id is the chunk's with the index in its low 16 bits. */
export const MAX_CHUNK_EVENTS = 65_536;

const EVENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function formatUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/** Sets the version nibble and the RFC 9562 variant of a 16-byte value, in place. */
function stamp(bytes: Uint8Array, version: number): Uint8Array {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
}

/**
 * UUIDv7 (RFC 9562, section 5.7).
 * @param now Unix ms, below 2^48
 * @param random at least 10 random bytes
 */
export function uuidV7(now: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16);
  let time = now;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes.set(random.subarray(0, 10), 6);
  return formatUuid(toHex(stamp(bytes, 7)));
}

/** A new chunk's id: a UUIDv7 whose low 16 bits are zero. 46 random bits a millisecond and version remain. */
export function newChunkId(now: number, random: Uint8Array): string {
  return `${uuidV7(now, random).slice(0, 32)}0000`;
}

/**
 * The id of the `index`-th chunk of a request that named an idempotency key: the same for every retry.
 * A UUIDv8 (RFC 9562, section 5.8) of a SHA-256, low 16 bits zero.
 */
export function chunkIdOfKey(tenantId: string, idempotencyKey: string, index: number): string {
  return `${uuidOfText(`chunk\n${tenantId}\n${index}\n${idempotencyKey}`).slice(0, 32)}0000`;
}

/** A deterministic UUIDv8 of a text, for rows that a repeated message must not insert twice. */
export function uuidOfText(text: string): string {
  const hash = createHash("sha256").update(text).digest();
  return formatUuid(toHex(stamp(new Uint8Array(hash.subarray(0, 16)), 8)));
}

/** @param index 0 to 65,535 */
export function eventIdOf(chunkId: string, index: number): string {
  return chunkId.slice(0, 32) + index.toString(16).padStart(4, "0");
}

/** Splits an event id; undefined when it is not one. */
export function splitEventId(eventId: string): { chunkId: string; index: number } | undefined {
  if (!EVENT_ID.test(eventId)) return undefined;
  return { chunkId: `${eventId.slice(0, 32)}0000`, index: Number.parseInt(eventId.slice(32), 16) };
}

/** When a UUIDv7 was made (Unix ms); undefined for other versions. */
export function timeOfUuid(uuid: string): number | undefined {
  return uuid[14] === "7" ? Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16) : undefined;
}

/** The 16 bytes of a UUID, for a compact key. */
export function uuidBytes(uuid: string): Uint8Array {
  const hex = uuid.replaceAll("-", "");
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 16; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

/** Chooses a shard for a chunk; the same for every retry of it. FNV-1a over the characters. */
export function shardOf(text: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % Math.max(1, shards);
}
