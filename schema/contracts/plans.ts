export const PLANS = ["free", "starter", "team"] as const;
export type Plan = (typeof PLANS)[number];

const MB = 1_000_000;
const GB = 1_000 * MB;

/** What a plan gives (FEATURES.md, A7). Bytes are those of raw logs (`rawSize`), decimal, as Cloudflare bills. */
export interface PlanLimits {
  bytesPerMonth: number;
  sources: number;
  /** How long logs are kept. Incidents stay. */
  retentionDays: number;
  /** Requests that one API key may send logs with, a minute. */
  ingestRequestsPerMinute: number;
  /**
   * Raw bytes a second that a tenant may put into the fast lane, as a mean of 2 s; what is above goes to the slow one,
   * and is kept all the same.
   */
  fastLaneBytesPerSecond: number;
}

export const PLAN_LIMITS: Readonly<Record<Plan, PlanLimits>> = {
  free: {
    bytesPerMonth: 50 * MB,
    sources: 1,
    retentionDays: 7,
    ingestRequestsPerMinute: 6_000,
    fastLaneBytesPerSecond: 0.5 * MB,
  },
  starter: {
    bytesPerMonth: 5 * GB,
    sources: 3,
    retentionDays: 30,
    ingestRequestsPerMinute: 60_000,
    fastLaneBytesPerSecond: 2 * MB,
  },
  team: {
    bytesPerMonth: 50 * GB,
    sources: 10,
    retentionDays: 90,
    ingestRequestsPerMinute: 600_000,
    fastLaneBytesPerSecond: 8 * MB,
  },
};

/** How a source asks for deduplication. */
export const DEDUP_MODES = ["none", "event-id", "content"] as const;
export type DedupMode = (typeof DEDUP_MODES)[number];

/** How the bodies of a source are read when their Content-Type does not say. */
export const PARSER_HINTS = ["auto", "json", "ndjson", "text"] as const;
export type ParserHint = (typeof PARSER_HINTS)[number];
