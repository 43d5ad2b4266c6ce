import type { Level } from "../../schema/contracts/levels.ts";
import { digestEvents, encodeDigest } from "../clusters/digest.ts";
import { rawSize } from "../ingest/chunks.ts";
import { decodeNormalizedColumns, type NormalizedEvent } from "../wire/columns.ts";
import type { PackedSection } from "../wire/envelope.ts";

/** How long a content hash is remembered. */
export const DEDUP_MEMORY_MS = 60 * 60 * 1000;

/** Hashes of one source that were seen within the last hour, in two generations so that forgetting costs nothing. */
export class SeenHashes {
  private current = new Set<string>();
  private previous = new Set<string>();
  private rotatedAt = 0;

  /** Whether the hash is new. Remembers it. */
  add(hash: string, now: number): boolean {
    if (now - this.rotatedAt >= DEDUP_MEMORY_MS) {
      this.previous = now - this.rotatedAt >= 2 * DEDUP_MEMORY_MS ? new Set() : this.current;
      this.current = new Set();
      this.rotatedAt = now;
    }
    if (this.current.has(hash) || this.previous.has(hash)) return false;
    this.current.add(hash);
    return true;
  }
}

function sizeOf(events: readonly NormalizedEvent[]): number {
  return events.reduce((sum, event) => sum + rawSize({ event }), 0);
}

/** Leaves out of a chunk what is known already, from the stored rows and from the counts alike. */
export function withoutDuplicates(
  packed: PackedSection,
  seen: SeenHashes,
  minLevel: Level,
  now: number,
): { packed: PackedSection; duplicates: number } {
  const hashes = packed.section.dedup;
  if (hashes === undefined) return { packed, duplicates: 0 };
  const skipped = new Set(packed.section.skipped ?? []);
  const before = new Set(skipped);
  for (const [index, hash] of hashes.entries()) {
    if (!skipped.has(index) && !seen.add(hash, now)) skipped.add(index);
  }
  if (skipped.size === before.size) return { packed, duplicates: 0 };
  const { receivedAt, rawBytes } = packed.section;
  const rows = decodeNormalizedColumns(packed.body, receivedAt);
  const kept = rows.filter((_, index) => !skipped.has(index));
  const came = rows.filter((_, index) => !before.has(index));
  const digest = encodeDigest(digestEvents(kept, minLevel, receivedAt));
  const section = {
    ...packed.section,
    // By their share: normalizing has trimmed some of them since they were measured.
    rawBytes: Math.round((rawBytes * sizeOf(kept)) / sizeOf(came)),
    skipped: [...skipped].sort((a, b) => a - b),
    digestBytes: digest.byteLength,
  };
  return { packed: { section, body: packed.body, digest }, duplicates: skipped.size - before.size };
}
