import type { ClusterWindow } from "../durable-objects/cluster-window.ts";
import type { LiveTail } from "../durable-objects/live-tail.ts";
import type { LogStore } from "../durable-objects/log-store.ts";

/** The bindings of wrangler.toml, and the secrets of `.dev.vars.example`. */
export interface Env {
  DB: D1Database;
  BUCKET: R2Bucket;
  LOG_STORE: DurableObjectNamespace<LogStore>;
  CLUSTER_WINDOW: DurableObjectNamespace<ClusterWindow>;
  LIVE_TAIL: DurableObjectNamespace<LiveTail>;
  INGEST_RATE: RateLimit;
  RAW_LOGS: Queue;
  NORMALIZED_LOGS: Queue;
  INCIDENT_EVENTS: Queue;
  NOTIFICATION_EVENTS: Queue;
  JOBS: Queue;
  METRICS?: AnalyticsEngineDataset;
  /** Absent locally: `wrangler dev` would ask for a login. */
  AI?: Ai;
  SUMMARIZER: string;
  AI_MODEL?: string;
  PUBLIC_URL: string;
  SLACK_API_URL: string;
  SLACK_CHANNEL: string;
  SLACK_BOT_TOKEN?: string;
  /** `id:base64` of 32 bytes, separated by commas, the current one first (core/auth/seal.ts). A secret. */
  SECRET_KEYS?: string;
}
