import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { AccessTokens } from "../core/auth/access-token.ts";
import type { SecretBox } from "../core/auth/seal.ts";
import { Log0Error } from "../core/errors.ts";
import type { Lease, LeaseRequest } from "../core/limits/windows.ts";
import type { QueueName } from "../schema/contracts/dead-letter.ts";
import { isTenantId, type TenantId } from "../schema/contracts/tenant-id.ts";

/** What LogStore answers to an append, one entry an envelope. */
export interface AppendResult {
  /** Per envelope, in order: why it cannot be stored, ever; null when it is stored. */
  refused: (string | null)[];
  /** Chunks that were new, and that were known. */
  stored: number;
  repeated: number;
  /** Nothing was stored: the buffer is full until segments can be written again. */
  full: boolean;
  /** Events left out because the source asks for deduplication. */
  duplicates: number;
}

/** What a LogStore's buffer holds of a time range. */
export interface HotLogs {
  /** Envelopes that may hold logs of the range. */
  envelopes: Uint8Array[];
  /** Segments of later flushes than this one (by id, which is a UUIDv7) hold rows that the envelopes hold, too. */
  flushedThrough: string;
}

/** What every object of a tenant can do: end. */
export interface WipedStub {
  /** Empties its storage for good, its alarm and its sockets included. */
  wipe(): Promise<void>;
  /** Keys, tables and alarms that it holds; 0 when nothing is left. */
  held(): Promise<number>;
}

/** The part of a LogStore object that services call. */
export interface LogStoreStub extends WipedStub {
  append(tenantId: string, shard: number, envelopes: Uint8Array[]): Promise<AppendResult>;
  /** The hot buffer's part of the range [from, to), Unix ms. */
  hot(from: number, to: number): Promise<HotLogs>;
  /** Feeds the tenant's LiveTail object for a time; 0 ends it. */
  watch(leaseMs: number): Promise<void>;
  /** Windows that it knows (core/clusters/digest.ts, keyOf), those after a name in order, at most `limit`. */
  windows(after: string, limit: number): Promise<string[]>;
}

/** The part of a LiveTail object that stores and edges call. */
export interface LiveTailStub extends WipedStub {
  /** Shows stored logs to those who watch. @returns whether anyone does */
  feed(envelopes: Uint8Array[], dropped: number): Promise<boolean>;
  /** Opens a WebSocket, as core/live/open-live.ts describes it. */
  fetch(url: string, init: { headers: Record<string, string> }): Promise<Response>;
}

/** The part of a Limits object that edges call. */
export interface LimitsStub extends WipedStub {
  /** Grants a part of a counter. */
  lease(request: LeaseRequest): Promise<Lease>;
  /** Grants bytes of the tenant's month. */
  leaseBytes(tenantId: string, request: Pick<LeaseRequest, "limit" | "want" | "atLeast">): Promise<Lease>;
}

/** What services reach outside themselves, all but the database. */
export interface Bindings {
  bucket: R2Bucket;
  queues: Readonly<Record<QueueName, Queue>>;
  /** Analytics Engine; metrics are left out where there is none. */
  metrics: AnalyticsEngineDataset | undefined;
  /** The one place that knows where a tenant's store lives. */
  logStore(tenantId: TenantId, shard: number): LogStoreStub;
  /** The object that shows a tenant's logs to those who watch. */
  liveTail(tenantId: TenantId): LiveTailStub;
  /** The window of a fingerprint in an environment. @param key as keyOf (core/clusters/digest.ts) makes it */
  clusterWindow(tenantId: TenantId, key: string): WipedStub;
  /** The exact counters of a tenant, or of an address: `address:` and its hash. */
  limits(name: string): LimitsStub;
  /** Secrets of tenants at rest. @throws Error when the deployment has no keys */
  secrets(): SecretBox;
  /** The access tokens of people. @throws Error when the deployment has no keys */
  accessTokens(): AccessTokens;
  /** Unix ms. */
  now(): number;
  /** Cryptographically strong random bytes. */
  random(bytes: number): Uint8Array;
}

/**
 * The platform before it is known whose turn it is: signing in, consumers of mixed batches, and the cron's sweeps. Edges
 * make it from the bindings, tests from whatever they like.
 */
export interface Platform extends Bindings {
  /** The database with the rows of every tenant: named so that nobody reaches for it by habit. */
  readonly everyTenant: DrizzleD1Database;
  /** The one place that knows which database holds a tenant's rows. */
  databaseOf(tenantId: TenantId): DrizzleD1Database;
}

/**
 * The platform as one tenant may use it. It has no `everyTenant`, and a Platform has no `db`: a service that touches a
 * tenant's rows cannot be written without asking for a scope, and its queries compare with the scope's id, because
 * columns take no plain string. Only `scopeTo` makes one.
 */
export interface TenantScope extends Bindings {
  readonly tenantId: TenantId;
  readonly db: DrizzleD1Database;
  /** The HTTP request that asks, for the audit log; undefined where none does. */
  readonly requestId?: string;
}

/**
 * @param tenantId from a credential, or from an envelope that ingest made with one; never from a client's body
 * @throws Log0Error internal when it is no id at all
 */
export function scopeTo(platform: Platform, tenantId: string): TenantScope {
  if (!isTenantId(tenantId)) throw new Log0Error("internal", "a tenant's id that is none");
  const { everyTenant: _, databaseOf, ...bindings } = platform;
  return { ...bindings, tenantId, db: databaseOf(tenantId) };
}
