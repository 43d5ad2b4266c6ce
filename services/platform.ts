import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { QueueName } from "../schema/contracts/dead-letter.ts";

/** What LogStore answers to an append, one entry an envelope. */
export interface AppendResult {
  /** Per envelope, in order: why it cannot be stored, ever; null when it is stored. */
  refused: (string | null)[];
  /** Chunks that were new, and that were known. */
  stored: number;
  repeated: number;
  /** Events left out because the source asks for deduplication. */
  duplicates: number;
}

/** The part of a LogStore object that services call. */
export interface LogStoreStub {
  append(tenantId: string, shard: number, envelopes: Uint8Array[]): Promise<AppendResult>;
  /** Envelopes of the hot buffer that may hold logs of the range [from, to), Unix ms. */
  hot(from: number, to: number): Promise<Uint8Array[]>;
}

/** Everything that services reach outside themselves. Edges make it from the bindings, tests from whatever they like. */
export interface Platform {
  db: DrizzleD1Database;
  bucket: R2Bucket;
  queues: Readonly<Record<QueueName, Queue>>;
  /** Analytics Engine; metrics are left out where there is none. */
  metrics: AnalyticsEngineDataset | undefined;
  /** The one place that knows where a tenant's store lives. */
  logStore(tenantId: string, shard: number): LogStoreStub;
  /** Unix ms. */
  now(): number;
  /** Cryptographically strong random bytes. */
  random(bytes: number): Uint8Array;
}

/**
 * The platform as one tenant may use it. Services that touch a tenant's data ask for this, not for a Platform: there
 * is no query without a tenant. Only `scopeTo` makes one.
 */
export interface TenantScope extends Platform {
  readonly tenantId: string;
}

/** @param tenantId from a credential, or from an envelope that ingest made with one; never from a client's body */
export function scopeTo(platform: Platform, tenantId: string): TenantScope {
  return { ...platform, tenantId };
}
