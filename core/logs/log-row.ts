import type { Level } from "../../schema/contracts/levels.ts";

/** A normalized log as the store keeps it. Its event id is derived from `chunkId` and `index`. */
export interface LogRow {
  chunkId: string;
  /** Position in the chunk, 0 to 65,535. */
  index: number;
  /** Unix ms. */
  timestamp: number;
  /** Nanoseconds within the millisecond, 0 to 999,999, where the client gave them. */
  nanoseconds?: number;
  /** Unix ms. */
  receivedAt: number;
  level: Level;
  serviceName: string;
  environment: string;
  message: string;
  template: string;
  /** SHA-256 hex. */
  fingerprint: string;
  trace?: string;
  traceId?: string;
  /** JSON object, as text. */
  attributes?: string;
}
