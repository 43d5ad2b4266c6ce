import { uuidBytes } from "../../core/ids.ts";
import { DEDUP_MEMORY_MS, SeenHashes, withoutDuplicates } from "../../core/logs/deduplicate.ts";
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  type PackedSection,
  packSections,
} from "../../core/wire/envelope.ts";
import type { Section } from "../../schema/contracts/envelope.ts";
import type { Level } from "../../schema/contracts/levels.ts";
import { createTables, dropGeneration, GENERATION_MS, hasTables, MAX_ROW_BYTES } from "./tables.ts";

/** A row of the buffer, without its bytes. */
export interface BatchInfo {
  id: number;
  rawBytes: number;
  storedAt: number;
}

/** Identifies a chunk, or the one event that was split off it. */
function seenKey(section: Section): Uint8Array {
  const chunk = uuidBytes(section.chunkId);
  if (section.part === undefined) return chunk;
  const key = new Uint8Array(18);
  key.set(chunk);
  key[16] = section.part >> 8;
  key[17] = section.part & 0xff;
  return key;
}

function rawBytesOf(sections: readonly PackedSection[]): number {
  return sections.reduce((total, { section }) => total + section.rawBytes, 0);
}

/** The durable, searchable buffer of a LogStore object, and its memory of what it has stored. */
export class Buffer {
  private readonly storage: DurableObjectStorage;
  private hashes: SeenHashes | undefined;
  private made: boolean;
  /** Raw bytes that wait for a flush. */
  rawBytes: number;
  /** Id of the newest row ever written. Ids are given here: AUTOINCREMENT would write a second row an insert. */
  lastId: number;

  /** @param flushedId the newest row that was ever dropped: ids are not given twice */
  constructor(storage: DurableObjectStorage, flushedId: number) {
    this.storage = storage;
    this.made = hasTables(storage.sql);
    this.rawBytes = 0;
    this.lastId = flushedId;
    if (!this.made) return;
    this.rawBytes = Number(
      storage.sql.exec("SELECT coalesce(sum(raw_bytes), 0) AS total FROM batches").one().total ?? 0,
    );
    const newest = storage.sql.exec("SELECT coalesce(max(id), 0) AS id FROM batches").one().id;
    this.lastId = Math.max(flushedId, Number(newest ?? 0));
  }

  /** Sections that were never stored, in order. Does not remember them. */
  private fresh(sections: readonly PackedSection[]): PackedSection[] {
    const inCall = new Set<string>();
    return sections.filter((packed) => {
      const name = `${packed.section.chunkId}/${packed.section.part ?? ""}`;
      if (inCall.has(name)) return false;
      inCall.add(name);
      const key = seenKey(packed.section);
      return (
        this.storage.sql
          .exec("SELECT 1 FROM seen_0 WHERE chunk = ?1 UNION ALL SELECT 1 FROM seen_1 WHERE chunk = ?1 LIMIT 1", key)
          .toArray().length === 0
      );
    });
  }

  /** Stores what is new, all of it or nothing. */
  append(
    target: Pick<Envelope, "tenantId" | "shard">,
    sections: readonly PackedSection[],
    minLevel: Level,
    now: number,
  ): { stored: PackedSection[]; duplicates: number } {
    if (!this.made) createTables(this.storage.sql);
    this.made = true;
    const generation = this.generation(now);
    const fresh = this.fresh(sections);
    const { kept, duplicates } = this.deduplicate(fresh, minLevel, now);
    const lastId = this.lastId;
    try {
      this.storage.transactionSync(() => {
        for (const packed of fresh) {
          this.storage.sql.exec(
            `INSERT INTO seen_${generation} (chunk) VALUES (?) ON CONFLICT DO NOTHING`,
            seenKey(packed.section),
          );
        }
        let at = 0;
        for (const group of packSections(kept, MAX_ROW_BYTES)) {
          // Duplicates take room until the flush, though they count for no usage.
          this.insert(target, group, rawBytesOf(fresh.slice(at, at + group.length)), now);
          at += group.length;
        }
        this.rememberHashes(kept, now);
      });
    } catch (error) {
      // Nothing was written: what memory says of it is wrong.
      this.hashes = undefined;
      this.lastId = lastId;
      throw error;
    }
    this.rawBytes += rawBytesOf(fresh);
    return { stored: kept, duplicates };
  }

  private insert(
    target: Pick<Envelope, "tenantId" | "shard">,
    sections: PackedSection[],
    rawBytes: number,
    now: number,
  ): void {
    this.storage.sql.exec(
      "INSERT INTO batches (id, raw_bytes, min_timestamp, max_timestamp, stored_at, envelope) VALUES (?, ?, ?, ?, ?, ?)",
      ++this.lastId,
      rawBytes,
      Math.min(...sections.map(({ section }) => section.minTimestamp ?? section.receivedAt)),
      Math.max(...sections.map(({ section }) => section.maxTimestamp ?? section.receivedAt)),
      now,
      encodeEnvelope({ stage: "normalized", ...target, sections }),
    );
  }

  private deduplicate(sections: PackedSection[], minLevel: Level, now: number) {
    let duplicates = 0;
    const kept = sections.map((packed) => {
      if (packed.section.dedup === undefined) return packed;
      this.hashes ??= this.loadHashes(now);
      const result = withoutDuplicates(packed, this.hashes, minLevel, now);
      duplicates += result.duplicates;
      return result.packed;
    });
    return { kept, duplicates };
  }

  /** One row an append, never one an event. */
  private rememberHashes(sections: readonly PackedSection[], now: number): void {
    // Of what is stored only: an event that was split off its chunk comes again with its replay.
    const hashes = sections.flatMap(({ section }) => {
      const skipped = new Set(section.skipped ?? []);
      return (section.dedup ?? []).filter((_, index) => !skipped.has(index));
    });
    if (hashes.length === 0) return;
    this.storage.sql.exec("INSERT INTO hashes (seen_at, hashes) VALUES (?, ?)", now, hashes.join(""));
    this.storage.sql.exec("DELETE FROM hashes WHERE seen_at < ?", now - DEDUP_MEMORY_MS);
  }

  private loadHashes(now: number): SeenHashes {
    const seen = new SeenHashes();
    const rows = this.storage.sql.exec<{ hashes: string }>(
      "SELECT hashes FROM hashes WHERE seen_at >= ?",
      now - DEDUP_MEMORY_MS,
    );
    for (const row of rows) {
      for (let at = 0; at < row.hashes.length; at += 16) seen.add(row.hashes.slice(at, at + 16), now);
    }
    return seen;
  }

  /** The generation that new chunk ids go to; begins a new one when it is time. */
  private generation(now: number): 0 | 1 {
    const kept = this.storage.kv.get<{ generation: 0 | 1; since: number }>("generation");
    if (kept !== undefined && now - kept.since < GENERATION_MS) return kept.generation;
    const generation = kept?.generation === 0 ? 1 : 0;
    this.storage.transactionSync(() => {
      if (kept !== undefined) dropGeneration(this.storage.sql, generation);
      this.storage.kv.put("generation", { generation, since: now });
    });
    return generation;
  }

  /** Rows after `afterId`, oldest first, with their bytes. */
  *after(afterId: number): Generator<{ id: number; storedAt: number; envelope: Envelope }> {
    if (!this.made) return;
    const rows = this.storage.sql.exec<{ id: number; stored_at: number; envelope: ArrayBuffer }>(
      "SELECT id, stored_at, envelope FROM batches WHERE id > ? ORDER BY id",
      afterId,
    );
    for (const row of rows) {
      yield { id: row.id, storedAt: row.stored_at, envelope: decodeEnvelope(new Uint8Array(row.envelope)) };
    }
  }

  /** Rows up to `throughId`, oldest first. */
  infos(throughId: number): BatchInfo[] {
    return this.storage.sql
      .exec<{ id: number; raw_bytes: number; stored_at: number }>(
        "SELECT id, raw_bytes, stored_at FROM batches WHERE id <= ? ORDER BY id",
        throughId,
      )
      .toArray()
      .map((row) => ({ id: row.id, rawBytes: row.raw_bytes, storedAt: row.stored_at }));
  }

  /** One row's envelope; undefined when it is not there any more. */
  read(id: number): Envelope | undefined {
    const row = this.storage.sql
      .exec<{ envelope: ArrayBuffer }>("SELECT envelope FROM batches WHERE id = ?", id)
      .toArray()[0];
    return row === undefined ? undefined : decodeEnvelope(new Uint8Array(row.envelope));
  }

  /** When the oldest row was stored; undefined when the buffer is empty. */
  oldest(): number | undefined {
    if (!this.made) return undefined;
    const row = this.storage.sql
      .exec<{ at: number }>("SELECT stored_at AS at FROM batches ORDER BY id LIMIT 1")
      .toArray()[0];
    return row?.at;
  }

  /** Forgets rows that a segment holds now. */
  drop(ids: readonly number[]): void {
    for (const id of ids) {
      const [row] = this.storage.sql
        .exec<{ raw_bytes: number }>("DELETE FROM batches WHERE id = ? RETURNING raw_bytes", id)
        .toArray();
      this.rawBytes -= row?.raw_bytes ?? 0;
    }
  }

  /** Envelopes that may hold logs of [from, to), newest rows first. */
  overlapping(from: number, to: number): Uint8Array[] {
    if (!this.made) return [];
    return this.storage.sql
      .exec<{ envelope: ArrayBuffer }>(
        "SELECT envelope FROM batches WHERE max_timestamp >= ? AND min_timestamp < ? ORDER BY id DESC",
        from,
        to,
      )
      .toArray()
      .map((row) => new Uint8Array(row.envelope));
  }
}
