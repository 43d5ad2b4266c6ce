import { Log0Error } from "../../core/errors.ts";
import { uuidV7 } from "../../core/ids.ts";
import type { LogRow } from "../../core/logs/log-row.ts";
import { rollUp } from "../../core/logs/rollup.ts";
import { writeSegment } from "../../core/logs/segment/index.ts";
import { rowsOfChunk } from "../../core/wire/columns.ts";
import { encodeEnvelope, type PackedSection } from "../../core/wire/envelope.ts";
import { recordDeadLetter } from "../../services/dead-letters/record.ts";
import { indexSegment, segmentKey } from "../../services/logs/segments.ts";
import type { Platform, TenantScope } from "../../services/platform.ts";
import type { Buffer } from "./buffer.ts";
import type { Drain } from "./drain.ts";

/** A segment is begun when this much raw log has gathered, or when the oldest of it is an hour old. */
export const FLUSH_BYTES = 8 * 1024 * 1024;
export const FLUSH_AGE_MS = 60 * 60 * 1000;

/** Persisted before it begins: what every repeat of the flush does the same. */
interface FlushPlan {
  segmentId: string;
  begunAt: number;
  rowIds: number[];
  rawBytes: number;
}

/** Moves the oldest rows of the buffer into a Parquet segment. Every step can be repeated. */
export class Flush {
  private readonly platform: Platform;
  private readonly storage: DurableObjectStorage;
  private readonly buffer: Buffer;
  private readonly drain: Drain;
  private running = false;

  constructor(platform: Platform, storage: DurableObjectStorage, buffer: Buffer, drain: Drain) {
    this.platform = platform;
    this.storage = storage;
    this.buffer = buffer;
    this.drain = drain;
  }

  /** When the next flush is due (Unix ms); undefined when the buffer is empty. */
  due(now: number): number | undefined {
    if (this.storage.kv.get("flush") !== undefined || this.buffer.rawBytes >= FLUSH_BYTES) return now;
    const oldest = this.buffer.oldest();
    return oldest === undefined ? undefined : oldest + FLUSH_AGE_MS;
  }

  /** The newest flush whose rows are gone from the buffer; empty before the first. */
  get flushedThrough(): string {
    return this.storage.kv.get<string>("flushed") ?? "";
  }

  /** Writes one segment. @throws when R2 or D1 do not answer; nothing is lost, the next run goes on */
  async run(scope: TenantScope, shard: number): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      const plan = this.storage.kv.get<FlushPlan>("flush") ?? this.plan(scope);
      if (plan !== undefined) await this.carryOut(plan, scope, shard);
    } finally {
      this.running = false;
    }
  }

  private plan(scope: TenantScope): FlushPlan | undefined {
    const rowIds: number[] = [];
    let rawBytes = 0;
    for (const row of this.buffer.infos(this.drain.cursor)) {
      if (rowIds.length > 0 && rawBytes + row.rawBytes > FLUSH_BYTES * 1.25) break;
      rowIds.push(row.id);
      rawBytes += row.rawBytes;
      if (rawBytes >= FLUSH_BYTES) break;
    }
    if (rowIds.length === 0) return undefined;
    const begunAt = scope.now();
    const plan = { segmentId: uuidV7(begunAt, scope.random(10)), begunAt, rowIds, rawBytes };
    this.storage.transactionSync(() => {
      // The rows' counts must be safe before the rows go.
      this.drain.persist();
      this.storage.kv.put("flush", plan);
    });
    return plan;
  }

  private async carryOut(plan: FlushPlan, scope: TenantScope, shard: number): Promise<void> {
    const rows = await this.rows(plan, scope, shard);
    if (rows.length > 0) {
      const { bytes, stats } = writeSegment(rows);
      const objectKey = segmentKey(scope.tenantId, plan.segmentId, plan.begunAt);
      await scope.bucket.put(objectKey, bytes);
      const { segmentId: id, rawBytes } = plan;
      const rollup = rollUp(rows);
      await indexSegment(scope, {
        id,
        shard,
        objectKey,
        rawBytes,
        bytes: bytes.byteLength,
        stats,
        rollup,
        flushedThrough: id,
      });
    }
    this.storage.transactionSync(() => {
      this.buffer.drop(plan.rowIds);
      this.storage.kv.put("flushed", plan.segmentId);
      this.storage.kv.delete("flush");
    });
  }

  private async rows(plan: FlushPlan, scope: TenantScope, shard: number): Promise<LogRow[]> {
    const rows: LogRow[] = [];
    for (const id of plan.rowIds) {
      for (const packed of this.buffer.read(id)?.sections ?? []) {
        try {
          for (const row of rowsOfChunk(packed.section, packed.body)) rows.push(row);
        } catch (error) {
          await this.setAside(packed, scope, shard, error);
        }
      }
    }
    return rows;
  }

  /** A chunk that cannot be read must not stop the others: it is kept as a dead letter. */
  private async setAside(packed: PackedSection, scope: TenantScope, shard: number, error: unknown): Promise<void> {
    await recordDeadLetter(this.platform, {
      id: `${packed.section.chunkId}/${packed.section.part ?? ""}`,
      tenantId: scope.tenantId,
      queue: "normalized-logs",
      stage: "clustering-service",
      body: encodeEnvelope({ stage: "normalized", tenantId: scope.tenantId, shard, sections: [packed] }),
      attempts: 1,
      error: new Log0Error("invalid_envelope", "a stored chunk cannot be read", { cause: error }),
    });
  }
}
